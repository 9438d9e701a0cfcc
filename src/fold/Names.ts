import { isUsername, usernameKey } from "../Username.ts"
import type { OperationOf } from "./Operation.ts"
import { Ring } from "./Ring.ts"
import { empty, forgetUnlessUsed } from "./Retention.ts"
import { enter, partFrom } from "./Rooms.ts"
import { holderOf, isRoomName, roomOf, type Holder, type State } from "./State.ts"
import type { Turn } from "./Turn.ts"

/** Gives a name to a session that comes back (RESUME-2), or to whoever asks for one that is free (LOGIN-3, LOGIN-9). */
export const login = (turn: Turn, operation: OperationOf<"login">): void => {
  const { state } = turn
  if (holderOf(state, turn.entry.node, operation.id) !== undefined) return turn.refuse("already_logged_in")
  const key = usernameKey(operation.username)
  const known = operation.resume === undefined ? undefined : state.sessions.get(operation.resume)
  if (known !== undefined && known.key === key) return resume(turn, known, operation)
  if (state.names.has(key)) return turn.refuse("username_taken")
  const { features, id, token, username } = operation
  const attachment = { node: turn.entry.node, id }
  const session =
    token === undefined ? undefined : { hash: token, inbox: new Ring(0), receipts: new Map<string, never>() }
  const holder = { username, key, features, attachment, isAbsent: false, session, rooms: [] }
  state.names.set(key, holder)
  if (token !== undefined) state.sessions.set(token, holder)
  attach(state, holder)
  for (const room of operation.rooms ?? []) enterAgain(state, holder, room)
  turn.tell({ t: "granted", holder, isResumed: false, replaced: undefined })
}

/** Joins a room of a session that is not known any more, as far as limits allow (RESUME-4). */
const enterAgain = (state: State, holder: Holder, name: string): void => {
  if (isRoomName(name) && roomOf(state, name)?.members.has(holder) !== true) enter(state, holder, name)
}

const resume = (turn: Turn, holder: Holder, { features, id }: OperationOf<"login">): void => {
  const { state } = turn
  const replaced = holder.isAbsent ? undefined : holder.attachment
  if (replaced !== undefined) state.nodes.get(replaced.node)?.holders.delete(replaced.id)
  holder.features = features
  holder.attachment = { node: turn.entry.node, id }
  if (holder.isAbsent) {
    holder.isAbsent = false
    state.absent.delete(holder)
    for (const room of holder.rooms) room.away--
  }
  attach(state, holder)
  turn.tell({ t: "granted", holder, isResumed: true, replaced })
  if (!features.includes("rooms"))
    while (holder.rooms[0] !== undefined) partFrom(state, holder, holder.rooms[0])
}

/** Puts a client where its connection, the lobby and its rooms find it. */
const attach = (state: State, holder: Holder): void => {
  state.nodes.get(holder.attachment.node)!.holders.set(holder.attachment.id, holder)
  state.lobby.members.add(holder)
  for (const room of holder.rooms) room.members.add(holder)
}

/** Ends a connection; its session, if it has one, is kept with `keep` (RESUME-1), or ends, too (RESUME-6). */
export const leave = (turn: Turn, { id, keep }: OperationOf<"leave">): void => {
  const holder = turn.holder(id)
  if (holder !== undefined) detach(turn, holder, keep)
}

/** Ends the connection of whoever holds a name, and its session. */
export const kick = (turn: Turn, { reason, username }: OperationOf<"kick">): void => {
  const holder = isUsername(username) ? turn.state.names.get(usernameKey(username)) : undefined
  if (holder === undefined || holder.isAbsent) turn.tell({ t: "done" })
  else detach(turn, holder, false, { reason })
}

/** Takes a client from where `attach` put it. */
export const detach = (
  turn: Turn,
  holder: Holder,
  keep: boolean,
  kick?: { readonly reason: string | undefined }
): void => {
  const { state } = turn
  state.nodes.get(holder.attachment.node)?.holders.delete(holder.attachment.id)
  state.lobby.members.delete(holder)
  for (const room of holder.rooms) room.members.delete(holder)
  if (keep && holder.session !== undefined) {
    holder.isAbsent = true
    state.absent.add(holder)
    for (const room of holder.rooms) room.away++
  } else release(state, holder)
  turn.tell(kick === undefined ? { t: "left", holder } : { t: "left", holder, kick })
  boundAbsent(turn)
}

/** Ends the longest absent sessions while there are too many. */
export const boundAbsent = (turn: Turn): void => {
  const { absent, rules } = turn.state
  for (const holder of absent) {
    if (absent.size <= rules.absent) return
    end(turn, holder)
  }
}

/** Ends a session whose grace is over, unless it has come back since (RESUME-1). */
export const over = (turn: Turn, { id, of, session }: OperationOf<"over">): void => {
  const holder = turn.state.sessions.get(session)
  const isDue = holder?.isAbsent === true && holder.attachment.node === of && holder.attachment.id === id
  if (isDue) end(turn, holder)
  else turn.tell({ t: "done" })
}

/** Ends an absent session. */
const end = (turn: Turn, holder: Holder): void => {
  turn.state.absent.delete(holder)
  for (const room of holder.rooms) room.away--
  release(turn.state, holder)
  turn.tell({ t: "over", holder })
}

/** Frees the name of a client that is in no room any more; nothing is kept for it (DM-4). */
const release = (state: State, holder: Holder): void => {
  state.names.delete(holder.key)
  for (const room of holder.rooms) forgetUnlessUsed(state, room)
  if (holder.session === undefined) return
  state.sessions.delete(holder.session.hash)
  empty(state, holder.session.inbox)
}
