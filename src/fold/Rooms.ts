import { isUsername, usernameKey } from "../Username.ts"
import type { OperationOf } from "./Operation.ts"
import { forgetUnlessUsed } from "./Retention.ts"
import { lobbyKey, Room, roomOf, type Holder, type State } from "./State.ts"
import type { Turn } from "./Turn.ts"

/** True of what may be the name of a room: `@` is where letters come from (ROOM-1). */
export const isRoomName = (name: string): boolean => name !== "@" && isUsername(name)

export const join = (turn: Turn, { id, room: name }: OperationOf<"join">): void => {
  const holder = turn.holder(id)
  if (holder === undefined) return
  if (!isRoomName(name)) return turn.refuse("invalid_room")
  const known = roomOf(turn.state, name)
  if (known !== undefined && isIn(holder, known))
    return turn.tell({ t: "joined", holder, room: known, isNew: false })
  const room = enter(turn.state, holder, name)
  if (room === undefined) return turn.refuse("too_many_rooms")
  turn.tell({ t: "joined", holder, room, isNew: true })
}

export const part = (turn: Turn, { id, room: name }: OperationOf<"part">): void => {
  const holder = turn.holder(id)
  if (holder === undefined) return
  if (!isRoomName(name) || usernameKey(name) === lobbyKey) return turn.refuse("invalid_room")
  const room = roomOf(turn.state, name)
  if (room === undefined || !isIn(holder, room)) return turn.refuse("not_in_room")
  holder.rooms.delete(room)
  room.members.delete(holder)
  forgetUnlessUsed(turn.state, room)
  turn.tell({ t: "parted", holder, room })
}

/** True of a client in the rooms that it joined, and in the lobby. */
export const isIn = (holder: Holder, room: Room): boolean => room.members.has(holder)

/** Puts a client into a room of a valid name, which is made if it does not exist; gives none if limits forbid it. */
export const enter = (state: State, holder: Holder, name: string): Room | undefined => {
  if (holder.rooms.size >= state.rules.roomsPerClient) return undefined
  const room = roomOf(state, name) ?? make(state, name)
  if (room === undefined) return undefined
  holder.rooms.add(room)
  room.members.add(holder)
  return room
}

const make = (state: State, name: string): Room | undefined => {
  if (state.rooms.size >= state.rules.rooms) return undefined
  const room = new Room(usernameKey(name), name, state.forgotten)
  state.rooms.set(room.key, room)
  return room
}
