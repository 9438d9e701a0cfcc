import * as Effect from "effect/Effect"
import { prepare } from "../Program.ts"
import { start } from "../Running.ts"
import { oursAndLimit, type Section } from "../Section.ts"
import { median } from "../Statistics.ts"

/** What `pnpm build` writes. */
const bundle = { script: "dist/palabre.js" }

/** How soon after its start a server takes connections. */
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
      if (peer.role !== "ours") return { source }
      const bundled = yield* prepare(bundle).pipe(Effect.option)
      return bundled._tag === "Some" ? { source, bundle: yield* timed(bundled.value) } : { source }
    })
  }
}

const STARTS = 3
