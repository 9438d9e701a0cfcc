import * as Effect from "effect/Effect"
import { phrase, saidPattern } from "../language/Notation.ts"
import { describe, type ObjectPattern } from "../language/Pattern.ts"
import { fill, literal, type Template } from "../language/Template.ts"
import type { Actor } from "../stage/Actor.ts"
import { lobby, roomKey } from "../stage/Rooms.ts"
import { integer, oneOrSome } from "../yaml/Shape.ts"
import { expectation, granted, lookAt, receive, receiveGrant, receiveReply } from "./Expectation.ts"
import { each, resolveSubject } from "./ResolveSubject.ts"
import { send } from "./Sending.ts"
import { type Scene, type Step, verb, type Verb } from "./Step.ts"
import { cid } from "./Talking.ts"

type AnyStep = Step<any, any>
type Patterns = ReadonlyArray<ObjectPattern>
interface Past {
  readonly recent?: number
  readonly after?: number
}
interface Page {
  readonly before?: number
  readonly limit?: number
}

const number = integer(0, Number.MAX_SAFE_INTEGER)
const said = oneOrSome(saidPattern)

/** Sentences about rooms, about what is said to one person, and about what was said before. */
export const rooms: ReadonlyArray<Verb> = [
  verb({
    sentence: "{subject} joins|join {room}",
    theme: "rooms and history",
    meaning:
      "joins a room and receives `success`; the `recent` messages of it, or those `after` a number, are for the next sentences",
    example: "alice joins lab",
    options: { recent: number, after: number },
    clause: "ROOM-3",
    feature: "rooms",
    bringsIn: true,
    needs: "connected",
    reads: true,
    sends: ({ options, room }: Step<undefined, Past>) => [literal({ type: "join", room: room!, ...options })],
    play: each((actor, step, scene) => ask(actor, step, scene))
  }),
  verb({
    sentence: "{subject} leaves|leave {room}",
    theme: "rooms and history",
    meaning: "leaves a room and receives `success`",
    example: "alice leaves lab",
    clause: "ROOM-2",
    feature: "rooms",
    needs: "connected",
    reads: true,
    sends: ({ room }: Step) => [literal({ type: "leave", room: room! })],
    play: each((actor, step, scene) => ask(actor, step, scene))
  }),
  verb({
    sentence: "{subject} says|say in {room}",
    theme: "rooms and history",
    meaning: "sends a message into a room, with a `cid` if there is one, and receives the ack",
    example: 'alice says in lab: "hello"',
    value: phrase,
    options: { cid },
    clause: "ROOM-2",
    feature: "rooms",
    needs: "connected",
    reads: true,
    sends: ({ options, room, value }: Step<Template, { readonly cid?: string }>) => [
      literal({ type: "message", room: room!, content: value, ...options })
    ],
    play: each((actor, step, scene) => ask(actor, step, scene))
  }),
  verb({
    sentence: "{subject} says|say to {other}",
    theme: "rooms and history",
    meaning: "sends a message to Y alone, with a `cid` if there is one, and receives the ack",
    example: 'bob says to alice: "psst"',
    value: phrase,
    options: { cid },
    clause: "DM-1",
    feature: "direct",
    needs: "connected",
    reads: true,
    sends: (step: Step<Template>) => namesOf(step).map((to) => letter(step, to)),
    play: each((actor, step: Step<Template>, scene) =>
      Effect.forEach(
        resolveSubject(step.other!, scene.stage),
        ({ username }) =>
          Effect.andThen(
            send(actor, fill(letter(step, username), scene.captures.all), step, scene),
            Effect.suspend(() => receiveGrant(actor, scene))
          ),
        { discard: true }
      )
    )
  }),
  verb({
    sentence: "{subject} receives|receive in {room}",
    theme: "rooms and history",
    meaning:
      "the next message is this one, said in that room; it is given as its content, or as the fields that are to match, or as a list of these",
    example: "bob receives in lab: { username: alice, content: hello }",
    value: said,
    patterns: (step: Step<Patterns>) => step.value.map((pattern) => inRoom(pattern, step.room!)),
    needs: "connected",
    expects: true,
    reads: true,
    play: (step: Step<Patterns>, scene) =>
      Effect.forEach(step.value, (pattern) => receive(inRoom(pattern, step.room!))(step, scene), {
        discard: true
      })
  }),
  verb({
    sentence: "{subject} receives|receive from {other} privately",
    theme: "rooms and history",
    meaning: "the next message is this one, which Y said to it alone",
    example: 'alice receives from bob privately: "psst"',
    value: said,
    patterns: (step: Step<Patterns>) =>
      step.value.map((pattern) => fromOne(pattern, namesOf(step)[0]!, undefined)),
    feature: "direct",
    needs: "connected",
    expects: true,
    reads: true,
    play: (step: Step<Patterns>, scene) =>
      Effect.forEach(step.value, (pattern) => receiveFromOne(pattern)(step, scene), { discard: true })
  }),
  verb({
    sentence: "{subject} asks|ask who is in {room}",
    theme: "rooms and history",
    meaning: "sends `list` for a room; the reply is for the next sentences",
    example: "alice asks who is in lab",
    feature: "rooms",
    needs: "connected",
    sends: ({ room }: Step) => [literal({ type: "list", room: room! })],
    play: each(sendIt)
  }),
  verb({
    sentence: "{subject} asks|ask which rooms there are",
    theme: "rooms and history",
    meaning: "sends `rooms`; the reply is for the next sentences",
    example: "alice asks which rooms there are",
    feature: "rooms",
    needs: "connected",
    sends: () => [literal({ type: "rooms" })],
    play: each(sendIt)
  }),
  verb({
    sentence: "{subject} asks|ask for the history of {room}",
    theme: "rooms and history",
    meaning:
      "sends `history`, for at most `limit` messages, those `before` a number; the reply is for the next sentences",
    example: "alice asks for the history of lab",
    options: { before: number, limit: number },
    feature: "history",
    needs: "connected",
    sends: ({ options, room }: Step<undefined, Page>) => [
      literal({ type: "history", room: room!, ...options })
    ],
    play: each(sendIt)
  })
]

/** Sends the one request of a sentence. */
function sendIt(actor: Actor, step: AnyStep, scene: Scene) {
  const [request] = step.verb.sends!(step)
  return send(actor, fill(request!, scene.captures.all), step, scene)
}

/** The same, and waits until it is granted: in a room, with its name. */
function ask(actor: Actor, step: AnyStep, scene: Scene) {
  return Effect.andThen(
    sendIt(actor, step, scene),
    Effect.suspend(() => receiveReply(actor, isLobby(step.room!) ? granted : grantedInRoom, scene))
  )
}

const isLobby = (room: string): boolean => roomKey(room) === lobby

const grantedInRoom: ObjectPattern = {
  ...granted,
  fields: [...granted.fields, ["room", { _tag: "Anything" }]]
}

const letter = ({ options, value }: AnyStep, to: string): Template =>
  literal({ type: "message", to, content: value, ...options })

/** The names of the other actors of a sentence, as far as the file tells. */
const namesOf = ({ other }: AnyStep): ReadonlyArray<string> => (other?._tag === "Actors" ? other.names : [])

const text = (value: string) => ({ _tag: "Literal", value }) as const

/** A message said in a room, as the server spells it; in the lobby none is named. */
const inRoom = ({ fields, exactly }: ObjectPattern, room: string): ObjectPattern => ({
  _tag: "Object",
  exactly,
  fields: [["type", text("message")], ...(isLobby(room) ? [] : [["room", text(room)] as const]), ...fields]
})

const fromOne = (
  { exactly, fields }: ObjectPattern,
  username: string,
  to: string | undefined
): ObjectPattern => ({
  _tag: "Object",
  exactly,
  fields: [
    ["type", text("message")],
    ["to", to === undefined ? { _tag: "Anything" } : text(to)],
    ["username", text(username)],
    ...fields
  ]
})

const receiveFromOne = (pattern: ObjectPattern): Verb["play"] => {
  const due = ({ username }: { readonly username: string }, step: AnyStep, { stage }: Scene) =>
    fromOne(pattern, resolveSubject(step.other!, stage)[0]!.username, username)
  return expectation(
    (actor, step, scene) => lookAt(actor, "event", due(actor, step, scene), scene),
    (step, scene) =>
      describe(
        fromOne(pattern, resolveSubject(step.other!, scene.stage)[0]!.username, undefined),
        scene.stage.texts.patterns,
        scene.captures.all
      ),
    { lane: "event", pattern: fromOne(pattern, "", undefined) }
  )
}
