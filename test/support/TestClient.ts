import { connect as connectSocket, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Frames } from "../../src/wire/Frames.ts"
import type { Address } from "../../src/net/Address.ts"
import { Server } from "../../src/Server.ts"

/** One object as a server sent it. */
export type Received = { readonly [field: string]: any }

/** The way the server ended a connection, as its client saw it. */
export type End = "fin" | "reset"

/** A scripted client on a raw socket: it sends any bytes, and keeps everything it is sent, in order. */
export class TestClient {
  /** The bytes received, as they came. */
  readonly chunks: Array<Buffer> = []
  readonly socket: Socket
  private readonly frames = new Frames(1 << 24)
  private readonly inbox: Array<Received> = []
  private end: End | undefined
  private wake: () => void = () => {}

  constructor(socket: Socket) {
    this.socket = socket
    socket.on("data", (chunk: Buffer) => {
      this.chunks.push(chunk)
      this.frames.push(chunk)
      for (let frame = this.frames.next(); frame !== undefined; frame = this.frames.next()) {
        this.inbox.push(typeof frame === "string" ? JSON.parse(frame) : { malformed: true })
      }
      this.wake()
    })
    socket.on("error", () => {
      this.end ??= "reset"
    })
    socket.on("end", () => {
      this.end ??= "fin"
      this.wake()
    })
    socket.on("close", () => {
      this.end ??= "reset"
      this.wake()
    })
  }

  /** Sends an object as one line, or text or bytes as they are. */
  send(...things: ReadonlyArray<object | string | Buffer>): void {
    this.socket.write(Buffer.concat(things.map(toBytes)))
  }

  /** The next object the server sends. */
  readonly next: Effect.Effect<Received> = this.when(() => {
    const received = this.inbox.shift()
    if (received !== undefined) return Effect.succeed(received)
    return this.end && Effect.die(new Error(`the connection ended (${this.end}) where an object was due`))
  })

  /** The next so many objects. */
  take(count: number): Effect.Effect<Array<Received>> {
    return this.when(() => {
      if (this.inbox.length >= count) return Effect.succeed(this.inbox.splice(0, count))
      return (
        this.end &&
        Effect.die(new Error(`the connection ended (${this.end}) after ${this.inbox.length} of ${count}`))
      )
    })
  }

  /** Sends a request and gives the next object. */
  ask(request: object): Effect.Effect<Received> {
    return Effect.suspend(() => {
      this.send(request)
      return this.next
    })
  }

  /** Everything received before the reply to a `list` sent now: what comes of what happened before. */
  readonly before: Effect.Effect<Array<Received>> = Effect.suspend(() => {
    const id = `fence ${fences++}`
    this.send({ type: "list", id })
    return this.takeUntil((received) => received.id === id)
  })

  /** Everything that comes before the first object that this is true of. */
  takeUntil(isLast: (received: Received) => boolean): Effect.Effect<Array<Received>> {
    return Effect.gen({ self: this }, function* () {
      const all: Array<Received> = []
      while (true) {
        const received = yield* this.next
        if (isLast(received)) return all
        all.push(received)
      }
    })
  }

  /** The way the server ended the connection, once it has. */
  readonly ended: Effect.Effect<End> = this.when(() => this.end && Effect.succeed(this.end))

  /** The last objects, up to the end of the connection. */
  readonly rest: Effect.Effect<Array<Received>> = Effect.map(this.ended, () => this.inbox.splice(0))

  /** Logs in, and asserts by dying that it may. */
  login(username: string, ...features: ReadonlyArray<string>): Effect.Effect<this> {
    const request = { type: "login", username, ...(features.length > 0 && { features }) }
    return Effect.flatMap(this.ask(request), (reply) =>
      reply.status === "success" ? Effect.succeed(this) : Effect.die(new Error(JSON.stringify(reply)))
    )
  }

  /** Asks until the list of who is online is this one. */
  readonly sees = (...users: ReadonlyArray<string>): Effect.Effect<void> =>
    Effect.gen({ self: this }, function* () {
      let reply: Received
      do reply = yield* this.ask({ type: "list" })
      while (JSON.stringify(reply.users) !== JSON.stringify(users))
    })

  /** Waits until the attempt gives an effect. */
  private when<A>(attempt: () => Effect.Effect<A> | undefined): Effect.Effect<A> {
    return Effect.callback((resume) => {
      this.wake = () => {
        const result = attempt()
        if (result === undefined) return
        this.wake = () => {}
        resume(result)
      }
      this.wake()
    })
  }
}

let fences = 0

const toBytes = (thing: object | string | Buffer): Buffer =>
  Buffer.isBuffer(thing)
    ? thing
    : Buffer.from(typeof thing === "string" ? thing : JSON.stringify(thing) + "\n")

/** A connected client; its socket is destroyed with the scope. */
export const connectTo = (
  { host, port }: Address,
  localAddress?: string
): Effect.Effect<TestClient, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<TestClient>((resume) => {
      const socket = connectSocket({ host, port, localAddress, noDelay: true, allowHalfOpen: true })
      const client = new TestClient(socket)
      socket.once("connect", () => resume(Effect.succeed(client)))
      socket.once("error", (error) => resume(Effect.die(error)))
    }),
    ({ socket }) => Effect.sync(() => socket.resetAndDestroy())
  )

/** A client of the server in the context. */
export const connect: Effect.Effect<TestClient, never, Scope.Scope | Server> = Effect.flatMap(
  Server,
  ({ addresses }) => connectTo(addresses[0]!)
)

/** A client of that server that is logged in. */
export const connectAs = (
  username: string,
  ...features: ReadonlyArray<string>
): Effect.Effect<TestClient, never, Scope.Scope | Server> =>
  Effect.flatMap(connect, (client) => client.login(username, ...features))
