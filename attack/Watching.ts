import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Flag from "effect/cli/Flag"
import { progress } from "../bench/Progress.ts"
import type { Totals } from "./Chat.ts"
import { totalsText } from "./Report.ts"
import type { Seed } from "./Seed.ts"

/** `--seed`, or a random one. */
export const seedFlag: Flag.Flag<Seed> = Flag.Int("seed").pipe(
  Flag.withDescription(
    "the number everything random is drawn from; without it a new one each time, which is printed"
  ),
  Flag.withDefault(Random.nextIntBetween(1, 1_000_000_000))
)

/** `--tls`, for our own server. */
export const tlsFlag: Flag.Flag<boolean> = Flag.Boolean("tls").pipe(
  Flag.withDescription("our own server speaks TLS, and some clients never finish the handshake"),
  Flag.withDefault(false)
)

/** Shows progress on a terminal as long as the scope is open. */
export const watching = Effect.fnUntraced(function* (millisMax: number, title: () => string, totals: Totals) {
  const line = progress(process.stderr)
  yield* Effect.addFinalizer(() => Effect.sync(line.clear))
  const startMillis = yield* Clock.currentTimeMillis
  const show = Effect.map(Clock.currentTimeMillis, (nowMillis) => {
    const seconds = Math.floor((nowMillis - startMillis) / 1_000)
    line.show(`${title()} · ${seconds} of ${millisMax / 1_000} s · ${totalsText(totals)}`)
  })
  yield* Effect.forkScoped(Effect.repeat(show, Schedule.spaced(SHOW_MILLIS)))
})

const SHOW_MILLIS = 200
