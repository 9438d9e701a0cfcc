import * as Effect from "effect/Effect"
import type { Actor } from "../stage/Actor.ts"
import {
  expectation,
  granted,
  nextOf,
  receiveGrant,
  receiveReply,
  lookAtEnd,
  type Sight,
  waitFor,
  wrong
} from "./Expectation.ts"
import { askForName, logInAtProgram } from "./AtProgram.ts"
import { tells } from "./Programs.ts"
import { fence } from "./Fence.ts"
import { type Feature, features } from "../language/Features.ts"
import { messagePattern, request } from "../language/Notation.ts"
import type { ObjectPattern } from "../language/Pattern.ts"
import type { Json } from "../language/Json.ts"
import { isSuccess } from "../stage/PendingRequests.ts"
import { connectWhereNeeded, send } from "./Sending.ts"
import { type Scene, type Step, verb, type Verb } from "./Step.ts"
import { each } from "./ResolveSubject.ts"
import { choice, list } from "../yaml/Shape.ts"
import { fill, literal, type Template, texts } from "../language/Template.ts"
import { type Exchange, keepTrying } from "./KeepTrying.ts"

type AnyStep = Step<any, any>
interface Wanted {
  readonly features?: ReadonlyArray<Feature>
}
const wanted = { features: list(choice(features)) }

/** Sentences about names: getting one, being refused one, giving it back. */
export const loggingIn: ReadonlyArray<Verb> = [
  ...withAndWithoutName({
    sentence: "{subject} logs|log in",
    theme: "logging in",
    meaning:
      "connects where needed, logs in, receives `success`, with all of the `features` that it asks for; all that follows finds it logged in",
    example: "alice logs in",
    options: wanted,
    clause: "LOGIN-1",
    bringsIn: true,
    connects: true,
    logsIn: true,
    becomes: "logged in",
    atProgram: logInAtProgram,
    play: each((actor, step, scene) => logIn(actor, step, scene))
  }),
  verb({
    sentence: "{subject} logs|log out",
    theme: "logging in",
    meaning: "sends `logout`, receives `success`, and the server ends the connection",
    example: "alice logs out",
    clause: "LOGOUT-1",
    needs: "connected",
    becomes: "gone",
    reads: true,
    sends: () => [literal({ type: "logout" })],
    play: each((actor, step, scene) => logOut(actor, step, scene))
  }),
  ...withAndWithoutName({
    sentence: "{subject} tries|try to log in",
    theme: "logging in",
    meaning: "connects where needed and sends the login alone; what comes back is for the next sentences",
    example: "bob tries to log in",
    options: wanted,
    connects: true,
    logsIn: true,
    becomes: "trying",
    atProgram: askForName,
    play: each((actor, step, scene) =>
      Effect.andThen(
        connectWhereNeeded(actor, step, scene),
        Effect.suspend(() => send(actor, fill(loginOf(actor, step), scene.captures.all), step, scene))
      )
    )
  }),
  verb({
    sentence: "{subject} is|are refused",
    theme: "logging in",
    meaning:
      "receives a reply that is not `success`, or the end of the connection, which may end at any time from then on",
    example: "bob is refused",
    needs: "connected",
    becomes: "refused",
    expects: true,
    reads: true,
    atProgram: (actor, _step, scene) => tells(actor, "CLIENT-10", scene),
    play: expectation(lookForRefusal, (_step, { stage }) => stage.texts.play.refusal, { lane: "reply" })
  }),
  ...withAndWithoutName({
    sentence: "{subject} keeps|keep trying to log in",
    theme: "logging in",
    meaning:
      "logs in again and again until the name is granted; a refusal or the end of the connection means once more",
    example: "bob keeps trying to log in",
    options: wanted,
    clause: "LEAVE-1",
    retries: true,
    connects: true,
    logsIn: true,
    becomes: "logged in",
    play: each((actor, step, scene) => keepLoggingIn(actor, step, scene))
  }),
  verb({
    sentence: "{subject} keeps|keep trying",
    theme: "logging in",
    meaning:
      "repeats a whole exchange until a reply matches `until` (looked at first), as long as the others match `while`; any other reply fails",
    example:
      "bob keeps trying: { sends: { type: list }, until: { status: success, users: [bob] }, while: { status: success } }",
    options: { sends: request, until: messagePattern, while: messagePattern },
    required: ["sends", "until", "while"],
    retries: true,
    needs: "connected",
    sends: (step: Step<undefined, Exchange>) => [step.options.sends],
    patterns: (step: Step<undefined, Exchange>) => [step.options.until],
    reads: true,
    play: each((actor, step: Step<undefined, Exchange>, scene) =>
      keepTrying(actor, step, scene, step.options)
    )
  })
]

function withAndWithoutName(row: Verb): ReadonlyArray<Verb> {
  const named = { ...row, sentence: `${row.sentence} as {name}`, example: `${row.example} as carol` }
  return [row, named]
}

const logIn = Effect.fnUntraced(function* (actor: Actor, step: AnyStep, scene: Scene) {
  yield* connectWhereNeeded(actor, step, scene)
  const login = fill(loginOf(actor, step), scene.captures.all) as { readonly username: Json }
  if (scene.stage.mayStillHold(String(login.username))) return yield* keepLoggingIn(actor, step, scene)
  yield* send(actor, login, step, scene)
  yield* receiveReply(actor, grantOf(step), scene)
  yield* fence([actor], scene)
})

const keepLoggingIn = Effect.fnUntraced(function* (actor: Actor, step: AnyStep, scene: Scene) {
  const sends = loginOf(actor, step)
  const until = grantOf(step)
  yield* keepTrying(actor, step, scene, { sends, until, while: notGranted, endMeansAgain: true })
  yield* fence([actor], scene)
})

const logOut = Effect.fnUntraced(function* (actor: Actor, step: AnyStep, scene: Scene) {
  yield* send(actor, { type: "logout" }, step, scene)
  yield* receiveGrant(actor, scene)
  yield* waitFor(actor, () => lookForEnd(actor), scene.stage.texts.play.endAfterLogout, scene)
})

const loginOf = (actor: Actor, { name, options }: AnyStep): Template => {
  const { features } = options as Wanted
  const username = name ?? actor.name
  return literal({ type: "login", username, ...(features && { features: texts(features) }) })
}

/** The reply that grants a login with all that it asks for. */
const grantOf = ({ options }: AnyStep): ObjectPattern => {
  const { features = [] } = options as Wanted
  if (features.length === 0) return granted
  const patterns = features.map((value) => ({ _tag: "Literal", value }) as const)
  return { ...granted, fields: [...granted.fields, ["features", { _tag: "Includes", patterns }]] }
}

function lookForRefusal(actor: Actor, _step: Step<undefined>, scene: Scene): Sight {
  const connection = actor.connection
  const { refusal } = scene.stage.texts.play
  const next = nextOf(actor, "reply", scene, (reply) => !isSuccess(reply))
  const mayEnd = () => {
    connection!.allowEnd()
  }
  if (next === undefined)
    return connection?.ended === undefined
      ? lookAtEnd(actor, refusal, scene.stage)
      : { _tag: "Seen", take: mayEnd }
  if (next.lane === "noise" || isSuccess(next.value))
    return wrong(actor, refusal, next, scene.stage, notGranted)
  return {
    _tag: "Seen",
    take: () => {
      actor.take(next, scene.line)
      mayEnd()
    }
  }
}

/** The server ends the connection, however it does. */
const lookForEnd = ({ connection }: Actor): Sight =>
  connection?.ended === undefined ? undefined : { _tag: "Seen", take: () => undefined }

const success = { _tag: "Literal", value: "success" } as const
const notGranted: ObjectPattern = {
  _tag: "Object",
  fields: [["status", { _tag: "Not", pattern: success }]],
  exactly: false
}
