import * as Effect from "effect/Effect"
import type { Json } from "../language/Json.ts"
import type { ObjectPattern } from "../language/Pattern.ts"
import type { Actor } from "../stage/Actor.ts"
import type { ChatSession } from "../stage/ChatSession.ts"
import { fail } from "../stage/Finding.ts"
import { granted, receiveReply } from "./Expectation.ts"
import { fence } from "./Fence.ts"
import { each, resolveSubject } from "./ResolveSubject.ts"
import { send } from "./Sending.ts"
import { type Scene, type Step, verb, type Verb } from "./Step.ts"

type AnyStep = Step<any, any>

/** Sentences about going on with a session on a new connection. */
export const resuming: ReadonlyArray<Verb> = [
  verb({
    sentence: "{subject} comes|come back",
    theme: "logging in",
    meaning:
      "logs in on a new connection with the token of its session and what it has seen of each room, and receives `success` with `resumed: true`; what it has missed is for the next sentences",
    example: "alice comes back",
    clause: "RESUME-2",
    feature: "history",
    connects: true,
    needs: "gone",
    resumes: true,
    becomes: "logged in",
    play: each((actor, step, scene) => goOn(actor, actor, step, scene))
  }),
  verb({
    sentence: "{subject} tries|try to come back",
    theme: "logging in",
    meaning: "the same, but sends the login alone; what comes back is for the next sentences",
    example: "alice tries to come back",
    feature: "history",
    connects: true,
    needs: "gone",
    resumes: true,
    becomes: "trying",
    play: each((actor, step, scene) => askToGoOn(actor, actor, step, scene))
  }),
  verb({
    sentence: "{subject} takes|take over from {other}",
    theme: "logging in",
    meaning:
      "goes on with the session of Y, whose connection may still be open, as Y itself would when it comes back",
    example: "carol takes over from alice",
    clause: "RESUME-2",
    connects: true,
    needs: "gone",
    resumes: true,
    becomes: "logged in",
    play: each((actor, step, scene) => {
      const [other] = resolveSubject(step.other!, scene.stage)
      return goOn(actor, other!, step, scene)
    })
  })
]

const goOn = Effect.fnUntraced(function* (actor: Actor, from: Actor, step: AnyStep, scene: Scene) {
  yield* askToGoOn(actor, from, step, scene)
  yield* receiveReply(actor, resumed, scene)
  yield* fence([actor], scene)
})

const askToGoOn = Effect.fnUntraced(function* (actor: Actor, from: Actor, step: AnyStep, scene: Scene) {
  const { session } = from
  const { play } = scene.stage.texts
  if (session === undefined)
    return yield* fail({ actor: actor.name, expected: play.session(from.name), received: play.nothing })
  yield* scene.stage.connect(actor, step.line, from)
  if (actor !== from) actor.session = session.handedOver()
  yield* send(actor, loginOf(session), step, scene)
})

const loginOf = ({ epoch, features, seen, token: session, username }: ChatSession): Json => ({
  type: "login",
  username,
  features,
  session,
  epoch,
  seen: Object.fromEntries(seen)
})

/** The reply that goes on with a session. */
const resumed: ObjectPattern = {
  ...granted,
  fields: [...granted.fields, ["resumed", { _tag: "Literal", value: true }]]
}
