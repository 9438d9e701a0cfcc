import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { LogError } from "./LogError.ts"

/** Tries again until it succeeds or cannot, and says why whenever the reason is another. */
export const patiently = <A, R>(
  message: string,
  effect: Effect.Effect<A, LogError, R>
): Effect.Effect<A, LogError, R> =>
  Effect.suspend(() => {
    let told = ""
    const tell = ({ detail, isRetryable }: LogError) => {
      if (!isRetryable || detail === told) return Effect.void
      told = detail
      return Effect.logWarning(`${message}; trying again`).pipe(Effect.annotateLogs({ reason: detail }))
    }
    return Effect.retry(Effect.tapError(effect, tell), {
      schedule: Schedule.spaced(retryMillis),
      while: ({ isRetryable }) => isRetryable
    })
  })

const retryMillis = 250
