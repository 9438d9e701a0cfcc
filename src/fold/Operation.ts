import * as Schema from "effect/Schema"
import { features } from "../Protocol.ts"
import { tagged, type Tagged } from "./Tagged.ts"

/** A count of things, in no unit of its own. */
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** A feature that a client was granted at login. */
export const Feature = Schema.Literals(features)
export type Feature = typeof Feature.Type

/** The SHA-256 of a session's token, in base64url: the token itself never enters the log. */
export const Hash = Schema.String
export type Hash = typeof Hash.Type

/** Bounds of what is kept. All nodes have the same, or they would compute different states. */
export const Rules = Schema.Struct({
  /** Messages that a room keeps; with 0, no message is kept anywhere. */
  history: Count,
  /** Bytes of all messages that are kept, in rooms and inboxes, as `bytesOf` counts them. */
  historyBytes: Count,
  /** Rooms that may exist at once, besides the lobby. */
  rooms: Count,
  /** Rooms that a client may be in, besides the lobby. */
  roomsPerClient: Count,
  /** Sessions that may be absent at once. */
  absent: Count,
  /** Letters that an inbox keeps. */
  inbox: Count,
  /** Bytes of the letters of an inbox, as `bytesOf` counts them. */
  inboxBytes: Count,
  /** Messages of a session of which it is known that they were said. */
  receipts: Count,
  /** The version of Unicode that says which names are equal. */
  unicode: Schema.String
})
export type Rules = typeof Rules.Type

const id = Count
const room = Schema.String
const username = Schema.String
const content = Schema.String
const node = Schema.String

/** The operations; `id` is that of a connection on the node which appended the entry. */
const operations = {
  /**
   * A node begins. `epoch` counts if the log is new. With `alone`, all other nodes are dead; without, its rules must be
   * those of the others. `version` is that of palabre, for people.
   */
  up: {
    epoch: Schema.String,
    rules: Rules,
    alone: Schema.Boolean,
    version: Schema.optionalKey(Schema.String)
  },
  /** A name is asked for: by a session that comes back (`resume`), or for a new one (`token`), or for none. */
  login: {
    id,
    username,
    features: Schema.Array(Feature),
    token: Schema.optionalKey(Hash),
    resume: Schema.optionalKey(Hash),
    /** Rooms to join if this is a new session. */
    rooms: Schema.optionalKey(Schema.Array(room))
  },
  /** Words for a room, for the holder of a name (`to`), or for the lobby. */
  message: {
    id,
    content,
    room: Schema.optionalKey(room),
    to: Schema.optionalKey(username),
    cid: Schema.optionalKey(Schema.String)
  },
  /** Words into the lobby by nobody who is logged in. */
  announce: { username, content },
  join: { id, room },
  part: { id, room },
  /** A connection is over. With `keep`, its session may be resumed, if it has one. */
  leave: { id, keep: Schema.Boolean },
  /** Whoever holds a name is to go, and is told the reason: its session is over. */
  kick: { username, reason: Schema.optionalKey(Schema.String) },
  /** A session's grace is over: it ends if it is absent since connection `id` on node `of`. */
  over: { session: Hash, of: node, id },
  /** What was said before a position is too old to be kept. */
  trim: { before: Count },
  /** What was said under a name is removed from what is kept. */
  forget: { username },
  /** A node is dead: whatever it appends from now on is void. */
  dead: { node },
  /** A sign of life. */
  beat: {},
  /** Something to wait for: whoever reads it has read all before it. */
  fence: {},
  /** The log has lost something: from now on, numbers are those of another epoch; only if it still is the epoch `of`. */
  epoch: { epoch: Schema.String, of: Schema.optionalKey(Schema.String) }
} as const

type Operations = Tagged<typeof operations>

/** One thing to be done to the state. */
export type Operation = Operations[keyof Operations]

/** The operation of a type. */
export type OperationOf<T extends Operation["t"]> = Operations[T]

/** What a node appends to the log at once: its `n` rises, and one that it has used before is a doubled append. */
export const Entry = Schema.Struct({
  node,
  n: Count,
  /** Milliseconds since 1970 by the clock of the node: for people, it decides nothing. */
  at: Schema.Finite,
  ops: Schema.Array(tagged(operations))
})
export type Entry = typeof Entry.Type
