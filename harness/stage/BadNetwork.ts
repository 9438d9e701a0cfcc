import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

/** What a bad network does to one connection. */
export interface Faults {
  readonly delay?: number
  readonly jitter?: number
  /** Bytes per second, each way. */
  readonly bandwidth?: number
  /** Bytes per segment sent. */
  readonly slice?: number
}

/** Puts the faults of a bad network between a connection and its socket; the order of bytes never changes. */
export class BadNetwork {
  private readonly faults: Faults
  private readonly random: () => number
  private readonly out: (bytes: Buffer) => Effect.Effect<void>
  private readonly in: (bytes: Buffer) => void
  private readonly oneAtATime = Semaphore.makeUnsafe(1)
  /** What is on its way in: timers may fire out of order, bytes do not. */
  private readonly arriving: Array<() => void> = []
  private arrivesAtMillis = 0
  private passed = false
  private sliced = false

  constructor(
    faults: Faults,
    random: () => number,
    socket: { readonly out: (bytes: Buffer) => Effect.Effect<void>; readonly in: (bytes: Buffer) => void }
  ) {
    this.faults = faults
    this.random = random
    this.out = socket.out
    this.in = socket.in
  }

  /** The faults that have not touched a byte: what they were to prove is not proven. */
  get idle(): ReadonlyArray<string> {
    return Object.keys(this.faults).filter((fault) => (fault === "slice" ? !this.sliced : !this.passed))
  }

  /** Sends bytes through the faults. */
  send(bytes: Buffer): Effect.Effect<void> {
    const size = this.faults.slice ?? bytes.length
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size)
    )
    this.sliced ||= pieces.length > 1
    const each = Effect.forEach(
      pieces,
      (piece) => Effect.andThen(Effect.sleep(this.holdMillis(piece)), this.out(piece)),
      { discard: true }
    )
    return this.oneAtATime.withPermits(1)(each)
  }

  /** Lets bytes arrive through the faults. */
  receive(bytes: Buffer): void {
    this.arrivesAtMillis = Math.max(performance.now(), this.arrivesAtMillis) + this.holdMillis(bytes)
    this.later(() => this.in(bytes))
  }

  /** Lets something happen after all bytes that are on their way in. */
  later(what: () => void): void {
    this.arriving.push(what)
    setTimeout(() => this.arriving.shift()?.(), Math.max(0, this.arrivesAtMillis - performance.now()))
  }

  private holdMillis(bytes: Buffer): number {
    const { delay = 0, jitter = 0, bandwidth = Infinity } = this.faults
    this.passed = true
    return delay + jitter * this.random() + (bytes.length / bandwidth) * 1_000
  }
}
