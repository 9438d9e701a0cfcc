import type { Socket } from "node:net"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { ownPatience } from "../../process/Patience.ts"
import type { Address } from "../../src/net/Address.ts"
import { halfClose, openSocket } from "../../src/net/OpenSocket.ts"
import type { BadNetwork } from "./BadNetwork.ts"
import type { Json } from "../language/Json.ts"
import { ObjectReader } from "./ObjectReader.ts"
import { hasField, type PendingRequest, PendingRequests } from "./PendingRequests.ts"
import type { Server } from "./Target.ts"
import { nowOn } from "./Time.ts"
import { type Trouble, troubleOf } from "./Trouble.ts"
import type { Departure, End, Incoming, WireFact, WireListener } from "./WireEvent.ts"

/** The surroundings of a connection: its actor, a filter for what comes in, and a listener for all that happens. */
export interface Wiring {
  readonly actor: string
  /** Gives the part of a received value that counts, or `undefined` to drop it. */
  readonly filter?: (value: Json) => Json | undefined
  readonly listener: WireListener
  /** What passed on the connection whose session it is to go on with. */
  readonly resumes?: PendingRequests | undefined
}

/** Nobody answered, or not in time. */
export class ConnectFailed extends Data.TaggedError("ConnectFailed")<{
  readonly reason: string
  /** True if nobody listens there. */
  readonly isRefused?: boolean
  /** Set where the server is not to blame. */
  readonly trouble?: Trouble | undefined
}> {}

/** The state of both sides, and if the server may end the connection at any time. */
interface State {
  readonly ours:
    | { readonly _tag: "Open"; readonly reading: boolean; readonly writing: boolean }
    | { readonly _tag: "Left"; readonly how: Departure }
  readonly theirs: { readonly _tag: "Open" } | { readonly _tag: "Ended"; readonly by: End }
  readonly endAllowed: boolean
}

/** One raw TCP connection of an actor: what it sent, what it received and has not been asked for, how it ended. */
export class ActorConnection {
  /** Received and not asked for yet, in the order it came. */
  readonly inbox: Array<Incoming> = []
  readonly requests: PendingRequests
  /** What comes in, object by object. */
  readonly objects = new ObjectReader({
    onText: (text) => this.receive(text),
    onUnreadable: (unreadable) => this.deliver("noise", unreadable.text, unreadable.text, { unreadable })
  })
  network: BadNetwork | undefined
  /** The answer to the server's end: RST, so that no port of the server stays in TIME_WAIT, or FIN. */
  answersEnd: End = "reset"
  private state: State = {
    ours: { _tag: "Open", reading: true, writing: true },
    theirs: { _tag: "Open" },
    endAllowed: false
  }
  private readonly socket: Socket
  /** The TCP socket below, which alone can be reset. */
  private readonly tcp: Socket
  private readonly wiring: Wiring
  private readonly clock: Clock.Clock

  private constructor(socket: Socket, tcp: Socket, wiring: Wiring, clock: Clock.Clock) {
    this.socket = socket
    this.tcp = tcp
    this.wiring = wiring
    this.requests = new PendingRequests(wiring.resumes)
    this.clock = clock
    const arrives = (what: () => void) => (this.network === undefined ? what() : this.network.later(what))
    socket.on("data", (chunk: Buffer) =>
      this.network === undefined ? this.read(chunk) : this.network.receive(chunk)
    )
    socket.on("end", () => arrives(() => this.end("close")))
    socket.on("error", () => arrives(() => this.end("reset")))
    socket.on("close", () => arrives(() => this.end("close")))
    this.emit({ _tag: "Connected", direction: "out" })
  }

  /** Connects within the bound, or tells why not; a refusal counts only once the server can be taken to have started. */
  static open(
    address: Address & Pick<Server, "isStarting">,
    wiring: Wiring,
    withinMillis: number
  ): Effect.Effect<ActorConnection, ConnectFailed> {
    const attempt = Effect.flatMap(Clock.Clock, (clock) =>
      Effect.callback<ActorConnection, ConnectFailed>((resume) => {
        const socket = openSocket(address, { allowHalfOpen: true }, (ready, tcp) => {
          ready.off("error", failed)
          resume(Effect.succeed(new ActorConnection(ready, tcp, wiring, clock)))
        })
        const failed = (error: NodeJS.ErrnoException) => resume(Effect.fail(whyNot(error)))
        socket.once("error", failed)
        return Effect.sync(() => socket.destroy())
      })
    )
    const attempts = Effect.retry(attempt, {
      while: ({ isRefused }) => isRefused === true && address.isStarting?.() === true,
      schedule: startingPause
    })
    const noAnswer = Effect.andThen(
      ownPatience.during(withinMillis),
      Effect.fail(new ConnectFailed({ reason: "no answer" }))
    )
    return Effect.raceFirst(attempts, noAnswer)
  }

  /** The way in which the server ended it, if it did. */
  get ended(): End | undefined {
    const { theirs } = this.state
    return theirs._tag === "Ended" ? theirs.by : undefined
  }

  /** True if this side has left it (FIN, RST or silence): what comes now is nobody's business. */
  get left(): boolean {
    return this.state.ours._tag === "Left"
  }

  /** True if requests can still be sent and answers read. */
  get open(): boolean {
    return this.ended === undefined && !this.left
  }

  /** True if it has ended, as far as the server can know. */
  get gone(): boolean {
    const { ours } = this.state
    return this.ended !== undefined || (ours._tag === "Left" && ours.how !== "silence")
  }

  get reading(): boolean {
    const { ours } = this.state
    return ours._tag === "Open" && ours.reading
  }

  get writing(): boolean {
    const { ours } = this.state
    return ours._tag === "Open" && ours.writing
  }

  /** True if the server may end it at any time from now on. */
  get mayEnd(): boolean {
    return this.state.endAllowed || this.requests.garbled || this.requests.loggedOut
  }

  /** The name it is logged in under. */
  get username(): string | undefined {
    return this.left ? undefined : this.requests.username
  }

  /** True if a hidden `list` would be answered: logged in, reading, nothing half sent, nothing garbled. */
  get fenceable(): boolean {
    const { garbled, unfinished } = this.requests
    const { ended, reading, username, writing } = this
    return ended === undefined && username !== undefined && reading && writing && !garbled && !unfinished
  }

  /** Lets the server end it at any time from now on. */
  allowEnd(): void {
    this.state = { ...this.state, endAllowed: true }
  }

  /** Writes bytes as one piece, after all before it; resolves once the kernel has them. */
  write(bytes: Buffer): Effect.Effect<void> {
    const wasUnfinished = this.requests.unfinished
    const asked = this.requests.sent(bytes)
    const isCut = wasUnfinished || this.requests.unfinished
    this.emit({ _tag: "Sent", direction: "out", bytes, hiddenBytes: 0, requests: asked.length, isCut })
    for (const request of asked) this.emit({ _tag: "Asked", direction: "out", request })
    return this.push(bytes)
  }

  /** Sends a `list` of the harness's own, in one piece with `more`; resolves with its ticket. */
  ask(more: Buffer = Buffer.alloc(0)): Effect.Effect<number> {
    const bytes = Buffer.concat([hiddenList, more])
    const ticket = this.requests.sentHidden()
    this.requests.sent(more)
    const isCut = this.requests.unfinished
    const hiddenBytes = hiddenList.length
    this.emit({ _tag: "Sent", direction: "out", bytes, hiddenBytes, requests: isCut ? 2 : 1, isCut })
    return Effect.as(this.push(bytes), ticket)
  }

  private push(bytes: Buffer): Effect.Effect<void> {
    return this.network === undefined ? this.writeNow(bytes) : this.network.send(bytes)
  }

  /** Writes bytes past any fault of the network. */
  writeNow(bytes: Buffer): Effect.Effect<void> {
    return Effect.callback((resume) => {
      if (this.socket.destroyed || this.socket.writableEnded) return resume(Effect.void)
      this.emit({ _tag: "Wrote", direction: "out", bytes })
      this.socket.write(bytes, () => resume(Effect.void))
    })
  }

  /** Closes both ways: FIN, as a client program does that calls `close`. */
  close(): void {
    this.leave("close")
    this.socket.end(() => this.socket.destroy())
  }

  /**
   * Closes as one who waits for the other side to close too (FIN): whether it does within the bound, and so has let go.
   * In the end the connection is reset.
   */
  get part(): Effect.Effect<boolean> {
    const answered = Effect.callback<boolean>((resume) => {
      this.leave("close")
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
    this.change({ writing: false })
    this.allowEnd()
    halfClose(this.socket)
    this.emit({ _tag: "HalfClosed", direction: "out" })
  }

  /** RST: the connection is gone without a word. */
  reset(): void {
    this.leave("reset")
    this.cut()
  }

  /** Resets the connection. Node cannot while a FIN is on its way: then just after. */
  private cut(): void {
    const { socket, tcp } = this
    const isEnding = socket.writableEnded && socket.writableLength === 0 && !socket.writableFinished
    if (isEnding) socket.once("finish", () => tcp.resetAndDestroy())
    else tcp.resetAndDestroy()
  }

  /** Neither bytes nor FIN from now on. */
  fallSilent(): void {
    this.leave("silence")
    this.socket.pause()
  }

  pause(): void {
    this.change({ reading: false })
    this.socket.pause()
  }

  resume(): void {
    this.change({ reading: true })
    this.socket.resume()
  }

  /** Takes bytes as they come from the network. */
  read(chunk: Buffer): void {
    this.emit({ _tag: "Read", direction: "in", bytes: chunk })
    this.objects.read(chunk)
    this.emit({ _tag: "Changed", direction: "in" })
  }

  private receive(text: string): void {
    const value = JSON.parse(text) as Json
    const lane = laneOf(value)
    let request: PendingRequest | undefined
    if (lane === "reply") {
      const answer = this.requests.answered(value)
      if (answer?.request.hidden === true) return this.emit({ _tag: "Answered", direction: "in", text })
      request = answer?.request
      const { username } = this.requests
      if (answer?.granted === true && answer.request.type === "login" && username !== undefined)
        this.emit({ _tag: "LoggedIn", direction: "in", username, resumes: isResumed(value) })
      if (answer?.granted === true && answer.request.type === "logout")
        this.emit({ _tag: "LoggedOut", direction: "in" })
    }
    const kept = this.wiring.filter === undefined ? value : this.wiring.filter(value)
    if (kept !== undefined) this.deliver(lane, text, kept, request && { request })
  }

  private deliver(
    lane: Incoming["lane"],
    text: string,
    value: Json,
    more?: Pick<Incoming, "request" | "unreadable">
  ): void {
    if (this.left) return
    if (this.requests.isOwn(value)) return this.emit({ _tag: "Echoed", direction: "in", value, text })
    const extra = lane === "event" && !isMessage(value)
    const incoming = { lane, value, extra, atMillis: nowOn(this.clock), ...more }
    this.inbox.push(incoming)
    this.emit({ _tag: "Received", direction: "in", incoming, text })
  }

  /** The server ended it. */
  private end(by: End): void {
    if (!this.open) return
    this.state = { ...this.state, theirs: { _tag: "Ended", by } }
    if (this.answersEnd === "close") this.socket.end()
    else this.cut()
    this.emit({ _tag: "Ended", direction: "in", by })
    this.emit({ _tag: "Changed", direction: "in" })
  }

  private leave(how: Departure): void {
    if (this.open) this.emit({ _tag: "Left", direction: "out", how })
    this.state = { ...this.state, ours: { _tag: "Left", how } }
  }

  private change(part: { readonly reading?: boolean; readonly writing?: boolean }): void {
    const { ours } = this.state
    if (ours._tag === "Open") this.state = { ...this.state, ours: { ...ours, ...part } }
  }

  private emit(fact: WireFact): void {
    const { actor, listener } = this.wiring
    listener({ ...fact, actor, atMillis: nowOn(this.clock) })
  }
}

const whyNot = (error: NodeJS.ErrnoException): ConnectFailed => {
  const isRefused = error.code === "ECONNREFUSED"
  const reason = isRefused ? "connection refused" : error.code || error.message
  return new ConnectFailed({ reason, isRefused, trouble: troubleOf(error) })
}

/** The pause between connections to a server that may not have started. */
const startingPause = Schedule.spaced(10)

/** The longest wait for a server to answer a FIN. */
const partMillisMax = 200

const hiddenList = Buffer.from('{"type": "list"}\n')

const laneOf = (value: Json): Incoming["lane"] => {
  if (hasField(value, "status", () => true)) return "reply"
  return typeof value === "object" && value !== null && !Array.isArray(value) ? "event" : "noise"
}

/** True if a login goes on with the session of an earlier connection (RESUME-3). */
const isResumed = (reply: Json): boolean => hasField(reply, "resumed", (resumed) => resumed === true)

const isMessage = (value: Json): boolean => hasField(value, "type", (type) => type === "message")
