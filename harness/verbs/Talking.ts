import * as Effect from "effect/Effect"
import type { Actor } from "../stage/Actor.ts"
import { askListAtProgram, sayAtProgram } from "./AtProgram.ts"
import { answered, settle } from "./Fence.ts"
import { valuesIn } from "../stage/Caption.ts"
import { capturesSent } from "../language/Captures.ts"
import { receiveGrant } from "./Expectation.ts"
import { byteString, phrase, request } from "../language/Notation.ts"
import type { Json } from "../language/Json.ts"
import { concealTokens, visible } from "../Format.ts"
import { bounded, notConnected, send, write } from "./Sending.ts"
import { choice, integer, list, oneOrMore, type Shape, text, words } from "../yaml/Shape.ts"
import { type Scene, type Step, verb, type Verb } from "./Step.ts"
import { each } from "./ResolveSubject.ts"
import { encode, fill, literal, type Style, styles, type Template } from "../language/Template.ts"

interface Written {
  readonly as?: ReadonlyArray<Style>
}
interface Pieces extends Written {
  readonly message: Template
  readonly every?: number
  readonly at?: ReadonlyArray<number>
}
interface Part extends Written {
  readonly message: Template
  readonly bytes: number
}

/** What makes a message the same when it is sent again (DEDUP-1). */
export const cid = words("a text that no other message of the session has")

const anyStyles = oneOrMore(choice(styles))
const as: Shape<ReadonlyArray<Style>> = {
  ...anyStyles,
  read: (node, reader) => {
    const given = anyStyles.read(node, reader)
    return given.includes("bare") && given.includes("crlf")
      ? reader.fail(node, "an object can end bare or with crlf, not both")
      : given
  }
}
const offset = integer(1, 64 * 1024 * 1024)

/** Sentences that send requests. */
export const talking: ReadonlyArray<Verb> = [
  verb({
    sentence: "{subject} says|say",
    theme: "talking",
    meaning: "sends a message under its own name, with a `cid` if there is one, and receives the ack",
    example: 'alice says: "hello"',
    value: phrase,
    options: { cid },
    clause: "MSG-2",
    needs: "connected",
    sends: (step: Step<Template>) => [literal({ type: "message", content: step.value })],
    reads: true,
    atProgram: sayAtProgram,
    play: each((actor, step: Step<Template, { readonly cid?: string }>, scene) => say(actor, step, scene))
  }),
  verb({
    sentence: "{subject} asks|ask who is there",
    theme: "talking",
    meaning: "sends `list`; the reply is for the next sentences",
    example: "alice asks who is there",
    needs: "connected",
    sends: () => [literal({ type: "list" })],
    word: "list",
    atProgram: askListAtProgram,
    play: each((actor, step, scene) => send(actor, { type: "list" }, step, scene))
  }),
  verb({
    sentence: "{subject} sends|send",
    theme: "talking",
    meaning:
      "sends one object in one write; `as` is one or more of json (the default: spaces, raw UTF-8, newline), bare, escaped, crlf, pretty",
    example: "alice sends: { type: list }",
    value: request,
    options: { as },
    needs: "connected",
    sends: (step: Step<Template>) => [step.value],
    play: each((actor, step: Step<Template, Written>, scene) =>
      write(actor, [encode(fill(step.value, scene.captures.all), step.options.as)], step, scene)
    )
  }),
  verb({
    sentence: "{subject} sends|send together",
    theme: "talking",
    meaning: 'sends several objects in one write, each followed by `between` (a newline; `""` for nothing)',
    example: "alice sends together: [{ type: list }, { type: list }]",
    value: list(request),
    options: { between: text, as },
    needs: "connected",
    sends: (step: Step<ReadonlyArray<Template>>) => step.value,
    play: each((actor, step: Step<ReadonlyArray<Template>, Written & { readonly between?: string }>, scene) =>
      write(actor, [together(step, scene)], step, scene)
    )
  }),
  verb({
    sentence: "{subject} sends|send in pieces",
    theme: "raw bytes",
    meaning: "sends one object cut into segments: `every` so many bytes, or `at` these offsets, which ascend",
    example: "alice sends in pieces: { message: { type: list }, every: 1 }",
    options: { message: request, every: offset, at: list(offset), as },
    required: ["message"],
    needs: "connected",
    sends: (step: Step<undefined, Pieces>) => [step.options.message],
    problem: ({ options }: Step<undefined, Pieces>) => problemOfPieces(options),
    play: each((actor, step: Step<undefined, Pieces>, scene) =>
      write(actor, cut(step.options, scene), step, scene)
    )
  }),
  verb({
    sentence: "{subject} sends|send part of",
    theme: "raw bytes",
    meaning:
      "sends the first `bytes` of an object, in one segment with a hidden `list` where FRAME-2 holds; once that is answered, the part has been read",
    example: "alice sends part of: { message: { type: list }, bytes: 5 }",
    options: { message: request, bytes: offset, as },
    required: ["message", "bytes"],
    part: "begins",
    needs: "connected",
    sends: (step: Step<undefined, Part>) => [step.options.message],
    problem: ({ options }: Step<undefined, Part>) => problemOfPart(options),
    play: each((actor, step: Step<undefined, Part>, scene) => sendPart(actor, step, scene))
  }),
  verb({
    sentence: "{subject} sends|send the rest",
    theme: "raw bytes",
    meaning: "completes the object that it has sent a part of",
    example: "alice sends the rest",
    part: "ends",
    needs: "connected",
    play: each((actor, step, scene) => sendRest(actor, step, scene))
  }),
  verb({
    sentence: "{subject} sends|send bytes",
    theme: "raw bytes",
    meaning: "sends raw bytes: a string as UTF-8, `{ hex }`, `{ text, times }`, or a list of these",
    example: 'alice sends bytes: "not JSON\\n"',
    value: byteString,
    needs: "connected",
    sends: (step: Step<Buffer>) => requestsIn(step.value),
    play: each((actor, step: Step<Buffer>, scene) => write(actor, [step.value], step, scene))
  })
]

const say = Effect.fnUntraced(function* (
  actor: Actor,
  step: Step<Template, { readonly cid?: string }>,
  scene: Scene
) {
  const username = actor.connection?.username ?? actor.username
  const content = fill(step.value, scene.captures.all)
  yield* send(actor, { type: "message", username, content, ...step.options }, step, scene)
  yield* receiveGrant(actor, scene)
})

const together = (
  { options, value }: Step<ReadonlyArray<Template>, Written & { readonly between?: string }>,
  scene: Scene
): Buffer =>
  Buffer.concat(
    value.flatMap((item) => {
      const object = fill(item, scene.captures.all)
      if (options.between === undefined) return [encode(object, options.as)]
      return [encode(object, [...(options.as ?? []), "bare"]), Buffer.from(options.between)]
    })
  )

const problemOfPieces = ({ as, at, every, message }: Pieces): string | undefined => {
  if ((at === undefined) === (every === undefined)) return "needs either every or at"
  const ascending = at?.every((offset, index) => offset > (at[index - 1] ?? 0)) ?? true
  return ascending ? problemOfLength(at?.at(-1) ?? 0, message, as) : "needs ascending offsets"
}

const problemOfPart = ({ as, bytes, message }: Part): string | undefined =>
  problemOfLength(bytes, message, as)

/** An object has to go on after an offset in it; how long it is with captures, only the play tells. */
const problemOfLength = (
  offset: number,
  message: Template,
  as: ReadonlyArray<Style> | undefined
): string | undefined => {
  if (capturesSent(message).length > 0) return undefined
  const { length } = encode(fill(message, new Map()), as)
  return offset < length ? undefined : `cuts at byte ${offset}, but the object is only ${length} bytes long`
}

const cut = ({ at, every, message, as }: Pieces, scene: Scene): ReadonlyArray<Buffer> => {
  const bytes = encode(fill(message, scene.captures.all), as)
  const size = every ?? bytes.length
  const offsets =
    at ?? Array.from({ length: Math.ceil(bytes.length / size) - 1 }, (_, index) => (index + 1) * size)
  const ends = [...offsets.filter((offset) => offset < bytes.length), bytes.length]
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

const sendPart = Effect.fnUntraced(function* (actor: Actor, step: Step<undefined, Part>, scene: Scene) {
  const { as, bytes, message } = step.options
  const { connection } = actor
  const { play } = scene.stage.texts
  const whole = encode(fill(message, scene.captures.all), as)
  if (connection === undefined || !connection.open)
    return yield* notConnected(actor, play.purposes.sendPart, scene.stage)
  const part = whole.subarray(0, bytes)
  actor.rest = whole.subarray(bytes)
  if (scene.stage.knowledge.fences === "settle" || scene.stage.sendsPartsAlone) {
    yield* write(actor, [part], step, scene)
    return yield* settle(scene)
  }
  const text = play.part(visible(concealTokens(part.toString())))
  scene.stage.did(actor, step.line, { kind: "sent", text, caption: text, label: "part" })
  const ticket = yield* bounded(scene, connection.ask(part), () => ({
    actor: actor.name,
    expected: play.readsPart,
    received: play.stoppedReading
  }))
  yield* answered(actor, ticket, scene)
})

const sendRest = (actor: Actor, step: Step<any, any>, scene: Scene) =>
  Effect.suspend(() => {
    const { rest } = actor
    if (rest === undefined)
      return Effect.fail(notConnected(actor, scene.stage.texts.play.purposes.sendRest, scene.stage))
    actor.rest = undefined
    return write(actor, [rest], step, scene)
  })

/** The requests that stand in raw bytes, as far as it matters who they are from. */
const requestsIn = (bytes: Buffer): ReadonlyArray<Template> =>
  valuesIn(bytes).flatMap((value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return []
    const { type, username } = value as { readonly [key: string]: Json }
    if (typeof type !== "string") return []
    return [literal({ type, ...(typeof username === "string" ? { username } : {}) })]
  })
