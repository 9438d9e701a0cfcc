import type { Socket } from "node:net"
import { TLSSocket } from "node:tls"
import * as Effect from "effect/Effect"
import { errorCodes } from "./Protocol.ts"

/** Why a connection is over: its client left or logged out, or the server ended it and says why. */
export const endings = ["left", "logout", ...errorCodes] as const
export type Ending = (typeof endings)[number]

/** What all connections of a server share. */
export interface ConnectionRules {
  /** Bytes that may wait for a client, on top of what the kernel took. */
  readonly outboxBytesMax: number
  /** How long an ended connection may take to read its last words. */
  readonly lingerMillisMax: number
  /** Told once when half of `outboxBytesMax` waits for a client, and again only after it has caught up. */
  readonly onSlow: (connection: Connection) => void
  /** Where the most that ever waited for one client is kept. */
  readonly stats: { outboxBytesHighest: number }
  /** The coarse clock that `activeAtMillis` is read from. */
  readonly clock: { readonly nowMillis: number }
}

/**
 * One accepted socket: one way in (`read`), one way out (`offer`), one way to end (`stop`, then `finish`).
 * The socket's own high-water mark is what may wait for the client before its requests are left unread.
 */
export class Connection {
  readonly id: number
  readonly socket: Socket
  /** When bytes last came. */
  activeAtMillis: number
  /** By when the client must have logged in; `Infinity` once it has. */
  loginByMillis: number = Number.POSITIVE_INFINITY
  /** Why this connection is to end, once that is decided. */
  ending: Ending | undefined
  private isOpen = true
  private isSlow = false
  private readonly rules: ConnectionRules
  private wake: () => void = noop

  constructor(id: number, socket: Socket, rules: ConnectionRules) {
    this.id = id
    this.socket = socket
    this.rules = rules
    this.activeAtMillis = rules.clock.nowMillis
    const wake = () => this.wake()
    socket.on("error", noop) // a close always follows
    socket.on("readable", wake)
    socket.on("drain", wake)
    socket.on("end", wake)
    socket.on("close", wake)
  }

  /** The next bytes; fails with the ending. */
  read(): Effect.Effect<Buffer, Ending> {
    return this.when(this.readNow)
  }

  /**
   * Done once little enough waits for the client; fails with the ending. To be awaited after each answer: a client
   * that does not take its answers is not read, and TCP pushes back.
   */
  writable(): Effect.Effect<void, Ending> {
    return this.socket.writableNeedDrain ? this.when(this.writableNow) : Effect.void
  }

  /** Sends whole objects, without ever waiting: who lets too much pile up is ended with `slow_consumer`. */
  offer(bytes: Buffer): void {
    const { rules, socket } = this
    if (!this.isOpen || socket.destroyed) return
    const waitingBytes = socket.writableLength
    if (waitingBytes > rules.stats.outboxBytesHighest) rules.stats.outboxBytesHighest = waitingBytes
    if (waitingBytes > rules.outboxBytesMax) {
      this.isOpen = false
      this.stop("slow_consumer")
      return
    }
    if (waitingBytes > rules.outboxBytesMax / 2 !== this.isSlow) this.turnSlow()
    socket.write(bytes)
  }

  private turnSlow(): void {
    this.isSlow = !this.isSlow
    if (this.isSlow) this.rules.onSlow(this)
  }

  /** Several offers that leave in one write. */
  offerTogether(offers: () => void): void {
    this.socket.cork()
    offers()
    this.socket.uncork()
  }

  /** Has no more requests read: who waits in `read` is told at once. Only the first reason counts. */
  stop(ending: Ending): void {
    if (this.ending !== undefined) return
    this.ending = ending
    this.wake()
  }

  /** Says the last words and ends (END-1); done once the socket is closed, which takes a bounded time. */
  finish(lastWords: Buffer | undefined): Effect.Effect<void> {
    const { socket } = this
    this.isOpen = false
    if (!socket.destroyed) {
      if (lastWords !== undefined) socket.write(lastWords)
      socket.end()
      const timer = setTimeout(() => this.abort(), this.rules.lingerMillisMax)
      socket.once("close", () => clearTimeout(timer))
    }
    return this.when(this.closedNow)
  }

  /** Ends at once: quietly if all was sent, else by a reset, which frees what the peer does not take. */
  abort(): void {
    const { socket } = this
    // where the FIN is on its way Node cannot reset any more, and would never close; a TLS socket has no reset of its own
    const isSent = socket.writableEnded && socket.writableLength === 0
    if (isSent || socket instanceof TLSSocket) socket.destroy()
    else socket.resetAndDestroy()
  }

  private readNow(): Effect.Effect<Buffer, Ending> | undefined {
    const { socket } = this
    if (this.ending !== undefined) return failures[this.ending]
    const bytes = socket.read() as Buffer | null
    if (bytes !== null) {
      this.activeAtMillis = this.rules.clock.nowMillis
      return Effect.succeed(bytes)
    }
    return socket.readableEnded || socket.destroyed ? failures.left : undefined
  }

  private writableNow(): Effect.Effect<void, Ending> | undefined {
    if (this.ending !== undefined) return failures[this.ending]
    if (this.socket.destroyed) return failures.left
    return this.socket.writableNeedDrain ? undefined : Effect.void
  }

  private closedNow(): Effect.Effect<void> | undefined {
    while (this.socket.read() !== null); // what still comes is dropped
    return this.socket.closed ? Effect.void : undefined
  }

  /** Waits until the attempt gives an effect, trying again at each event of the socket. */
  private when<A, E>(attempt: () => Effect.Effect<A, E> | undefined): Effect.Effect<A, E> {
    return Effect.callback((resume) => {
      const now = attempt.call(this)
      if (now !== undefined) return resume(now)
      this.wake = () => {
        const later = attempt.call(this)
        if (later === undefined) return
        this.wake = noop
        resume(later)
      }
    })
  }
}

const noop = () => {}

/** One failure for each ending, made once: an ending is no surprise and needs no stack. */
const failures = Object.fromEntries(endings.map((ending) => [ending, Effect.fail(ending)])) as Readonly<
  Record<Ending, Effect.Effect<never, Ending>>
>
