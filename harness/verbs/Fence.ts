import * as Effect from "effect/Effect"
import { ownPatience } from "../../process/Patience.ts"
import type { Actor } from "../stage/Actor.ts"
import type { ActorConnection } from "../stage/ActorConnection.ts"
import { lost, missing } from "./Contradiction.ts"
import { shown } from "./Expectation.ts"
import { captionOfEnd } from "../stage/Caption.ts"
import { fail, type StepFailed } from "../stage/Finding.ts"
import { nextTurn } from "../stage/Condition.ts"
import type { ClauseId } from "../language/Clauses.ts"
import type { Stage } from "../stage/Stage.ts"
import type { PlayTexts } from "../texts/Play.ts"
import type { Scene } from "./Step.ts"

/**
 * Makes sure that all which was caused so far has come in at these actors, without sleeping: every logged-in connection
 * that has sent asks `list` and waits for the answer, then each of these actors does, and the event loop turns once more.
 * All of it is hidden. Who is not logged in cannot be asked: then the senders' answers have to do.
 */
export const fence = (actors: ReadonlyArray<Actor>, scene: Scene): Effect.Effect<void, StepFailed> =>
  Effect.suspend(() => {
    const { stage } = scene
    if (stage.knowledge.fences === "settle") return settle(scene)
    for (const { connection, name } of actors)
      if (connection?.open === true && !connection.fenceable)
        stage.notes.add(stage.texts.play.cannotBeAsked(name))
    const senders = [...stage.actors.values()].filter(
      (actor) => canFence(actor) && actor.connection!.requests.unfenced
    )
    return askAll(senders, scene).pipe(
      Effect.andThen(Effect.suspend(() => askAll(actors.filter(canFence), scene))),
      Effect.andThen(nextTurn)
    )
  })

/** The substitute for a fence if nobody answers `list`, or could not beside what is sent. */
export const settle = ({ stage }: Scene): Effect.Effect<void> => {
  if (stage.knowledge.fences === "settle")
    stage.notes.add(stage.texts.play.settles(stage.target.settleMillis))
  return Effect.andThen(ownPatience.during(stage.target.settleMillis * stage.timeScale), nextTurn)
}

/**
 * Asks who is there, unseen: the users, or `undefined` where the connection ended instead. It asks once the actor's own
 * requests are answered: a server that cannot take two at a time is judged elsewhere (FRAME-2).
 */
export const askUsers = Effect.fnUntraced(function* (actor: Actor, scene: Scene) {
  const { stage, withinMillis } = scene
  const connection = actor.connection!
  yield* stage.until(
    () => (connection.requests.isAnswered || !connection.open ? true : undefined),
    stage.deadlineIn(withinMillis)
  )
  const ticket = yield* connection.ask()
  return yield* answered(actor, ticket, scene)
})

/** Waits for the answer to a hidden `list`. */
export const answered = Effect.fnUntraced(function* (
  actor: Actor,
  ticket: number,
  { stage, withinMillis }: Scene
) {
  const connection = actor.connection!
  const outcome = yield* stage.until(
    () => connection.requests.hiddenAnswer(ticket) ?? (connection.open ? undefined : "ended"),
    stage.deadlineIn(withinMillis)
  )
  if (Array.isArray(outcome)) {
    if (stage.knowledge.fences === "unknown") stage.knowledge.fences = "list"
    return outcome
  }
  if (outcome === "ended" && stage.knowledge.fences === "list") return undefined
  const { play } = stage.texts
  return yield* fail({
    expected: play.hiddenAnswer(actor.name),
    received:
      connection.ended === undefined ? insteadOf(connection, play) : captionOfEnd(connection.ended, play),
    withinMillis,
    actor: actor.name,
    breaks: outcome === "ended" ? lost(actor, stage) : whatIsMissing(actor, stage),
    lost: outcome === "ended",
    listUnknown: stage.knowledge.fences === "unknown",
    hint: play.doesItHang
  })
})

const whatIsMissing = (actor: Actor, stage: Stage): ClauseId =>
  actor.connection!.requests.oldest === undefined ? "LIST-1" : (missing("reply", actor, stage) ?? "LIST-1")

/** Describes what came in place of the answer: an error, or bytes that are not JSON. */
const insteadOf = ({ inbox }: ActorConnection, texts: PlayTexts): string => {
  const other = inbox.findLast(({ lane }) => lane !== "event")
  return other === undefined ? texts.nothing : texts.only(shown(other, texts))
}

const canFence = ({ connection }: Actor): boolean => connection?.fenceable === true

const askAll = (actors: ReadonlyArray<Actor>, scene: Scene) =>
  Effect.forEach(actors, (actor) => askUsers(actor, scene), { concurrency: "unbounded", discard: true })
