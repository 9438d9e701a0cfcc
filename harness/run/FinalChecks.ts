import * as Effect from "effect/Effect"
import type { ClauseId } from "../language/Clauses.ts"
import { ActorConnection } from "../stage/ActorConnection.ts"
import { captionOfEnd } from "../stage/Caption.ts"
import { fail, type Finding, type StepFailed } from "../stage/Finding.ts"
import { fence } from "../verbs/Fence.ts"
import { encode } from "../language/Template.ts"
import { isSuccess } from "../stage/PendingRequests.ts"
import { seatsSure } from "../stage/ServerSeats.ts"
import { waking, type WireEvent } from "../stage/WireEvent.ts"
import type { Scene } from "../verbs/Step.ts"
import { show } from "../Format.ts"
import { sentNothingElse, showedAllOnce } from "./ProgramChecks.ts"
import { receivedNothing } from "../verbs/Receiving.ts"
import { NotYet, retryUntil } from "../verbs/Retry.ts"

/**
 * The end of every scenario: whoever is connected and reads has received nothing that was not asked for, nobody holds half
 * an object, and a new client can still log in.
 */
export const theEnd = Effect.fnUntraced(function* (
  scene: Scene,
  proves: ReadonlyArray<ClauseId> = []
): Effect.fn.Return<void, StepFailed> {
  const { stage } = scene
  yield* sentNothingElse(stage)
  const present = [...stage.actors.values()].filter(
    ({ connected, connection }) => connected && connection!.reading
  )
  yield* fence(present, scene)
  for (const actor of present) {
    yield* receivedNothing(actor, scene)
    const half = actor.connection!.objects.halfBytes
    if (half > 0 && actor.connection!.open)
      return yield* fail({
        actor: actor.name,
        expected: stage.texts.play.noHalf,
        received: stage.texts.play.half(half),
        unreadable: actor.connection!.objects.half
      })
  }
  yield* newcomer(scene)
  yield* showedAllOnce(scene)
  if (proves.includes("WIRE-1")) yield* linesEnd(scene)
})

/** Every object is a line only once its newline has come, which may be a moment later (WIRE-1). */
const linesEnd = Effect.fnUntraced(function* ({ deadlineMillis, stage }: Scene) {
  for (const { connection, name } of stage.actors.values()) {
    if (connection?.open !== true) continue
    const ended = yield* stage.until(() => (connection.objects.lineOpen ? undefined : true), deadlineMillis)
    if (ended === undefined) stage.breaks("WIRE-1", stage.texts.play.seen.noNewline(name))
  }
})

/**
 * A new client logs in, unseen. Where eight are there, one leaves first; where it may need the seat of one who has left,
 * it tries until that is free.
 */
const newcomer = Effect.fnUntraced(function* (scene: Scene) {
  const { seats } = scene.stage
  const { full, staying } = seats
  if (staying.length >= seatsSure) yield* seats.giveBack(staying.find(({ left }) => left) ?? staying.at(-1)!)
  const attempt = Effect.flatMap(tryToLogIn(scene), (finding) => {
    if (finding === undefined) return Effect.void
    return Effect.fail(full ? new NotYet({ finding }) : fail(finding))
  })
  yield* retryUntil(scene.deadlineMillis, pauseMillis, attempt)
})

/** The first pause before another attempt. */
const pauseMillis = 20

/** Logs a new client in, or finds what is wrong. */
const tryToLogIn = Effect.fnUntraced(function* (scene: Scene): Effect.fn.Return<Finding | undefined> {
  const { stage } = scene
  const { play } = stage.texts
  const username = stage.newcomerName()
  const isAlone = [...stage.actors.values()].every(({ connected }) => !connected)
  const listeners = [
    waking(stage.changed),
    (event: WireEvent) => stage.ledger.follow(event),
    (event: WireEvent) => stage.recorder?.follow(event)
  ]
  const wiring = { actor: username, listener: (event: WireEvent) => listeners.forEach((tell) => tell(event)) }
  const connection = yield* Effect.catchTag(
    stage.dial(wiring, stage.nodeFor()),
    "StepFailed",
    ({ finding }) => Effect.succeed(finding)
  )
  const breaks = stage.ledger.harm ?? (isAlone ? "LOGIN-1" : "CONC-1")
  if (!(connection instanceof ActorConnection)) return { ...connection, breaks }
  stage.newcomer?.reset()
  stage.newcomer = connection
  stage.usernames.add(username)
  yield* connection.write(encode({ type: "login", username }))
  const reply = yield* stage.until(
    () => connection.inbox.find(({ lane }) => lane === "reply") ?? connection.ended,
    scene.deadlineMillis
  )
  const expected = play.newcomer(username)
  if (reply === undefined)
    return { expected, received: play.nothing, breaks, withinMillis: scene.withinMillis }
  if (typeof reply === "string") return { expected, received: captionOfEnd(reply, play), breaks, lost: true }
  if (!isSuccess(reply.value)) return { expected, received: show(reply.value), breaks }
  stage.recorder?.forget(username)
  return undefined
})
