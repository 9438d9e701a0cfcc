import { format } from "./Format.ts"
import type { Ring } from "./Ring.ts"
import type { Row } from "./Rows.ts"
import type { State } from "./State.ts"

/**
 * A state as texts of JSON, each of at most so many bytes of UTF-8, unless a single message takes more. They have the
 * state as it is at the time of the call, even if they are taken later.
 */
export const checkpoint = (state: State, bytesMax: number): Iterable<string> => {
  const { epoch, forgotten, lobby, position, rules } = state
  const rows = [...chatRows(state), ...sessionRows(state), ...messageRows(state)]
  const whole: Row = {
    t: "state",
    v: format.written,
    rows: rows.length,
    position,
    epoch,
    rules,
    lobbyLast: lobby.last,
    forgotten
  }
  return pack([whole, ...rows], bytesMax)
}

const chatRows = function* ({ absent, dead, lobby, nodes, rooms }: State): Iterable<Row> {
  for (const [node, { heard, n, since, version }] of nodes)
    yield { t: "node", node, n, since, heard, version }
  for (const node of dead) yield { t: "dead", node }
  for (const { last, name } of rooms.values()) yield { t: "room", name, last }
  for (const { attachment, features, isAbsent, rooms, session, username } of [...lobby.members, ...absent])
    yield {
      t: "holder",
      username,
      features,
      ...attachment,
      isAbsent,
      rooms: rooms.map(({ name }) => name),
      session: session && { hash: session.hash, letters: session.inbox.last }
    }
  for (const { members, name } of rooms.values())
    for (const { username } of members) yield { t: "member", room: name, username }
}

const sessionRows = function* ({ sessions }: State): Iterable<Row> {
  for (const [session, holder] of sessions)
    for (const [cid, receipt] of holder.session!.receipts) yield { t: "receipt", session, cid, ...receipt }
}

const messageRows = function* ({ archive, lobby, rooms, sessions }: State): Iterable<Row> {
  const places = new Map<Ring | undefined, { room: string } | { inbox: string }>()
  for (const room of [lobby, ...rooms.values()]) places.set(room, { room: room.name })
  for (const [inbox, { session }] of sessions) places.set(session!.inbox, { inbox })
  for (let said = archive.oldest; said !== undefined; said = said.newer) {
    const { at, content, place, position, seq, session, username } = said
    yield { t: "said", ...places.get(place), seq, position, at, username, content, session }
  }
}

/** Packs rows into as few texts as there need be. */
const pack = function* (rows: Iterable<Row>, bytesMax: number): Iterable<string> {
  let texts: Array<string> = []
  let bytes = 0
  for (const row of rows) {
    const text = JSON.stringify(row)
    const more = Buffer.byteLength(text) + 1
    if (bytes > 0 && bytes + more + 1 > bytesMax) {
      yield `[${texts.join()}]`
      texts = []
      bytes = 0
    }
    texts.push(text)
    bytes += more
  }
  yield `[${texts.join()}]`
}
