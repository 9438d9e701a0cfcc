import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

const millisOf = (nanos: bigint): number => Number(nanos / 1_000_000n)

/** Milliseconds from some moment in the past: setting the machine's time does not change them. */
export const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, millisOf)

/** Reads the same outside of effects. */
export const monotonicReader: Effect.Effect<() => number> = Effect.map(
  Clock.Clock,
  (clock) => () => millisOf(clock.monotonicTimeNanosUnsafe())
)
