import { monitorEventLoopDelay } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** How late the event loop ran, in seconds. */
export interface Delay {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** How often it is sampled. */
const sampleMillis = 10

/** How long a reading holds for all who ask. */
const readingMillis = 5_000

/** Watches the event loop; what it gives tells how late that ran since it was last read. */
export const eventLoopDelay: Effect.Effect<() => Delay, never, Scope.Scope> = Effect.gen(function* () {
  const histogram = monitorEventLoopDelay({ resolution: sampleMillis })
  yield* Effect.acquireRelease(
    Effect.sync(() => histogram.enable()),
    () => Effect.sync(() => histogram.disable())
  )
  let reading: Delay = { p50: 0, p99: 0, max: 0 }
  let readAtMillis = Number.NEGATIVE_INFINITY
  return () => {
    const nowMillis = performance.now()
    if (nowMillis - readAtMillis < readingMillis || histogram.count === 0) return reading
    readAtMillis = nowMillis
    reading = {
      p50: lateness(histogram.percentile(50)),
      p99: lateness(histogram.percentile(99)),
      max: lateness(histogram.max)
    }
    histogram.reset()
    return reading
  }
})

/** What is measured is the time between two samples. */
const lateness = (nanos: number): number => Math.max(0, nanos / 1e9 - sampleMillis / 1_000)
