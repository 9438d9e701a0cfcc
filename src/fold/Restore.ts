import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { usernameKey } from "../Username.ts"
import { isReadable } from "./Format.ts"
import { Ring, Said } from "./Ring.ts"
import { Row } from "./Rows.ts"
import { type Holder, makeState, Room, roomOf, type State } from "./State.ts"

/** A checkpoint that cannot be read: of a newer version of the format, or of none, since it is damaged. */
export interface Unreadable {
  readonly version: number | undefined
}

/** Reads what `checkpoint` has written; fails if it is not whole, makes no sense, or is of a newer version. */
export const restore = (texts: ReadonlyArray<string>): Result.Result<State, Unreadable> => {
  const head = texts[0] === undefined ? Option.none() : decodeHead(texts[0])
  if (Option.isNone(head)) return damaged
  const { v: version } = head.value[0]
  if (!isReadable(version)) return Result.fail({ version })
  const pieces = Option.all(texts.map((text) => decode(text)))
  if (Option.isNone(pieces)) return damaged
  const [whole, ...rows] = pieces.value.flat()
  if (whole?.t !== "state" || whole.rows !== rows.length) return damaged
  const { epoch, forgotten, lobbyLast, position, rules } = whole
  const state = Object.assign(makeState(), { position, epoch, rules, forgotten })
  state.lobby.last = lobbyLast
  const names = new Map<string, string>()
  return rows.every((row) => add(state, row, names)) ? Result.succeed(state) : damaged
}

const damaged = Result.fail<Unreadable>({ version: undefined })

/** The version of a checkpoint, in its first text. */
const decodeHead = Schema.decodeUnknownOption(
  Schema.fromJsonString(
    Schema.TupleWithRest(Schema.Tuple([Schema.Struct({ v: Schema.Int })]), [Schema.Unknown])
  )
)

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Array(Row)))

/** Adds a row to a state; false if it is about something that no row before it has. Equal names share their memory. */
const add = (state: State, row: Row, names: Map<string, string>): boolean => {
  switch (row.t) {
    case "state":
      return false
    case "node": {
      const { heard, n, node, since, version } = row
      state.nodes.set(node, { n, since, heard, version, holders: new Map() })
      return true
    }
    case "dead":
      state.dead.add(row.node)
      return true
    case "room": {
      const key = usernameKey(row.name)
      state.rooms.set(key, new Room(key, row.name, row.last))
      return true
    }
    case "holder":
      return addHolder(state, row)
    case "member": {
      const holder = state.names.get(usernameKey(row.username))
      return holder !== undefined && roomOf(state, row.room)?.members.add(holder) !== undefined
    }
    case "receipt": {
      const { cid, digest, room, seq, session, to } = row
      const receipts = state.sessions.get(session)?.session?.receipts
      return receipts?.set(cid, { digest, room, seq, to }) !== undefined
    }
    case "said": {
      const { at, content, inbox, position, room, seq, session, username } = row
      const place = inbox === undefined ? roomOf(state, room) : state.sessions.get(inbox)?.session?.inbox
      if (place === undefined) return false
      const by = session && shared(names, session)
      state.archive.add(new Said(place, seq, position, at, shared(names, username), content, by))
      return true
    }
  }
}

const shared = (names: Map<string, string>, name: string): string => {
  const known = names.get(name)
  if (known === undefined) names.set(name, name)
  return known ?? name
}

const addHolder = (state: State, row: Extract<Row, { t: "holder" }>): boolean => {
  const { features, id, isAbsent, node, session, username } = row
  const rooms = row.rooms.map((name) => roomOf(state, name)).filter((room) => room !== undefined)
  const holder: Holder = {
    username,
    key: usernameKey(username),
    features,
    attachment: { node, id },
    isAbsent,
    session: session && { hash: session.hash, inbox: new Ring(session.letters), receipts: new Map() },
    rooms
  }
  state.names.set(holder.key, holder)
  if (session !== undefined) state.sessions.set(session.hash, holder)
  if (isAbsent) {
    state.absent.add(holder)
    for (const room of rooms) room.away++
  } else {
    state.lobby.members.add(holder)
    state.nodes.get(node)?.holders.set(id, holder)
  }
  return rooms.length === row.rooms.length && (isAbsent || state.nodes.has(node))
}
