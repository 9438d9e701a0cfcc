import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { ownPatience } from "../../process/Patience.ts"
import { fail, type Finding, type StepFailed } from "../stage/Finding.ts"

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
  attempt: Effect.Effect<void, StepFailed | NotYet>,
  patience = ownPatience
): Effect.Effect<void, StepFailed> => {
  const pauses = Schedule.min([Schedule.exponential(firstPauseMillis), Schedule.spaced(pauseMillisMax)])
  const schedule = Schedule.while(pauses, ({ duration }) =>
    Effect.sync(() => patience.overdue(deadlineMillis, -Duration.toMillis(duration)) === undefined)
  )
  return Effect.retry(attempt, { schedule, while: ({ _tag }) => _tag === "NotYet" }).pipe(
    Effect.catchTag("NotYet", ({ finding }) => Effect.fail(fail(finding)))
  )
}
