import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Semaphore from "effect/Semaphore"
import { nowOn } from "./Time.ts"

/** The faults of a bad network, for one connection. */
export interface Faults {
  readonly delay?: number
  readonly jitter?: number
  /** Bytes per second, each way. */
  readonly bandwidth?: number
  /** Bytes per segment sent. */
  readonly slice?: number
}

/** The two ends of a connection that a bad network lies between. */
interface Ends {
  readonly out: (bytes: Buffer) => Effect.Effect<void>
  readonly in: (bytes: Buffer) => void
}

/** Puts the faults of a bad network between a connection and its socket; the order of bytes never changes. */
export class BadNetwork {
  private readonly faults: Faults
  private readonly ends: Ends
  /** Clock and random numbers of whoever laid it. */
  private readonly context: Context.Context<never>
  private readonly oneAtATime = Semaphore.makeUnsafe(1)
  /** Everything on its way in: timers may fire out of order, bytes do not. */
  private readonly arriving: Array<() => void> = []
  private arrivesAtMillis = 0
  private passed = false
  private sliced = false

  private constructor(ends: Ends, faults: Faults, context: Context.Context<never>) {
    this.ends = ends
    this.faults = faults
    this.context = context
  }

  static between(ends: Ends, faults: Faults): Effect.Effect<BadNetwork> {
    return Effect.map(Effect.context<never>(), (context) => new BadNetwork(ends, faults, context))
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
      (piece) => Effect.andThen(Effect.sleep(this.holdMillis(piece)), this.ends.out(piece)),
      { discard: true }
    )
    return this.oneAtATime.withPermits(1)(each)
  }

  /** Lets bytes arrive through the faults. */
  receive(bytes: Buffer): void {
    this.arrivesAtMillis = Math.max(this.nowMillis, this.arrivesAtMillis) + this.holdMillis(bytes)
    this.later(() => this.ends.in(bytes))
  }

  /** Lets something happen after all bytes that are on their way in. */
  later(what: () => void): void {
    this.arriving.push(what)
    const arrives = Effect.delay(
      Effect.sync(() => this.arriving.shift()?.()),
      Math.max(0, this.arrivesAtMillis - this.nowMillis)
    )
    Effect.runForkWith(this.context)(arrives)
  }

  private get nowMillis(): number {
    return nowOn(Context.get(this.context, Clock.Clock))
  }

  private holdMillis(bytes: Buffer): number {
    const { delay = 0, jitter = 0, bandwidth = Infinity } = this.faults
    this.passed = true
    return (
      delay +
      jitter * Context.get(this.context, Random.Random).nextDoubleUnsafe() +
      (bytes.length / bandwidth) * 1_000
    )
  }
}
