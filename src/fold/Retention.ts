import { usernameKey } from "../Username.ts"
import type { Hash } from "./Operation.ts"
import { boundReceipts } from "./Receipts.ts"
import { Said, type Ring } from "./Ring.ts"
import { Room, type State } from "./State.ts"
import type { Turn } from "./Turn.ts"

/** Gives words their number in a room, and keeps them as long as the rules allow. */
export const keepInRoom = (
  turn: Turn,
  room: Room,
  username: string,
  content: string,
  session?: Hash
): Said => {
  const said = number(turn, room, username, content, session)
  if (turn.state.rules.history === 0) return said
  turn.state.archive.add(said)
  boundRoom(turn.state, room)
  boundAll(turn.state)
  return said
}

/** Gives a letter its number in an inbox, and keeps it there as long as the rules allow. */
export const keepInInbox = (
  turn: Turn,
  inbox: Ring,
  username: string,
  content: string,
  session?: Hash
): Said => {
  const said = number(turn, inbox, username, content, session)
  turn.state.archive.add(said)
  boundInbox(turn.state, inbox)
  boundAll(turn.state)
  return said
}

const number = (
  turn: Turn,
  place: Ring,
  username: string,
  content: string,
  session: Hash | undefined
): Said => new Said(place, ++place.last, turn.position, turn.entry.at, username, content, session)

const boundRoom = (state: State, room: Room): void => {
  while (room.size > state.rules.history) drop(state, room.oldest!)
}

const boundInbox = (state: State, inbox: Ring): void => {
  while (inbox.size > state.rules.inbox || inbox.bytes > state.rules.inboxBytes) drop(state, inbox.oldest!)
}

const boundAll = (state: State): void => {
  while (state.archive.bytes > state.rules.historyBytes) drop(state, state.archive.oldest!)
}

/** Drops what the rules do not allow any more. */
export const boundByRules = (state: State): void => {
  for (const room of [state.lobby, ...state.rooms.values()]) boundRoom(state, room)
  for (const { session } of state.sessions.values()) {
    boundInbox(state, session!.inbox)
    boundReceipts(session!.receipts, state.rules.receipts)
  }
  boundAll(state)
}

/** Drops what was said before a position (HIST-4). */
export const trim = (state: State, before: number): void => {
  while (state.archive.oldest !== undefined && state.archive.oldest.position < before)
    drop(state, state.archive.oldest)
}

/** Drops what was said under a name, in rooms and in inboxes, and the receipts of it, by which short words can be guessed. */
export const forgetUser = (state: State, username: string): void => {
  const key = usernameKey(username)
  for (let said = state.archive.oldest; said !== undefined;) {
    const { newer } = said
    if (usernameKey(said.username) === key) drop(state, said)
    said = newer
  }
  state.names.get(key)?.session?.receipts.clear()
}

/** Drops all that is kept in a place: the letters of a session that is over (DM-4), or what was said in a room. */
export const empty = (state: State, place: Ring): void => {
  while (place.oldest !== undefined) state.archive.remove(place.oldest)
}

const drop = (state: State, said: Said): void => {
  state.archive.remove(said)
  if (said.place instanceof Room) forgetUnlessUsed(state, said.place)
}

/** Forgets a room once nobody is in it and nothing is kept of it (ROOM-1): later rooms begin above its numbers (SEQ-4). */
export const forgetUnlessUsed = (state: State, room: Room): void => {
  if (room.exists || room === state.lobby) return
  state.rooms.delete(room.key)
  state.forgotten = Math.max(state.forgotten, room.last)
}

/**
 * Forgets the room in which nothing was said for the longest time, of those that only their history keeps: otherwise a
 * client that goes through many rooms, and says a word in each, would leave none to anybody (ROOM-1).
 */
export const forgetMostSilent = (state: State): void => {
  let silent: Room | undefined
  for (const room of state.rooms.values())
    if (!room.isInUse && (silent === undefined || room.newest!.position < silent.newest!.position))
      silent = room
  if (silent === undefined) return
  empty(state, silent)
  forgetUnlessUsed(state, silent)
}
