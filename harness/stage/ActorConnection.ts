import type { Socket } from "node:net"
import { performance } from "node:perf_hooks"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Address } from "../../src/net/Address.ts"
import { halfClose, openSocket } from "../../src/net/OpenSocket.ts"
import { Frames, malformed, tooLarge } from "../../src/wire/Frames.ts"
import type { BadNetwork } from "./BadNetwork.ts"
import type { Json } from "../language/Json.ts"
import {
  hasField,
  isSuccess,
  objectBytesMax,
  type PendingRequest,
  PendingRequests
} from "./PendingRequests.ts"

/** Something that came in and that no step has asked for yet. */
export interface Incoming {
  /** Replies carry `status`, events `type`; anything else is noise, in everybody's way. */
  readonly lane: "reply" | "event" | "noise"
  readonly value: Json
  /** Neither a reply nor a message: a banner, a notice (PLAIN-1). */
  readonly extra: boolean
  /** When it came, on the clock of `performance.now`. */
  readonly atMillis: number
}

/** How the server ended a connection. */
export type End = "close" | "reset"

/** What a connection tells the stage it plays on. */
export interface Observer {
  /** A value that came in, without what other people on the same server add to it. */
  readonly without: (value: Json) => Json
  /** Whether something that came in counts; what does not is dropped at once. */
  readonly keeps: (incoming: Incoming) => boolean
  /** Something that counts came in. */
  readonly received: (incoming: Incoming) => void
  /** Its own message came back to it (MSG-3). */
  readonly echoed: (incoming: Incoming) => void
  /** All that came at once has been taken note of. */
  readonly changed: () => void
  readonly ended: (end: End) => void
  /** A request of the scenario has been sent. */
  readonly asked: (request: PendingRequest) => void
  readonly loggedIn: (username: string) => void
}

/** Sees nothing: what an observer has in common that cares for little. */
export const unseen: Observer = {
  without: (value) => value,
  keeps: () => true,
  received: () => undefined,
  echoed: () => undefined,
  changed: () => undefined,
  ended: () => undefined,
  asked: () => undefined,
  loggedIn: () => undefined
}

/** Nobody answered, or not in time. */
export class ConnectFailed extends Data.TaggedError("ConnectFailed")<{ readonly reason: string }> {}

/** One raw TCP connection: what it sent, what it received and has not been asked for, how it ended. */
export class ActorConnection {
  /** Received and not asked for yet, in the order it came. */
  readonly inbox: Array<Incoming> = []
  readonly requests = new PendingRequests()
  /** The name it is logged in under. */
  username: string | undefined
  /** Whether its login asked for features: it may see more than plain clients do (PLAIN-1). */
  features = false
  /** How the server ended it. */
  ended: End | undefined
  /** Whether this side has left it (FIN, RST or silence): what comes now is nobody's business. */
  left = false
  /** Whether it left without a word, so that the server knows nothing of it. */
  private silent = false
  /** Whether the server may end it at any time from now on. */
  mayEnd = false
  reading = true
  writing = true
  /** Whether it has sent a whole request since its last fence. */
  unfenced = false
  network: BadNetwork | undefined
  private hiddenReplies = 0
  /** The contents of its messages. */
  private readonly said = new Set<string>()
  private readonly socket: Socket
  /** What is below the socket: it alone can be reset. */
  private readonly tcp: Socket
  private readonly observer: Observer
  private readonly frames = new Frames(objectBytesMax)
  private framesOfLine = 0
  private brokenLines = false
  private asked = 0
  private users: ReadonlyArray<Json> = []

  private constructor(socket: Socket, tcp: Socket, observer: Observer) {
    this.socket = socket
    this.tcp = tcp
    this.observer = observer
    const arrives = (what: () => void) => (this.network === undefined ? what() : this.network.later(what))
    socket.on("data", (chunk: Buffer) =>
      this.network === undefined ? this.read(chunk) : this.network.receive(chunk)
    )
    socket.on("end", () => arrives(() => this.end("close")))
    socket.on("error", () => arrives(() => this.end("reset")))
    socket.on("close", () => arrives(() => this.end("close")))
  }

  /** Connects within the bound, or tells why not. */
  static open(
    address: Address,
    observer: Observer,
    withinMillis: number
  ): Effect.Effect<ActorConnection, ConnectFailed> {
    const attempt = Effect.callback<ActorConnection, ConnectFailed>((resume) => {
      const socket = openSocket(address, { allowHalfOpen: true }, (ready, tcp) => {
        ready.off("error", failed)
        resume(Effect.succeed(new ActorConnection(ready, tcp, observer)))
      })
      const failed = (error: NodeJS.ErrnoException) =>
        resume(Effect.fail(new ConnectFailed({ reason: whyNot(error) })))
      socket.once("error", failed)
      return Effect.sync(() => socket.destroy())
    })
    return Effect.timeoutOrElse(attempt, {
      duration: withinMillis,
      orElse: () => Effect.fail(new ConnectFailed({ reason: "no answer" }))
    })
  }

  /** Whether requests can still be sent and answers read. */
  get open(): boolean {
    return this.ended === undefined && !this.left
  }

  /** Whether it has ended, as far as the server can know. */
  get gone(): boolean {
    return this.ended !== undefined || (this.left && !this.silent)
  }

  /** Whether a hidden `list` would be answered: logged in, reading, nothing half sent, nothing garbled. */
  get fenceable(): boolean {
    const { garbled, unfinished } = this.requests
    return this.open && this.username !== undefined && this.reading && this.writing && !garbled && !unfinished
  }

  /** Bytes of an object from the server that still lacks its end. */
  get halfBytes(): number {
    return this.frames.pendingBytes
  }

  /** Whether an object shared its line with another, or took more than one (WIRE-1). */
  get unlined(): boolean {
    return this.brokenLines || this.framesOfLine > 1
  }

  /** Whether the last object still lacks its newline (WIRE-1). */
  get lineOpen(): boolean {
    return this.framesOfLine > 0
  }

  /** Writes bytes as one piece, after all before it; resolves once the kernel has them. */
  write(bytes: Buffer): Effect.Effect<void> {
    for (const request of this.requests.sent(bytes)) {
      this.unfenced = true
      if (request.content !== undefined) this.said.add(request.content)
      this.observer.asked(request)
    }
    if (this.requests.garbled) this.mayEnd = true
    return this.push(bytes)
  }

  /** Sends a `list` of the harness's own, in one piece with `more`; resolves with its ticket. */
  ask(more: Buffer = Buffer.alloc(0)): Effect.Effect<number> {
    this.requests.sentHidden(this.username === undefined)
    const ticket = ++this.asked
    this.requests.sent(more)
    return Effect.as(this.push(Buffer.concat([hiddenList, more])), ticket)
  }

  /** The users that the `list` of this ticket was answered with, or `undefined` as long as it was not. */
  answer(ticket: number): ReadonlyArray<Json> | undefined {
    return this.hiddenReplies >= ticket ? this.users : undefined
  }

  private push(bytes: Buffer): Effect.Effect<void> {
    if (this.network !== undefined) return this.network.send(bytes)
    return this.writeNow(bytes)
  }

  /** Writes bytes past any fault of the network. */
  writeNow(bytes: Buffer): Effect.Effect<void> {
    return Effect.callback((resume) => {
      if (this.socket.destroyed || this.socket.writableEnded) return resume(Effect.void)
      this.socket.write(bytes, () => resume(Effect.void))
    })
  }

  /** Closes both ways: FIN, as a client program does that calls `close`. */
  close(): void {
    this.leave()
    this.socket.end(() => this.socket.destroy())
  }

  /**
   * Closes as one who waits for the other side to close too (FIN): whether it does within the bound, and so has let go.
   * In the end the connection is reset.
   */
  get part(): Effect.Effect<boolean> {
    const answered = Effect.callback<boolean>((resume) => {
      this.leave()
      if (this.socket.destroyed) return resume(Effect.succeed(false))
      this.socket.once("close", () => resume(Effect.succeed(true)))
      this.socket.resume()
      this.socket.end()
    })
    return Effect.timeoutOrElse(answered, {
      duration: partMillisMax,
      orElse: () => Effect.succeed(false)
    }).pipe(Effect.ensuring(Effect.sync(() => this.reset())))
  }

  /** Closes one way: FIN, and goes on reading. */
  halfClose(): void {
    this.writing = false
    this.mayEnd = true
    halfClose(this.socket)
  }

  /** RST: the connection is gone without a word. */
  reset(): void {
    this.leave()
    this.tcp.resetAndDestroy()
  }

  /** Neither bytes nor FIN from now on. */
  fallSilent(): void {
    this.leave()
    this.silent = true
    this.socket.pause()
  }

  pause(): void {
    this.reading = false
    this.socket.pause()
  }

  resume(): void {
    this.reading = true
    this.socket.resume()
  }

  /** Takes bytes as they come from the network. */
  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const newline = chunk.indexOf(NEWLINE, at)
      const end = newline === -1 ? chunk.length : newline + 1
      this.readFrames(chunk.subarray(at, end))
      if (newline !== -1) this.endLine()
      at = end
    }
    this.observer.changed()
  }

  private readFrames(piece: Buffer): void {
    this.frames.push(piece)
    for (let frame = this.frames.next(); frame !== undefined; frame = this.frames.next()) {
      this.framesOfLine++
      if (frame === malformed || frame === tooLarge) this.receive(noise(piece))
      else this.receive(incomingOf(this.observer.without(JSON.parse(frame) as Json)))
      if (frame === tooLarge) break
    }
  }

  private endLine(): void {
    this.brokenLines ||= this.framesOfLine > 1 || this.halfBytes > 0
    this.framesOfLine = 0
  }

  private receive(incoming: Incoming): void {
    const request = incoming.lane === "reply" ? this.requests.answered(incoming.value) : undefined
    if (request !== undefined) this.follow(request, incoming.value)
    const hidden = request?.hidden === true
    if (hidden) this.hiddenReplies++
    if (hidden || this.left || !this.observer.keeps(incoming)) return
    if (this.isOwn(incoming.value)) this.observer.echoed(incoming)
    this.inbox.push(incoming)
    this.observer.received(incoming)
  }

  /** Whether this is a message that it sent itself. */
  private isOwn(value: Json): boolean {
    return (
      hasField(value, "type", (type) => type === "message") &&
      hasField(value, "username", (username) => username === this.username) &&
      hasField(value, "content", (content) => typeof content === "string" && this.said.has(content))
    )
  }

  /** Keeps track of what a reply changes. */
  private follow(request: PendingRequest, reply: Json): void {
    if (request.hidden === true) this.users = (reply as { readonly users?: ReadonlyArray<Json> }).users ?? []
    if (!isSuccess(reply)) return
    if (request.type === "login" && request.username !== undefined) {
      this.username ??= request.username
      this.features ||= request.features === true
      this.observer.loggedIn(this.username)
    }
    if (request.type === "logout") {
      this.username = undefined
      this.mayEnd = true
    }
  }

  /** The server ended it: the answer is RST, never FIN, so that no port of the server stays in TIME_WAIT. */
  private end(end: End): void {
    if (this.ended !== undefined || this.left) return
    this.ended = end
    this.tcp.resetAndDestroy()
    this.observer.ended(end)
    this.observer.changed()
  }

  private leave(): void {
    this.left = true
    this.silent = false
    this.username = undefined
  }
}

const whyNot = ({ code = "", message }: NodeJS.ErrnoException): string => {
  if (/CERT|ISSUER/.test(code)) return `its certificate is not trusted (${code}); give it with --ca FILE`
  if (code.startsWith("ERR_SSL")) return `it does not speak TLS (${code})`
  return code === "ECONNREFUSED" ? "connection refused: nobody listens there any more" : code || message
}

/** How long a server may take to answer a FIN; one that does not is not waited for. */
const partMillisMax = 200

const NEWLINE = 0x0a
const hiddenList = Buffer.from('{"type": "list"}\n')

const noise = (bytes: Buffer): Incoming => ({
  lane: "noise",
  value: bytes.toString(),
  extra: false,
  atMillis: performance.now()
})

const incomingOf = (value: Json): Incoming => {
  const atMillis = performance.now()
  if (hasField(value, "status", () => true)) return { lane: "reply", value, extra: false, atMillis }
  if (hasField(value, "type", (type) => type === "message"))
    return { lane: "event", value, extra: false, atMillis }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value)
  return { lane: isObject ? "event" : "noise", value, extra: isObject, atMillis }
}
