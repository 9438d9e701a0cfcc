import * as Schema from "effect/Schema"
import { Feature, Hash, Rules } from "./Operation.ts"
import { tagged, type Tagged } from "./Tagged.ts"

const Count = Schema.Int
const Name = Schema.String

/** What a state is made of, in the order in which a checkpoint has it. */
const rows = {
  /** The whole; `rows` of other types follow. */
  state: {
    /** The version of the format. */
    v: Count,
    rows: Count,
    position: Count,
    epoch: Schema.String,
    rules: Rules,
    lobbyLast: Count,
    forgotten: Count
  },
  node: {
    node: Name,
    n: Count,
    since: Schema.Finite,
    heard: Schema.Finite,
    version: Schema.optional(Schema.String)
  },
  dead: { node: Name },
  room: { name: Name, last: Count },
  /** Those who are present in the order in which they came, then those who are absent in the order in which they left. */
  holder: {
    username: Name,
    features: Schema.Array(Feature),
    node: Name,
    id: Count,
    isAbsent: Schema.Boolean,
    rooms: Schema.Array(Name),
    session: Schema.optional(Schema.Struct({ hash: Hash, letters: Count }))
  },
  /** Who is in a room, in the order in which they joined it. */
  member: { room: Name, username: Name },
  receipt: {
    session: Hash,
    cid: Schema.String,
    digest: Schema.String,
    seq: Schema.optional(Count),
    room: Schema.optional(Name),
    to: Schema.optional(Name)
  },
  /** A message that is kept, in a room or in the inbox of a session. */
  said: {
    room: Schema.optional(Name),
    inbox: Schema.optional(Hash),
    seq: Count,
    position: Count,
    at: Schema.Finite,
    username: Name,
    content: Schema.String,
    session: Schema.optional(Hash)
  }
} as const

type Rows = Tagged<typeof rows>

/** A part of a checkpoint. */
export type Row = Rows[keyof Rows]
export const Row = tagged(rows)
