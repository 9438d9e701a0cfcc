import * as Effect from "effect/Effect"
import { fail, type StepFailed } from "./Failure.ts"
import { fence } from "./Fence.ts"
import { encode } from "./Template.ts"
import { isSuccess } from "./Requests.ts"
import type { Scene, Stage } from "./Stage.ts"
import { count, show } from "./Text.ts"
import { receivedNothing } from "./verbs/Receiving.ts"

/** Connections that every server has to serve at once (CONC-1): the last check does not ask for one more. */
const clientsSure = 8

/**
 * How every scenario ends: whoever is connected and reads has received nothing that was not asked for, nobody holds half
 * an object, and a new client can still log in.
 */
export const theEnd = Effect.fnUntraced(function* (scene: Scene): Effect.fn.Return<void, StepFailed> {
  const { stage } = scene
  const present = [...stage.actors.values()].filter(
    ({ connected, connection }) => connected && connection!.reading
  )
  yield* fence(present, scene)
  for (const actor of present) {
    yield* receivedNothing(actor, scene)
    const half = actor.connection!.halfBytes
    if (half > 0 && actor.connection!.open)
      return yield* fail({
        actor: actor.name,
        expected: "no half object at the end",
        received: `${count(half, "byte")} of an object that lacks its end`
      })
  }
  yield* newcomer(scene)
})

/** A new client logs in, unseen. */
const newcomer = Effect.fnUntraced(function* (scene: Scene) {
  const { stage } = scene
  const open = [...stage.actors.values()].filter(({ connection }) => connection?.open === true)
  if (open.length >= clientsSure) open.at(-1)!.connection!.close()
  const username = stage.target.newcomerName()
  const connection = yield* stage.dial(onlyWaking(stage))
  stage.newcomer = connection
  const request = encode({ type: "login", username })
  const expected = `at the end a new client can log in (as ${username})`
  yield* connection.write(request)
  const reply = yield* stage.until(
    () => connection.inbox.find(({ lane }) => lane === "reply") ?? connection.ended,
    scene.deadlineMillis
  )
  stage.usernames.add(username)
  if (reply === undefined)
    return yield* fail({ expected, received: "nothing", withinMillis: scene.withinMillis })
  if (typeof reply === "string")
    return yield* fail({ expected, received: `the end of the connection (${reply})`, lost: true })
  if (!isSuccess(reply.value)) return yield* fail({ expected, received: show(reply.value) })
})

/** The newcomer is nobody of the cast: what it sees only wakes those who wait. */
const onlyWaking = (stage: Stage) => ({
  keeps: () => true,
  received: () => stage.signal.notify(),
  ended: () => stage.signal.notify(),
  asked: () => undefined,
  loggedIn: () => undefined
})
