import * as Effect from "effect/Effect"
import type { Address } from "./Address.ts"
import type { Seat } from "./Admission.ts"
import type { Outbox } from "./Behind.ts"
import { type Ending, failures, isOrderly } from "./Ending.ts"
import type { Outboxes } from "./Outboxes.ts"
import type { Ends } from "./TcpTable.ts"
import type { TokenBucket } from "./TokenBucket.ts"
import { type Transport, type TransportOwner, waitingWriteBytes } from "./Transport.ts"

/** Limits and callbacks that all connections of a server share. */
export interface ConnectionRules {
  /** Bytes that may wait for a client, on top of what the kernel took. */
  readonly outboxBytesMax: number
  /** Time that a client has to log in, if that is limited. */
  readonly loginMillisMax: number | undefined
  /** Time that the client of an ended connection has to read its last words. */
  readonly lingerMillisMax: number
  /** Called when a client falls behind: over half of `outboxBytesMax` waits for it. At most once a minute for each. */
  readonly onSlow: (connection: Connection) => void
  /** Called once the transport is closed, so that all it took can be given back. */
  readonly onClosed: (connection: Connection) => void
  readonly outboxes: Outboxes
  /** The time, monotonic. */
  readonly readMillis: () => number
}

/** What a client is shown as fast as it takes it, where it is not offered everything at once. */
export interface Backlog {
  /** Bytes in it that were to be offered by now: without those that can be read again. */
  readonly bytes: number
  /** True while so much waits that requests are left unread. */
  readonly isFull: boolean
  /** Done once nothing waits in it, the client is gone, or it has taken nothing for `lingerMillisMax`. */
  readonly settled: Effect.Effect<void>
  /** The client has taken what was written. */
  onDrain(): void
  /** Nothing more can be shown: what waits is let go. */
  drop(): void
}

/**
 * One accepted connection: one way in (`read`), one way out (`offer`), one way to end (`stop`, then `finish`).
 * The transport decides how much may wait for the client before its requests are left unread.
 */
export class Connection implements TransportOwner, Outbox {
  readonly id: number
  readonly seat: Seat
  /** True if bytes came since this was last set to false. */
  wasActive = true
  /** When bytes were last known to have come. */
  activeAtMillis = 0
  /** By when the client must have logged in; `Infinity` once it has. */
  loginByMillis: number
  /** True while its requests are left unread on purpose: no time for it to be idle. */
  isPaused = false
  /** Its right to speak while readers are behind, from when it first spoke. */
  share: TokenBucket | undefined
  /** Memory that is kept for its client alone. */
  keptBytes = 0
  /** What its client is shown bit by bit, if it is: nobody has to wait for such a reader. */
  backlog: Backlog | undefined
  /** Why this connection is to end, once that is decided by `stop`. */
  ending: Ending | undefined
  private readonly transport: Transport
  private readonly rules: ConnectionRules
  /** True while it takes requests and offers. */
  private isOpen = true
  private isBehind = false
  private warnedAtMillis: number | undefined
  /** The client's side: it still sends, only reads, or is gone. */
  private theirs: "sends" | "reads" | "gone" = "sends"
  /** Bytes that came and were not read yet: one piece at most, as the transport is paused then. */
  private received: Buffer | undefined
  /** The operation that the session waits for, tried again at each event of the transport. */
  private attempt: Attempt | undefined
  private resume: (effect: Effect.Effect<any, any>) => void = noop
  private linger: NodeJS.Timeout | undefined

  constructor(id: number, transport: Transport, seat: Seat, rules: ConnectionRules) {
    this.id = id
    this.transport = transport
    this.seat = seat
    this.rules = rules
    this.loginByMillis = seat.acceptedAtMillis + (rules.loginMillisMax ?? Infinity)
    transport.open(this)
  }

  /** The client's address. */
  get peer(): Address {
    return this.transport.peer
  }

  get ends(): Ends {
    return this.transport.ends
  }

  get bytesIn(): number {
    return this.transport.bytesIn
  }

  /** Bytes sent, without those that wait. */
  get bytesOut(): number {
    return this.transport.bytesOut
  }

  /** The same, as closely as the system shows. */
  get takenBytes(): number {
    return this.transport.takenBytes
  }

  /** True while so much waits that a backlog keeps the rest. */
  get needsDrain(): boolean {
    return this.transport.needsDrain
  }

  /** Bytes that wait for the client. */
  get waitingBytes(): number {
    return this.transport.waitingBytes
  }

  /** The next bytes; fails with the ending. */
  read(): Effect.Effect<Buffer, Ending> {
    return this.when(this.readNow)
  }

  /**
   * Done once little enough waits for the client; fails with the ending. To be awaited before each answer: a client
   * that does not take its answers is not read, and TCP pushes back.
   */
  writable(): Effect.Effect<void, Ending> {
    return this.isFull ? this.when(this.writableNow) : Effect.void
  }

  private get isFull(): boolean {
    return this.backlog === undefined ? this.transport.needsDrain : this.backlog.isFull
  }

  /** Waits for something that is not the client's; fails with the ending as soon as the connection is to end. */
  whileOpen<A>(promise: Promise<A>): Effect.Effect<A, Ending> {
    let settled: Effect.Effect<A> | undefined
    const settle = (effect: Effect.Effect<A>) => {
      settled = effect
      this.wake()
    }
    promise.then(
      (value) => settle(Effect.succeed(value)),
      (error: unknown) => settle(Effect.die(error))
    )
    return this.when((): Effect.Effect<A, Ending> | undefined => this.endedNow() ?? settled)
  }

  /** Sends whole objects, without ever waiting: a client that lets too much pile up is ended with `slow_consumer`. */
  offer(bytes: Buffer): void {
    if (!this.hasRoomFor(bytes.length)) return
    const keptBytes = this.transport.write(bytes)
    this.noteWaiting()
    if (keptBytes > 0) this.keep(keptBytes)
  }

  /** The same with parts that leave in one write, or not at all; `areOwn` are kept for this client alone. */
  offerTogether(parts: ReadonlyArray<Buffer>, areOwn = false): void {
    if (!this.hasRoomFor(parts.reduce((sum, { length }) => sum + length, 0))) return
    const keptBytes = this.transport.writeTogether(parts, areOwn)
    this.noteWaiting()
    if (keptBytes > 0) this.keep(keptBytes)
  }

  /** Writes what comes next from the backlog, whatever else waits. */
  pour(parts: ReadonlyArray<Buffer>, areOwn: boolean): void {
    if (!this.isOpen || this.theirs === "gone") return
    this.keep(this.transport.writeTogether(parts, areOwn))
    this.noteWaiting()
  }

  /** Gives the memory that is kept for so many bytes in the backlog; 0 where it is too much, which ends as `offer` does. */
  hold(bytes: number, areOwn: boolean): number {
    if (!this.hasRoomFor(bytes + this.backlog!.bytes)) return 0
    const keptBytes = waitingWriteBytes + (areOwn ? bytes : 0)
    this.keep(keptBytes)
    return keptBytes
  }

  private hasRoomFor(bytes: number): boolean {
    if (!this.isOpen || this.theirs === "gone") return false
    const { outboxBytesMax, outboxes, readMillis } = this.rules
    if (this.transport.waitingBytes + bytes <= outboxBytesMax) return true
    if (outboxes.mayOverflow(this, bytes, readMillis())) return true
    this.stop("slow_consumer")
    this.close()
    return false
  }

  /** Nothing more is offered: what still waits counts no more. */
  private close(): void {
    this.isOpen = false
    this.backlog?.drop()
    this.noteWaiting()
  }

  noteWaiting(): void {
    const { outboxBytesMax, outboxes } = this.rules
    const { waitingBytes } = this.transport
    if (waitingBytes > outboxes.highestBytes) outboxes.highestBytes = waitingBytes
    const isBehind = this.isOpen && this.backlog === undefined && waitingBytes > outboxBytesMax / 2
    if (isBehind !== this.isBehind) this.turnBehind()
  }

  private turnBehind(): void {
    const { onSlow, outboxes, readMillis } = this.rules
    this.isBehind = !this.isBehind
    outboxes.turned(this, this.isBehind)
    if (!this.isBehind) return
    const nowMillis = readMillis()
    if (nowMillis - (this.warnedAtMillis ?? -Infinity) < WARNING_MILLIS) return
    this.warnedAtMillis = nowMillis
    onSlow(this)
  }

  private keep(bytes: number): void {
    this.keptBytes += bytes
    this.rules.outboxes.keep(bytes)
  }

  onFreed(bytes: number): void {
    const freedBytes = Math.min(bytes, this.keptBytes) // all is freed at once where it is cut off
    this.keptBytes -= freedBytes
    this.rules.outboxes.free(freedBytes)
  }

  cutOff(): void {
    this.stop("slow_consumer")
    this.close()
    this.onFreed(this.keptBytes)
    this.abort()
  }

  /** Stops reading requests: a waiting `read` fails at once. Only the first reason counts. */
  stop(ending: Ending): void {
    if (this.ending !== undefined) return
    this.ending = ending
    this.wake()
  }

  /** Finds out if the client is gone, which its unread requests hide; at the second probe after its end that shows. */
  probe(): void {
    if (this.isOpen && this.theirs !== "gone") this.transport.probe()
  }

  /** Leaves requests unread until the client may go on, which is asked at each event and by `wake`; fails with the ending. */
  pauseUntil(mayGoOn: () => boolean): Effect.Effect<void, Ending> {
    this.isPaused = true
    const attempt = () => this.endedNow() ?? (mayGoOn() ? Effect.void : undefined)
    const goOn = Effect.sync(() => {
      this.isPaused = false
      this.wasActive = true
    })
    return Effect.ensuring(this.when(attempt), goOn)
  }

  /**
   * Says the last words and ends (END-1), in order after what waits in the backlog; done once the transport is closed.
   * That takes a bounded time, unless the client goes on reading.
   */
  finish(lastWords: Buffer | undefined): Effect.Effect<void> {
    if (this.backlog === undefined || !isOrderly(this.ending)) return this.finishNow(lastWords)
    return Effect.andThen(
      this.backlog.settled,
      Effect.suspend(() => this.finishNow(lastWords))
    )
  }

  private finishNow(lastWords: Buffer | undefined): Effect.Effect<void> {
    const { transport } = this
    this.close()
    this.received = undefined
    if (this.theirs !== "gone") {
      if (lastWords !== undefined) transport.write(lastWords)
      transport.end()
      transport.resume()
      this.limitLinger()
    }
    return this.when(this.closedNow)
  }

  /** When the server shuts down, a client that goes on reading has until the server's own deadline. */
  private limitLinger(): void {
    const { lingerMillisMax } = this.rules
    if (this.ending === "shutting_down") this.transport.abortWhenIdle(lingerMillisMax)
    else this.linger = setTimeout(() => this.abort(), lingerMillisMax)
  }

  /** Ends at once: quietly if everything is sent, otherwise by a reset, which frees what the client does not take. */
  abort(): void {
    this.transport.abort()
  }

  onData(bytes: Buffer): void {
    if (!this.isOpen) return // what still comes is dropped
    this.wasActive = true
    this.received = bytes
    this.wake()
    if (this.received !== undefined) this.transport.pause()
  }

  onDrain(): void {
    this.noteWaiting()
    this.backlog?.onDrain()
    this.wake()
  }

  onEnd(): void {
    this.theirs = "reads"
    this.wake()
  }

  onClose(): void {
    this.theirs = "gone"
    clearTimeout(this.linger)
    this.backlog?.drop()
    this.wake()
    this.rules.onClosed(this)
  }

  private readNow(): Effect.Effect<Buffer, Ending> | undefined {
    const { received } = this
    if (this.ending !== undefined) return failures[this.ending]
    if (received !== undefined) {
      this.received = undefined
      this.transport.resume()
      return Effect.succeed(received)
    }
    return this.theirs === "sends" ? undefined : failures.left
  }

  private writableNow(): Effect.Effect<void, Ending> | undefined {
    return this.endedNow() ?? (this.isFull ? undefined : Effect.void)
  }

  private endedNow(): Effect.Effect<never, Ending> | undefined {
    if (this.ending !== undefined) return failures[this.ending]
    return this.theirs === "gone" ? failures.left : undefined
  }

  private closedNow(): Effect.Effect<void> | undefined {
    return this.theirs === "gone" ? Effect.void : undefined
  }

  /** Waits until the attempt gives an effect, trying again at each event of the transport. */
  private when<A, E>(attempt: () => Effect.Effect<A, E> | undefined): Effect.Effect<A, E> {
    return Effect.callback((resume) => {
      const now = attempt.call(this)
      if (now !== undefined) return resume(now)
      this.attempt = attempt
      this.resume = resume
    })
  }

  /** Tries again what the session waits for. */
  wake(): void {
    const effect = this.attempt?.()
    if (effect === undefined) return
    this.attempt = undefined
    this.resume(effect)
  }
}

/** Time between two warnings about one client. */
const WARNING_MILLIS = 60_000

type Attempt = () => Effect.Effect<unknown, unknown> | undefined

const noop = () => {}
