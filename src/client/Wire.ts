import * as Schema from "effect/Schema"

/** The room that everybody is in, under any spelling of its name; requests and events for it have no `room`. */
export const lobby = "lobby"

/** The name under which a session's direct messages are numbered: no room can have it. */
export const inbox = "@"

/** Features that these clients ask for. */
export const features = ["presence", "rooms", "direct", "history"] as const
export type Feature = (typeof features)[number]

/** Where a message goes: into a room, to one person, or into the lobby. */
export interface Place {
  readonly room?: string
  readonly to?: string
}

/** The numbers of the last message seen, by room. */
export interface Resumption {
  readonly session: string
  readonly epoch: string
  readonly seen: Readonly<Record<string, number>>
}

/** A request of a client. */
export type Request =
  | ({
      readonly type: "login"
      readonly username: string
      readonly features?: ReadonlyArray<string>
    } & Partial<Resumption>)
  | {
      readonly type: "message"
      readonly username?: string
      readonly content: string
      readonly room?: string
      readonly to?: string
      readonly cid?: string
    }
  | { readonly type: "list"; readonly room?: string }
  | { readonly type: "join"; readonly room: string; readonly recent?: number }
  | { readonly type: "leave"; readonly room: string }
  | { readonly type: "history"; readonly room?: string; readonly before?: number; readonly limit?: number }
  | { readonly type: "rooms" | "ping" | "logout" }

const text = Schema.optionalKey(Schema.String)
const number = Schema.optionalKey(Schema.Finite)

/** A message that is kept, with its number in its room and when it was said, in milliseconds since 1970. */
export const Kept = Schema.Struct({
  seq: Schema.Finite,
  username: Schema.String,
  content: Schema.String,
  at: Schema.Finite
})
export type Kept = typeof Kept.Type

/** The numbers of the first and the last message that a room keeps. */
const Extent = Schema.Struct({ first: Schema.Finite, last: Schema.Finite })

/** A room, to one who asks for all. */
export const RoomEntry = Schema.Struct({
  room: Schema.String,
  users: Schema.Finite,
  last: number,
  joined: Schema.Boolean
})
export type RoomEntry = typeof RoomEntry.Type

/** The one answer to a request, or the reason why a connection ends. Other servers may leave out all but `status`. */
export const Reply = Schema.Struct({
  status: Schema.String,
  code: text,
  message: text,
  users: Schema.optionalKey(Schema.Array(Schema.String)),
  features: Schema.optionalKey(Schema.Array(Schema.String)),
  session: text,
  epoch: text,
  resumed: Schema.optionalKey(Schema.Boolean),
  room: text,
  to: text,
  seq: number,
  first: number,
  last: number,
  cid: text,
  duplicate: Schema.optionalKey(Schema.Boolean),
  rooms: Schema.optionalKey(Schema.Union([Schema.Array(RoomEntry), Schema.Record(Schema.String, Extent)])),
  messages: Schema.optionalKey(Schema.Array(Kept)),
  retryAfterMs: number
})
export type Reply = typeof Reply.Type

/** Caused by others: a message, someone who joined or left, or messages that cannot be shown. */
export const Event = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("message"),
    room: text,
    to: text,
    username: Schema.String,
    content: Schema.String,
    seq: number,
    at: number
  }),
  Schema.Struct({ type: Schema.Literals(["joined", "left"]), room: text, username: Schema.String }),
  Schema.Struct({
    type: Schema.Literal("gap"),
    room: text,
    from: number,
    to: number,
    reason: Schema.String,
    epoch: text,
    last: number
  })
])
export type Event = typeof Event.Type
export type Message = Extract<Event, { readonly type: "message" }>
