import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { excerpt, meantBy, type Problem, problemOf } from "./Problem.ts"

/** TCP port of the lab sheet. */
export const defaultPort = 12345

/** Codes of errors that answer no request: each ends its connection, unasked (END-1). */
export const goodbyeCodes = [
  "server_full",
  "too_many_connections",
  "tls_required",
  "login_timeout",
  "idle_timeout",
  "slow_consumer",
  "kicked",
  "shutting_down"
] as const

/** Codes for why a request was refused or a connection ended: stable and in English, for programs (CODE-1). */
export const errorCodes = [
  "invalid_json",
  "invalid_request",
  "unknown_type",
  "not_logged_in",
  "already_logged_in",
  "invalid_username",
  "username_taken",
  "login_refused",
  "username_mismatch",
  "message_refused",
  "too_large",
  "rate_limited",
  ...goodbyeCodes
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** A request's tag, echoed in its reply: a string of up to 64 characters or a finite number (ID-1). */
export const Id = Schema.Union([
  Schema.String.check(Schema.makeFilter((text) => text.length <= 64 || Array.from(text).length <= 64)),
  Schema.Finite
])
export type Id = typeof Id.Type

/** Features that a client may ask for at login; none is ever sent unasked (PLAIN-1). */
export const features = ["presence"] as const
export type Feature = (typeof features)[number]

const id = Schema.optionalKey(Id)

/** The requests of a client: one JSON object each, extra fields ignored (REQ-3). */
const requests = {
  login: Schema.Struct({
    type: Schema.Literal("login"),
    username: Schema.String,
    features: Schema.optionalKey(Schema.Array(Schema.String)),
    id
  }),
  message: Schema.Struct({
    type: Schema.Literal("message"),
    username: Schema.optionalKey(Schema.String),
    content: Schema.NonEmptyString,
    id
  }),
  list: Schema.Struct({ type: Schema.Literal("list"), id }),
  logout: Schema.Struct({ type: Schema.Literal("logout"), id }),
  ping: Schema.Struct({ type: Schema.Literal("ping"), id })
} as const

/** A decoded request. */
export type Request = {
  [Type in keyof typeof requests]: (typeof requests)[Type]["Type"]
}[keyof typeof requests]

/** The one answer to a request, or the reason why a connection ends. Other servers may leave out all but `status`. */
export const Reply = Schema.Struct({
  status: Schema.String,
  code: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String),
  users: Schema.optionalKey(Schema.Array(Schema.String)),
  features: Schema.optionalKey(Schema.Array(Schema.String)),
  retryAfterMs: Schema.optionalKey(Schema.Finite),
  id
})
export type Reply = typeof Reply.Type

/** A message from someone else, or with the feature `presence` someone who joined or left. */
export const Event = Schema.Union([
  Schema.Struct({ type: Schema.Literal("message"), username: Schema.String, content: Schema.String }),
  Schema.Struct({ type: Schema.Literals(["joined", "left"]), username: Schema.String })
])
export type Event = typeof Event.Type

/** A request that cannot be carried out as it stands, and its id where it has a valid one. */
export interface Refusal {
  readonly code: ErrorCode
  readonly problem: Problem
  readonly id: Id | undefined
}

/** Reads one JSON text as a request; a mistake in it comes back as a value, never as an exception. */
export const decodeRequest = (text: string): Request | Refusal => {
  const value: unknown = JSON.parse(text)
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { code: "invalid_request", problem: { kind: "not_object" }, id: undefined }
  const object = value as Readonly<Record<string, unknown>>
  const { type } = object
  if (typeof type !== "string") return invalid(object, typed)
  const decode = decoders.get(type)
  if (decode === undefined) {
    const problem = { kind: "unknown_type", type: excerpt(type), meant: meantBy(type, requestTypes) } as const
    return { code: "unknown_type", problem, id: idOf(object) }
  }
  const decoded = decode(object)
  return decoded._tag === "Some" ? decoded.value : invalid(object, requests[type as Request["type"]].fields)
}

/** The types of requests. */
export const requestTypes: ReadonlyArray<string> = Object.keys(requests)

/** One line for the wire (WIRE-1). */
export const encode = (message: Reply | Event | Request): Buffer =>
  Buffer.from(JSON.stringify(message) + "\n")

const isId = Schema.is(Id)

const idOf = ({ id }: Readonly<Record<string, unknown>>): Id | undefined => (isId(id) ? id : undefined)

/** The fields of a request of whatever type. */
const typed = { type: Schema.String }

const invalid = (
  object: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Schema.Top>>
): Refusal => ({ code: "invalid_request", problem: problemOf(object, fields), id: idOf(object) })

const decoders: ReadonlyMap<string, (value: unknown) => Option.Option<Request>> = new Map(
  Object.entries(requests).map(([type, schema]) => [
    type,
    Schema.decodeUnknownOption(schema as Schema.Codec<Request>)
  ])
)
