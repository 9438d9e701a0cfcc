import * as Effect from "effect/Effect"
import { ownPatience } from "../../process/Patience.ts"
import type { Actor } from "../stage/Actor.ts"
import { captionOfEnd, captionSent } from "../stage/Caption.ts"
import { fail, type Finding, type StepFailed } from "../stage/Finding.ts"
import { lost } from "./Contradiction.ts"
import type { Stage } from "../stage/Stage.ts"
import type { Json } from "../language/Json.ts"
import { nextTurn } from "../stage/Condition.ts"
import type { Scene, Step } from "./Step.ts"
import { encode } from "../language/Template.ts"
import { clip, concealTokens, visible } from "../Format.ts"

type AnyStep = Step<any, any>

/** Writes pieces, each as one segment as far as TCP allows, and notes them as one act of the actor. */
export const write = (
  actor: Actor,
  pieces: ReadonlyArray<Buffer>,
  step: AnyStep,
  scene: Scene
): Effect.Effect<void, StepFailed> =>
  Effect.suspend(() => {
    const { connection } = actor
    const { play } = scene.stage.texts
    const bytes = Buffer.concat(pieces)
    const text = clip(visible(concealTokens(bytes.subarray(0, shownBytesMax).toString().trim())), 500)
    if (connection === undefined || !connection.open || !connection.writing)
      return Effect.fail(notConnected(actor, play.toSend(clip(text, 100)), scene.stage))
    const written = pieces.length > 1 ? play.pieces(text, pieces.length) : text
    scene.stage.did(actor, step.line, { kind: "sent", text: written, ...captionSent(bytes, play) })
    const all = Effect.forEach(
      pieces,
      (piece, index) => Effect.andThen(pause(index), connection.write(piece)),
      { discard: true }
    )
    return bounded(scene, all, () => ({
      actor: actor.name,
      expected: play.readsBytes(bytes.length, actor.name),
      received: play.buffersFull
    }))
  })

/** Writes one object in one piece. */
export const send = (
  actor: Actor,
  value: Json,
  step: AnyStep,
  scene: Scene
): Effect.Effect<void, StepFailed> => write(actor, [encode(value)], step, scene)

/** Connects an actor that has no connection, or whose connection was ended where that was allowed. */
export const connectWhereNeeded = (
  actor: Actor,
  step: AnyStep,
  { stage }: Scene
): Effect.Effect<void, StepFailed> =>
  Effect.suspend(() => (actor.connected ? Effect.void : stage.connect(actor, step.line)))

/** Does something that needs the server's cooperation, such as writing a lot, within the bound of the step. */
export const bounded = <A, E>(
  scene: Scene,
  effect: Effect.Effect<A, E>,
  finding: () => Omit<Finding, "withinMillis">
): Effect.Effect<A, E | StepFailed> =>
  Effect.raceFirst(
    effect,
    Effect.andThen(
      ownPatience.until(scene.deadlineMillis),
      Effect.suspend(() => Effect.fail(fail({ ...finding(), withinMillis: scene.withinMillis })))
    )
  )

/** The failure of an actor that has no connection to act on. */
export const notConnected = (actor: Actor, purpose: string, stage: Stage): StepFailed => {
  const ended = actor.connection?.ended
  const { play } = stage.texts
  return fail({
    actor: actor.name,
    expected: play.isConnected(actor.name, purpose),
    received: ended === undefined ? play.noOpenConnection : captionOfEnd(ended, play),
    breaks: lost(actor, stage),
    lost: ended !== undefined
  })
}

/** Gives the other side time to read a piece by itself: a stimulus, on which no verdict depends. */
const pause = (index: number): Effect.Effect<void> =>
  index === 0 ? Effect.void : index <= slowPiecesMax ? Effect.sleep(1) : nextTurn

const slowPiecesMax = 64
const shownBytesMax = 4_096
