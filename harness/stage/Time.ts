import type * as Clock from "effect/Clock"

/** Milliseconds, with fractions, on the monotonic side of a clock: differences mean something, the number itself does not. */
export const nowOn = (clock: Clock.Clock): number => Number(clock.currentTimeNanosUnsafe()) / 1_000_000
