import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Milliseconds from some moment in the past: setting the machine's time does not change them. */
export const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))
