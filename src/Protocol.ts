import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { excerpt, meantBy, type Problem, problemOf } from "./Problem.ts"
import { type ErrorCode, type Feature, features, historyLimitMax } from "./Terms.ts"

export * from "./Terms.ts"

/** TCP port of the lab sheet. */
export const defaultPort = 12345

/** A request's tag, echoed in its reply: a string of up to 64 characters or a finite number (ID-1). */
export const Id = Schema.Union([
  Schema.String.check(Schema.makeFilter((text) => text.length <= 64 || Array.from(text).length <= 64)),
  Schema.Finite
])
export type Id = typeof Id.Type

const id = Schema.optionalKey(Id)
const optionalText = Schema.optionalKey(Schema.String)

/** The number of a message in its room, from 1; 0 is before the first. */
const Sequence = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const from1 = (maximum: number) =>
  Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum })))

const isSequence = Schema.is(Sequence)

/** The number of the last message seen in each room. It is left as it came: `__proto__` is a room like any other. */
const Seen = Schema.declare(
  (value): value is Readonly<Record<string, number>> =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(isSequence)
)

/** A name that a client gives to a message of its own, unique in its session. */
const Cid = Schema.String.check(
  Schema.makeFilter((text) => text !== "" && (text.length <= 64 || Array.from(text).length <= 64))
)

/** The requests of a client: one JSON object each, extra fields ignored (REQ-3). */
const requests = {
  login: {
    type: Schema.Literal("login"),
    username: Schema.String,
    features: Schema.optionalKey(Schema.Array(Schema.String)),
    id
  },
  message: {
    type: Schema.Literal("message"),
    username: optionalText,
    content: Schema.NonEmptyString,
    id
  },
  list: { type: Schema.Literal("list"), id },
  logout: { type: Schema.Literal("logout"), id },
  ping: { type: Schema.Literal("ping"), id },
  join: { type: Schema.Literal("join"), room: Schema.String, id },
  leave: { type: Schema.Literal("leave"), room: Schema.String, id },
  rooms: { type: Schema.Literal("rooms"), id },
  history: { type: Schema.Literal("history"), id }
} as const
type RequestType = keyof typeof requests

/** The requests that there are only for a client with a feature; for all others their type is unknown. */
const requestFeatures: Readonly<Partial<Record<RequestType, Feature>>> = {
  join: "rooms",
  leave: "rooms",
  rooms: "rooms",
  history: "history"
}

const room = optionalText

/** Fields that mean something only with a feature; for everybody else they are extra fields. */
const featureFields = {
  login: {
    history: {
      session: optionalText,
      epoch: optionalText,
      seen: Schema.optionalKey(Seen)
    }
  },
  message: { rooms: { room }, direct: { to: optionalText }, history: { cid: Schema.optionalKey(Cid) } },
  list: { rooms: { room } },
  join: {
    history: {
      recent: from1(Number.MAX_SAFE_INTEGER),
      after: Schema.optionalKey(Sequence),
      epoch: optionalText
    }
  },
  history: {
    rooms: { room },
    history: { before: from1(Number.MAX_SAFE_INTEGER), limit: from1(historyLimitMax) }
  }
} as const

type Fields = { readonly [field: string]: Schema.Top }
type ValueOf<Part> = Part extends Schema.Struct.Fields ? Schema.Struct.Type<Part> : unknown
type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  each: infer All
) => void
  ? All
  : never
type AddedTo<Type> = Type extends keyof typeof featureFields
  ? Intersection<ValueOf<(typeof featureFields)[Type][keyof (typeof featureFields)[Type]]>>
  : unknown

/** A decoded request. It has only fields that mean something for its client. */
export type Request = { [Type in RequestType]: ValueOf<(typeof requests)[Type]> & AddedTo<Type> }[RequestType]

/** A message that is kept, with its number in its room and when it was said, in milliseconds since 1970. */
export const Kept = Schema.Struct({
  seq: Schema.Finite,
  username: Schema.String,
  content: Schema.String,
  at: Schema.Finite
})
export type Kept = typeof Kept.Type

/** The numbers of the first and the last message that a room keeps: `last` + 1 and `last` where it keeps none. */
export const Extent = Schema.Struct({ first: Schema.Finite, last: Schema.Finite })
export type Extent = typeof Extent.Type

/** A room, to one who asks for all. */
export const RoomEntry = Schema.Struct({
  room: Schema.String,
  users: Schema.Finite,
  last: Schema.optionalKey(Schema.Finite),
  joined: Schema.Boolean
})
export type RoomEntry = typeof RoomEntry.Type

const optionalNumber = Schema.optionalKey(Schema.Finite)

/** The one answer to a request, or the reason why a connection ends. Other servers may leave out all but `status`. */
export const Reply = Schema.Struct({
  status: Schema.String,
  code: optionalText,
  message: optionalText,
  users: Schema.optionalKey(Schema.Array(Schema.String)),
  features: Schema.optionalKey(Schema.Array(Schema.String)),
  session: optionalText,
  epoch: optionalText,
  resumed: Schema.optionalKey(Schema.Boolean),
  room: optionalText,
  to: optionalText,
  seq: optionalNumber,
  first: optionalNumber,
  last: optionalNumber,
  cid: optionalText,
  duplicate: Schema.optionalKey(Schema.Boolean),
  /** The rooms of a login, by name, or all rooms there are. */
  rooms: Schema.optionalKey(Schema.Union([Schema.Array(RoomEntry), Schema.Record(Schema.String, Extent)])),
  messages: Schema.optionalKey(Schema.Array(Kept)),
  retryAfterMs: Schema.optionalKey(Schema.Finite),
  id
})
export type Reply = typeof Reply.Type

/** Reasons why a client missed messages, or does not know if it did. */
const gapReasons = ["expired", "epoch", "unseen"] as const

/** Caused by others: a message, someone who joined or left (`presence`), or messages that cannot be shown (`history`). */
export const Event = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("message"),
    room: optionalText,
    to: optionalText,
    username: Schema.String,
    content: Schema.String,
    seq: optionalNumber,
    at: optionalNumber
  }),
  Schema.Struct({ type: Schema.Literals(["joined", "left"]), room: optionalText, username: Schema.String }),
  Schema.Struct({
    type: Schema.Literal("gap"),
    room: optionalText,
    from: optionalNumber,
    to: optionalNumber,
    reason: Schema.Literals(gapReasons),
    epoch: optionalText,
    last: optionalNumber
  })
])
export type Event = typeof Event.Type

/** A request that cannot be carried out as it stands, and its id where it has a valid one. */
export interface Refusal {
  readonly code: ErrorCode
  readonly problem: Problem
  readonly id: Id | undefined
}

/**
 * Reads one JSON text as a request of a client that was granted these features; a mistake in it comes back as a value,
 * never as an exception. A login counts with those features that it asks for and that are offered.
 */
export const decodeRequest = (
  text: string,
  granted: ReadonlyArray<Feature> = none,
  offered: ReadonlyArray<Feature> = features
): Request | Refusal => {
  const value: unknown = JSON.parse(text)
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { code: "invalid_request", problem: { kind: "not_object" }, id: undefined }
  const object = value as Readonly<Record<string, unknown>>
  const { type } = object
  if (typeof type !== "string") return invalid(object, typed)
  const decoder = decoderOf(type === "login" ? grantedOf(object["features"], offered) : granted).get(type)
  if (decoder === undefined) {
    const types = requestTypes(granted)
    const problem = { kind: "unknown_type", type: excerpt(type), meant: meantBy(type, types), types } as const
    return { code: "unknown_type", problem, id: idOf(object) }
  }
  const decoded = decoder.decode(object)
  return decoded._tag === "Some" ? decoded.value : invalid(object, decoder.fields)
}

/** The types of the requests of a client that was granted these features. */
export const requestTypes = (granted: ReadonlyArray<Feature> = none): ReadonlyArray<string> => [
  ...decoderOf(granted).keys()
]

/** Those of the offered features that are asked for, in the order in which they are offered. */
export const grantedOf = (asked: unknown, offered: ReadonlyArray<Feature>): ReadonlyArray<Feature> =>
  Array.isArray(asked) ? offered.filter((feature) => asked.includes(feature)) : none

/** One line for the wire (WIRE-1). */
export const encode = (message: Reply | Event | Request): Buffer =>
  Buffer.from(JSON.stringify(message) + "\n")

const isId = Schema.is(Id)

const idOf = ({ id }: Readonly<Record<string, unknown>>): Id | undefined => (isId(id) ? id : undefined)

/** The fields of a request of whatever type. */
const typed = { type: Schema.String }

const invalid = (object: Readonly<Record<string, unknown>>, fields: Fields): Refusal => ({
  code: "invalid_request",
  problem: problemOf(object, fields),
  id: idOf(object)
})

const none: ReadonlyArray<Feature> = []

interface Decoder {
  readonly fields: Fields
  readonly decode: (value: unknown) => Option.Option<Request>
}

/** The decoders of each set of features that was asked for, by request type. */
const decoders = new Map<string, ReadonlyMap<string, Decoder>>()

const decoderOf = (granted: ReadonlyArray<Feature>): ReadonlyMap<string, Decoder> => {
  const key = granted.join()
  const known = decoders.get(key)
  if (known !== undefined) return known
  const made = new Map<string, Decoder>()
  for (const [type, plain] of Object.entries(requests)) {
    const feature = requestFeatures[type as RequestType]
    if (feature !== undefined && !granted.includes(feature)) continue
    const added: Readonly<Record<string, Fields>> =
      type in featureFields ? featureFields[type as keyof typeof featureFields] : {}
    const fields: Fields = Object.assign({}, plain, ...granted.map((each) => added[each]))
    const schema = Schema.Struct(fields) as unknown as Schema.Codec<Request>
    made.set(type, { fields, decode: Schema.decodeUnknownOption(schema) })
  }
  decoders.set(key, made)
  return made
}
