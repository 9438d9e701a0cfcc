import * as Effect from "effect/Effect"
import type { Actor } from "../stage/Actor.ts"
import type { ActorConnection } from "../stage/ActorConnection.ts"
import { captionOfEnd } from "../stage/Caption.ts"
import { fail, type StepFailed } from "../stage/Finding.ts"
import { quitAtProgram } from "./AtProgram.ts"
import { expectation, nextOf, receive, shown, type Sight, wrong } from "./Expectation.ts"
import { askUsers, fence, settle } from "./Fence.ts"
import { messagePattern } from "../language/Notation.ts"
import type { ObjectPattern } from "../language/Pattern.ts"
import { NotYet, retryUntil } from "./Retry.ts"
import { notConnected } from "./Sending.ts"
import { choice, flag, oneOrMore } from "../yaml/Shape.ts"
import { type Scene, type Step, verb, type Verb } from "./Step.ts"
import { wrongUsers } from "./Contradiction.ts"
import { each, resolveSubject } from "./ResolveSubject.ts"
import { literal } from "../language/Template.ts"
import { listed, show } from "../Format.ts"

interface Gone {
  readonly after?: ReadonlyArray<ObjectPattern>
  readonly by?: "close" | "reset" | "either"
}
type AnyStep = Step<any, any>
type Leaves = "disconnect" | "cutOff" | "goSilent"
type Leave = Step<undefined, { readonly "at once"?: boolean }>

const atOnce = { "at once": flag }

/** Sentences about the end of a connection, from either side. */
export const leaving: ReadonlyArray<Verb> = [
  verb({
    sentence: "{subject} disconnects|disconnect",
    theme: "leaving",
    meaning:
      "closes its connection (FIN) once all has arrived, and no message is left over; `at once: true` skips that",
    example: "bob disconnects",
    options: atOnce,
    leaves: true,
    needs: "connected",
    becomes: "gone",
    word: "quit",
    atProgram: quitAtProgram,
    play: each(leaveInOrder("disconnect", (connection) => connection.close()))
  }),
  verb({
    sentence: "{subject} half-closes|half-close",
    theme: "leaving",
    meaning: "sends FIN once all has arrived, and goes on reading; `at once: true` skips that",
    example: "bob half-closes: { at once: true }",
    options: atOnce,
    leaves: true,
    needs: "connected",
    writing: "stops",
    play: each((actor, step: Leave, scene) =>
      Effect.andThen(
        Effect.suspend(() => (isFenced(actor, step) ? fence([actor], scene) : Effect.void)),
        Effect.suspend(() => halfClose(actor, step, scene))
      )
    )
  }),
  verb({
    sentence: "{subject} is|are cut off",
    theme: "leaving",
    meaning:
      "resets its connection (RST) once all has arrived, and no message is left over; `at once: true` skips that",
    example: "alice is cut off",
    options: atOnce,
    leaves: true,
    needs: "connected",
    becomes: "gone",
    play: each(leaveInOrder("cutOff", (connection) => connection.reset()))
  }),
  verb({
    sentence: "{subject} goes|go silent",
    theme: "leaving",
    meaning: "neither sends nor reads nor closes from now on, like a machine that vanished",
    example: "alice goes silent",
    needs: "connected",
    becomes: "gone",
    play: each(leave("goSilent", (connection) => connection.fallSilent()))
  }),
  verb({
    sentence: "{subject} is|are disconnected",
    theme: "leaving",
    meaning:
      "the server ends the connection within the bound, `by` close, reset or either, `after` these came last",
    example: "bob is disconnected: { after: [{ status: error }], by: close }",
    leaves: true,
    options: { after: oneOrMore(messagePattern), by: choice(["close", "reset", "either"]) },
    needs: "connected",
    patterns: (step: Step<undefined, Gone>) => step.options.after ?? [],
    becomes: "gone",
    expects: true,
    play: (step: Step<undefined, Gone>, scene) =>
      Effect.andThen(
        Effect.forEach(
          step.options.after ?? [],
          (pattern) => receive(pattern, (expected, texts) => texts.beforeTheEnd(expected))(step, scene),
          {
            discard: true
          }
        ),
        ended(step, scene)
      )
  }),
  verb({
    sentence: "{subject} sees|see that {other} is|are gone",
    theme: "leaving",
    meaning: "sends hidden `list` requests until the name is gone from the answer",
    example: "alice sees that bob is gone",
    clause: "LEAVE-1",
    needs: "connected",
    reads: true,
    seesGone: true,
    sends: () => [literal({ type: "list" })],
    play: each((actor, step, scene) => seesGone(actor, step, scene))
  })
]

/** Ends a connection from this side, if there is one, or one that the server was allowed to end before. */
function leave(act: Leaves, how: (connection: ActorConnection) => void) {
  return Effect.fnUntraced(function* (actor: Actor, step: AnyStep, scene: Scene) {
    const { connection } = actor
    const { play } = scene.stage.texts
    if (connection === undefined || connection.left || (connection.ended !== undefined && !connection.mayEnd))
      return yield* notConnected(actor, play.purposes[act], scene.stage)
    if (connection.mayEnd) yield* letItEnd(connection, scene)
    how(connection)
    const text = play.acts[act]
    scene.stage.did(actor, step.line, { kind: "left", text, caption: text, label: "end" })
  })
}

/** The same, once the server has read what was sent before, and nothing is left that no step has asked for. */
function leaveInOrder(act: Leaves, how: (connection: ActorConnection) => void) {
  const leaves = leave(act, how)
  return (actor: Actor, step: Leave, scene: Scene) =>
    Effect.suspend(() =>
      isFenced(actor, step) ? Effect.andThen(fence([actor], scene), noMessageLeft(actor, scene)) : Effect.void
    ).pipe(Effect.andThen(Effect.suspend(() => leaves(actor, step, scene))))
}

/** True if a fence comes before an actor leaves: what it sent is read before FIN or RST can overtake it, and all arrives. */
const isFenced = ({ connection }: Actor, step: Leave): boolean =>
  step.options["at once"] !== true && connection?.fenceable === true

/** The messages that a leaver has received are judged, because no step can ask for them afterwards. */
const noMessageLeft = (actor: Actor, scene: Scene): Effect.Effect<void, StepFailed> =>
  Effect.suspend(() => {
    const next = nextOf(actor, "event", scene)
    return next === undefined || next.lane === "noise"
      ? Effect.void
      : Effect.fail(
          fail(wrong(actor, scene.stage.texts.play.noMoreMessages, next, scene.stage, undefined).finding)
        )
  })

/**
 * A server that ends a connection of its own accord does so at once. Our FIN must not cross its own, or its port would
 * stay in TIME_WAIT: so it gets a moment, on which no verdict depends.
 */
const letItEnd = (connection: ActorConnection, { stage }: Scene) =>
  stage.until(() => connection.ended, stage.deadlineIn(20))

const halfClose = (actor: Actor, step: AnyStep, { stage }: Scene) => {
  const { acts, purposes } = stage.texts.play
  if (actor.connection?.open !== true) return Effect.fail(notConnected(actor, purposes.halfClose, stage))
  actor.connection.halfClose()
  stage.did(actor, step.line, {
    kind: "left",
    text: acts.halfClose,
    caption: acts.halfClose,
    label: "FIN"
  })
  return Effect.void
}

const ended: Verb["play"] = expectation(
  (actor, step: Step<undefined, Gone>, scene): Sight => {
    const { connection } = actor
    if (connection?.ended === undefined) return undefined
    const { after, by = "either" } = step.options
    const { play } = scene.stage.texts
    const wrong = (received: string): Sight => ({
      _tag: "Wrong",
      finding: { actor: actor.name, expected: play.serverEnds[by], received }
    })
    if (by !== "either" && connection.ended !== by) return wrong(captionOfEnd(connection.ended, play))
    const more = after === undefined ? undefined : nextOf(actor, "any", scene)
    if (more !== undefined) return wrong(play.afterTheLast(shown(more, play)))
    return {
      _tag: "Seen",
      take: () => {
        connection.allowEnd()
      }
    }
  },
  (step: Step<undefined, Gone>, { stage }) => stage.texts.play.serverEnds[step.options.by ?? "either"]
)

/** Asks until none of these names is listed any more. */
const seesGone = Effect.fnUntraced(function* (actor: Actor, step: AnyStep, scene: Scene) {
  if (scene.stage.knowledge.fences === "settle") return yield* settle(scene)
  const { play } = scene.stage.texts
  const names = resolveSubject(step.other!, scene.stage).map(({ username }) => username)
  if (actor.connection?.fenceable !== true)
    return yield* notConnected(actor, play.purposes.askAsMember, scene.stage)
  const attempt = Effect.gen(function* () {
    const users = yield* askUsers(actor, scene)
    if (users === undefined) return yield* notConnected(actor, play.purposes.ask, scene.stage)
    const left = names.filter((name) => users.includes(name))
    if (left.length === 0) return
    const breaks = wrongUsers(users, scene.stage)
    return yield* new NotYet({
      finding: {
        actor: actor.name,
        expected: play.goneFromList(listed(left, play.and)),
        received: play.users(show(users)),
        breaks,
        isCertain: ["LEAVE-1", "LEAVE-2", "RESUME-1"].includes(breaks ?? ""), // who is gone is gone, however it went
        withinMillis: scene.withinMillis
      }
    })
  })
  return yield* retryUntil(scene.deadlineMillis, 5, attempt)
})
