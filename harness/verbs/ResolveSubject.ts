import type { FailedAt, Scene, Step, Verb } from "./Step.ts"
import * as Effect from "effect/Effect"
import type { Actor } from "../stage/Actor.ts"
import { fail, type StepFailed } from "../stage/Finding.ts"
import { lobby, roomKey } from "../stage/Rooms.ts"
import type { Stage } from "../stage/Stage.ts"
import type { Subject } from "../language/Subject.ts"

/** The actors that the subject of a step stands for, at this moment of the play. */
export const subjectsOf = (
  step: Step<any, any>,
  { stage }: Scene
): Effect.Effect<ReadonlyArray<Actor>, StepFailed> => {
  if (step.subject === undefined) return Effect.succeed([])
  const actors = resolveSubject(step.subject, stage, step.verb)
  return actors.length > 0
    ? Effect.succeed(actors)
    : Effect.fail(
        fail({
          expected: stage.texts.play.somebodyMeant(phrases[step.subject._tag]),
          received: stage.texts.play.nobodyLeft
        })
      )
}

/** The actors that a subject means; `everyone` is the whole cast for a sentence that connects by itself. */
export const resolveSubject = (subject: Subject, stage: Stage, verb?: Verb): ReadonlyArray<Actor> => {
  const all = [...stage.actors.values()].filter((actor) => verb === undefined || canBe(actor, verb))
  switch (subject._tag) {
    case "Actors":
    case "OneOf":
      return subject.names.map((name) => stage.actors.get(name)!)
    case "Everyone":
      return verb === undefined || verb.needs === "connected" ? all.filter(({ connected }) => connected) : all
    case "EveryoneElse":
      return all.filter(
        (actor) =>
          actor !== stage.speaker && actor.loggedIn && actor.connection!.reading && hears(actor, stage)
      )
    case "Others":
      return stage.chosen?.others ?? []
  }
}

/** True if an actor is where the last message was said. */
const hears = ({ connection, username }: Actor, { lastSaid }: Stage): boolean => {
  const { room = lobby, to } = lastSaid ?? {}
  if (to !== undefined) return roomKey(to) === roomKey(username)
  return roomKey(room) === lobby || connection!.requests.rooms.has(roomKey(room))
}

/** True if a sentence can be about an actor: some are for programs alone, most for scripted clients alone. */
const canBe = ({ program }: Actor, { atProgram, onlyPrograms }: Verb): boolean =>
  program === undefined ? onlyPrograms !== true : atProgram !== undefined

/** Makes the `play` of a sentence that each of its subjects does, one after the other in cast order. */
export const each =
  <Value, Options>(
    act: (
      actor: Actor,
      step: Step<Value, Options>,
      scene: Scene
    ) => Effect.Effect<void, StepFailed | FailedAt>
  ): Verb<Value, Options>["play"] =>
  (step, scene) =>
    Effect.flatMap(subjectsOf(step, scene), (actors) =>
      Effect.forEach(actors, (actor) => act(actor, step, scene), { discard: true })
    )

const phrases = {
  Actors: "the cast",
  OneOf: "one of",
  Everyone: "everyone",
  EveryoneElse: "everyone else",
  Others: "the others"
}
