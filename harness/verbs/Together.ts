import type { FailedAt, Scene, Step } from "./Step.ts"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { resolveSubject } from "./ResolveSubject.ts"

/** One step of one branch, for one actor where it is a group's. */
interface Task {
  readonly step: Step
  readonly after: ReadonlyArray<Task>
  readonly done: Deferred.Deferred<void>
}

/**
 * Plays branches at the same time and waits for all of them. A branch is a sequence; an actor keeps the order of its own
 * steps, in whichever branches they stand; the members of a group act together.
 */
export const together = (
  branches: ReadonlyArray<ReadonlyArray<Step>>,
  scene: Scene
): Effect.Effect<void, FailedAt> =>
  Effect.suspend(() =>
    Effect.forEach(plan(branches, scene), (task) => play(task, scene), {
      concurrency: "unbounded",
      discard: true
    })
  )

const play = ({ after, done, step }: Task, scene: Scene) =>
  Effect.forEach(after, (before) => Deferred.await(before.done), { discard: true }).pipe(
    Effect.andThen(scene.playAll([step], scene.captures)),
    Effect.andThen(Deferred.succeed(done, undefined))
  )

const plan = (branches: ReadonlyArray<ReadonlyArray<Step>>, scene: Scene): ReadonlyArray<Task> => {
  const latestOf = new Map<string, Task>()
  const tasks: Array<Task> = []
  for (const branch of branches) {
    let previous: ReadonlyArray<Task> = []
    for (const step of branch) {
      const planned = split(step, scene).map(({ actors, step }) => {
        const own = actors.map((name) => latestOf.get(name)).filter((task) => task !== undefined)
        return {
          actors,
          task: { step, after: [...new Set([...previous, ...own])], done: Deferred.makeUnsafe<void>() }
        }
      })
      for (const { actors, task } of planned) for (const name of actors) latestOf.set(name, task)
      previous = planned.map(({ task }) => task)
      tasks.push(...previous)
    }
  }
  return tasks
}

/** A group acts together here: one step for each of its members. */
const split = (
  step: Step,
  scene: Scene
): ReadonlyArray<{ readonly step: Step; readonly actors: ReadonlyArray<string> }> => {
  if (step.subject === undefined || step.subject._tag === "OneOf")
    return [{ step, actors: actorsIn(step, scene) }]
  const actors = resolveSubject(step.subject, scene.stage, step.verb).map(({ name }) => name)
  if (actors.length === 0) return [{ step, actors }]
  return actors.map((name) => ({
    step: { ...step, subject: { _tag: "Actors", names: [name] } },
    actors: [name]
  }))
}

const actorsIn = (step: Step, scene: Scene): ReadonlyArray<string> => [
  ...(step.subject === undefined
    ? []
    : resolveSubject(step.subject, scene.stage, step.verb).map(({ name }) => name)),
  ...(step.verb.steps?.(step) ?? []).flat().flatMap((inner) => actorsIn(inner, scene))
]
