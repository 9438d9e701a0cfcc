import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { fail, type Finding, type StepFailed } from "../stage/Finding.ts"
import { nowOn } from "../stage/Time.ts"

/** An attempt that may succeed another time, with the finding to fail with where there is no other. */
export class NotYet extends Data.TaggedError("NotYet")<{ readonly finding: Finding }> {}

/** The longest pause between two attempts. */
const pauseMillisMax = 100

/**
 * Attempts something again as long as it fails with `NotYet`, until the deadline. The pauses between attempts grow and
 * spare the server; no verdict depends on them.
 */
export const retryUntil = (
  deadlineMillis: number,
  firstPauseMillis: number,
  attempt: Effect.Effect<void, StepFailed | NotYet>
): Effect.Effect<void, StepFailed> => {
  const pauses = Schedule.min([Schedule.exponential(firstPauseMillis), Schedule.spaced(pauseMillisMax)])
  const schedule = Schedule.while(pauses, ({ duration }) =>
    Effect.map(Clock.Clock, (clock) => nowOn(clock) + Duration.toMillis(duration) <= deadlineMillis)
  )
  return Effect.retry(attempt, { schedule, while: ({ _tag }) => _tag === "NotYet" }).pipe(
    Effect.catchTag("NotYet", ({ finding }) => Effect.fail(fail(finding)))
  )
}
