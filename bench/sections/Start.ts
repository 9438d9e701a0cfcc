import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import manifest from "../../package.json" with { type: "json" }
import { prepare } from "../Executable.ts"
import { start } from "../Running.ts"
import { oursAndLimit, type Section } from "../Section.ts"
import { median } from "../Statistics.ts"

/** The file that an installed package runs: once that is the bundle, its start is measured as well. */
const { palabre: binary } = manifest.bin

/** The time from the start of a server until it accepts connections. */
export const starts: Section = {
  name: "start",
  about: "from the start of the process to the first accepted connection, compile cache warm",
  figures: {
    source: {
      column: "ms from source",
      title: "start to listening, from source",
      unit: "ms",
      target: { of: "value", max: 250, stretch: 200 }
    },
    bundle: {
      column: "ms from dist/",
      title: "start to listening, dist/ bundle",
      unit: "ms",
      target: { of: "value", max: 120, stretch: 80 }
    }
  },
  includes: oursAndLimit,
  method: {
    measure: Effect.fnUntraced(function* (peer, executable) {
      const timed = Effect.fnUntraced(function* (what: typeof executable) {
        const times = yield* Effect.replicateEffect(Effect.scoped(start(peer, what)), STARTS + 1)
        return median(times.slice(1).map(({ startMillis }) => startMillis)) // the first one warms the cache
      })
      const source = yield* timed(executable)
      if (peer.role !== "ours" || !binary.startsWith("dist/")) return { source }
      const bundle = yield* Effect.option(prepare({ script: new URL(`../../${binary}`, import.meta.url) }))
      return Option.isSome(bundle) ? { source, bundle: yield* timed(bundle.value) } : { source }
    })
  }
}

const STARTS = 3
