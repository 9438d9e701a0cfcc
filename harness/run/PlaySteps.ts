import * as Effect from "effect/Effect"
import { otherwise } from "../verbs/Contradiction.ts"
import { FailedAt, type Scene, type Step } from "../verbs/Step.ts"
import type { StepFailed } from "../stage/Finding.ts"
import { resolveSubject } from "../verbs/ResolveSubject.ts"
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
        return playStep(step, () => sceneOf(captures, stage, withinMillis, step))
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

/**
 * Plays a step; where some of its subjects sit at programs, for one after the other, each with the whole bound: a program
 * takes its time.
 */
const playStep = (step: Step, sceneNow: () => Scene): Effect.Effect<void, StepFailed | FailedAt> => {
  const { atProgram, play } = step.verb
  const scene = sceneNow()
  if (atProgram === undefined || step.subject === undefined) return play(step, scene)
  const actors = resolveSubject(step.subject, scene.stage, step.verb)
  if (!actors.some(({ program }) => program !== undefined)) return play(step, scene)
  return Effect.forEach(
    actors,
    (actor) =>
      Effect.suspend((): Effect.Effect<void, StepFailed | FailedAt> => {
        if (actor.program !== undefined) return atProgram(actor, step, sceneNow())
        return play({ ...step, subject: { _tag: "Actors", names: [actor.name] } }, sceneNow())
      }),
    { discard: true }
  )
}

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
