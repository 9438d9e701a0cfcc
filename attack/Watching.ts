import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Flag from "effect/cli/Flag"
import { progress } from "../bench/Progress.ts"
import type { Figures } from "./Chat.ts"
import { figuresText } from "./Report.ts"
import type { Seed } from "./Seed.ts"

/** `--seed`, or one that nobody chose. */
export const seedFlag: Flag.Flag<Seed> = Flag.Int("seed").pipe(
  Flag.withDescription(
    "what everything random comes from; without it another one each time, which is printed"
  ),
  Flag.withDefault(Random.nextIntBetween(1, 1_000_000_000))
)

/** `--tls`, for our own server. */
export const tlsFlag: Flag.Flag<boolean> = Flag.Boolean("tls").pipe(
  Flag.withDescription("our own server speaks TLS, and some come to its port and never shake hands"),
  Flag.withDefault(false)
)

/** Tells on a terminal how far it is, as long as the scope is open. */
export const watching = Effect.fnUntraced(function* (
  millisMax: number,
  title: () => string,
  figures: Figures
) {
  const line = progress(process.stderr)
  yield* Effect.addFinalizer(() => Effect.sync(line.clear))
  const startMillis = yield* Clock.currentTimeMillis
  const show = Effect.map(Clock.currentTimeMillis, (nowMillis) => {
    const seconds = Math.floor((nowMillis - startMillis) / 1_000)
    line.show(`${title()} · ${seconds} of ${millisMax / 1_000} s · ${figuresText(figures)}`)
  })
  yield* Effect.forkScoped(Effect.repeat(show, Schedule.spaced(SHOW_MILLIS)))
})

const SHOW_MILLIS = 200
