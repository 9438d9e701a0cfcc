import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Actor } from "../stage/Actor.ts"
import { fail } from "../stage/Finding.ts"
import { shown } from "./Expectation.ts"
import { connectMillisMax } from "../stage/Stage.ts"
import { type Scene, type Step, verb, type Verb } from "./Step.ts"
import { each } from "./ResolveSubject.ts"
import { isSuccess } from "../stage/PendingRequests.ts"

/** Sentences that open a connection, or show that none can be had. */
export const connecting: ReadonlyArray<Verb> = [
  verb({
    sentence: "{subject} connects|connect",
    theme: "connecting",
    meaning: "opens a socket (it may take 10 s); its inbox starts now",
    example: "alice connects",
    bringsIn: true,
    connects: true,
    needs: "gone",
    becomes: "connected",
    play: each((actor, step, { stage }) => stage.connect(actor, step.line))
  }),
  verb({
    sentence: "{subject} cannot connect",
    theme: "connecting",
    meaning: "is refused by TCP, or accepted and ended with at most one error",
    example: "bob cannot connect",
    needs: "gone",
    becomes: "gone",
    play: each((actor, step, scene) => refuseConnection(actor, step, scene))
  }),
  verb({
    sentence: "{subject} reconnects|reconnect",
    theme: "connecting",
    meaning: "ends what is left of its connection (RST) and opens a new one with a fresh inbox",
    example: "alice reconnects",
    leaves: true,
    bringsIn: true,
    connects: true,
    becomes: "connected",
    play: each((actor, step, { stage }) => stage.connect(actor, step.line))
  })
]

/** Succeeds where no lasting connection can be had. */
const refuseConnection = Effect.fnUntraced(function* (actor: Actor, step: Step<any, any>, scene: Scene) {
  const { stage } = scene
  const connected = yield* Effect.result(stage.connect(actor, step.line))
  if (Result.isFailure(connected))
    return connected.failure.finding.trouble === undefined ? undefined : yield* connected.failure
  const connection = actor.connection!
  connection.allowEnd()
  const deadline = stage.deadlineIn(connectMillisMax * stage.timeScale)
  const ended = yield* stage.until(() => connection.ended, deadline)
  const [first, second] = connection.inbox
  const wrong = second ?? (first !== undefined && isSuccess(first.value) ? first : undefined)
  if (ended !== undefined && wrong === undefined) return
  return yield* fail({
    actor: actor.name,
    expected: stage.texts.play.noLastingConnection,
    received: wrong === undefined ? stage.texts.play.lastingConnection : shown(wrong, stage.texts.play)
  })
})
