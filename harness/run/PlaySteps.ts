import * as Effect from "effect/Effect"
import { otherwise } from "../verbs/Contradiction.ts"
import { FailedAt, type Scene, type Step } from "../verbs/Step.ts"
import type { Stage } from "../stage/Stage.ts"
import type { CaptureScope } from "../language/CaptureScope.ts"

/** Plays steps one after the other; a failure remembers the innermost step it happened in. */
export const playSteps = (
  steps: ReadonlyArray<Step>,
  captures: CaptureScope,
  stage: Stage,
  withinMillis: number
): Effect.Effect<void, FailedAt> =>
  Effect.forEach(
    steps,
    (step) =>
      Effect.suspend(() => {
        stage.recorder?.step(step.line, "begun")
        return step.verb.play(step, sceneOf(captures, stage, withinMillis, step))
      }).pipe(
        Effect.tap(() => Effect.sync(() => stage.recorder?.step(step.line, "passed"))),
        Effect.tapError(() => Effect.sync(() => stage.recorder?.step(step.line, "failed"))),
        Effect.mapError((failed) =>
          failed._tag === "FailedAt"
            ? failed
            : new FailedAt({
                finding: { ...failed.finding, otherwise: otherwise(failed.finding, stage) },
                step
              })
        )
      ),
    { discard: true }
  )

/** The scene of a step: its bound starts now. */
export const sceneOf = (
  captures: CaptureScope,
  stage: Stage,
  withinMillis: number,
  step?: Pick<Step, "line" | "withinMillis">
): Scene => {
  const own = (step?.withinMillis ?? withinMillis) * stage.timeScale
  return {
    stage,
    line: step?.line,
    captures,
    withinMillis: own,
    deadlineMillis: stage.deadlineIn(own),
    playAll: (steps, scope) => playSteps(steps, scope, stage, withinMillis)
  }
}
