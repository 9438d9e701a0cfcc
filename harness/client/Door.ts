import { type AddressInfo, createServer, type Server, type Socket } from "node:net"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { ownPatience } from "../../process/Patience.ts"
import { host } from "../../process/Port.ts"
import { unreadBytes } from "../../process/SocketTable.ts"
import { Frames, malformed, tooLarge } from "../../src/wire/Frames.ts"

/** Nobody can listen on that port. */
export class CannotListen extends Data.TaggedError("CannotListen")<{ readonly reason: string }> {}

/** What happens on the connection of a program. */
export interface Visitor {
  readonly onConnect: () => void
  /** The text of one JSON value that it sent. */
  readonly onValue: (text: string) => void
  /** Bytes that are no JSON: the first of them. */
  readonly onUnreadable: (bytes: Buffer) => void
  readonly onEnd: () => void
}

/** Our side of the connection that a program makes: one at a time, a second one is turned away. */
export class Door {
  private readonly server: Server
  private socket: Socket | undefined
  private readonly oneAtATime = Semaphore.makeUnsafe(1)

  private constructor(visitor: Visitor) {
    this.server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
      this.greet(socket, visitor)
    )
  }

  /** Listens on this port of loopback, or on a free one, until the scope closes. */
  static open(port: number | undefined, visitor: Visitor): Effect.Effect<Door, CannotListen, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.callback<Door, CannotListen>((resume) => {
        const door = new Door(visitor)
        door.server.once("error", ({ message }) => resume(Effect.fail(new CannotListen({ reason: message }))))
        door.server.listen(port ?? 0, host, () => resume(Effect.succeed(door)))
      }),
      (door) => Effect.sync(() => door.close())
    )
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  /** Sends bytes in one write, and waits until the program has read them, so that it reads nothing else with them. */
  write(bytes: Buffer): Effect.Effect<void> {
    const written = Effect.callback<void>((resume) => {
      if (this.socket?.writable !== true) return resume(Effect.void)
      this.socket.write(bytes, () => resume(Effect.void))
    })
    return this.oneAtATime.withPermits(1)(Effect.andThen(written, this.isRead))
  }

  /** Ends the connection of the program (FIN) once it has read what was sent. */
  readonly end: Effect.Effect<void> = Effect.suspend(() =>
    this.oneAtATime.withPermits(1)(Effect.sync(() => this.socket?.end()))
  )

  /** Done once nothing is left that the program has not read, or it reads too late. */
  private readonly isRead: Effect.Effect<void> = Effect.suspend(() => {
    const since = ownPatience.begin()
    const isOver = () => {
      const { localPort, remotePort } = this.socket ?? {}
      if (localPort === undefined || remotePort === undefined) return true
      return !unreadBytes(remotePort, localPort) || ownPatience.overdue(since, readMillisMax) !== undefined
    }
    return Effect.asVoid(Effect.repeat(Effect.sync(isOver), { until: Boolean, schedule: looking }))
  })

  private greet(socket: Socket, visitor: Visitor): void {
    socket.on("error", () => {}) // a close always follows
    if (this.socket !== undefined) return void socket.resetAndDestroy()
    this.socket = socket
    const frames = new Frames(requestBytesMax)
    let hasEnded = false
    const ended = () => {
      if (!hasEnded) visitor.onEnd()
      hasEnded = true
    }
    socket.on("data", (bytes: Buffer) => {
      frames.push(bytes)
      for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
        if (typeof frame === "string") visitor.onValue(frame)
        else if (frame === malformed || frame === tooLarge) visitor.onUnreadable(bytes)
        if (frame === tooLarge) return void socket.destroy()
      }
    })
    socket.once("end", () => {
      ended()
      socket.end()
    })
    socket.once("close", () => {
      this.socket = undefined
      ended()
    })
    visitor.onConnect()
  }

  private close(): void {
    this.server.close()
    this.socket?.resetAndDestroy()
  }
}

/** The longest request that is read of a program: far longer than what a person types. */
const requestBytesMax = 64 * 1024

/** The time that a program may take to read what was sent; what comes after that joins it. */
const readMillisMax = 200

/** The pauses between two looks whether it has been read. */
const looking = Schedule.min([Schedule.exponential(1, 1.5), Schedule.spaced(10)])
