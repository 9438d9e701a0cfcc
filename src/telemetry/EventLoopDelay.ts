import { monitorEventLoopDelay } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Delays of the event loop, in seconds. */
export interface Delay {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Time between two samples. */
const sampleMillis = 10

/** Time for which a reading is reused. */
const readingMillis = 5_000

/** Watches the event loop; the function it gives reads the delays since the last reading. */
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

/** The delay within a measured time between two samples, in seconds. */
const lateness = (nanos: number): number => Math.max(0, nanos / 1e9 - sampleMillis / 1_000)
