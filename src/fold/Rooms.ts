import { usernameKey } from "../Username.ts"
import type { OperationOf } from "./Operation.ts"
import { forgetMostSilent, forgetUnlessUsed } from "./Retention.ts"
import { isRoomName, Room, roomOf, type Holder, type State } from "./State.ts"
import type { Turn } from "./Turn.ts"

export const join = (turn: Turn, { id, room: name }: OperationOf<"join">): void => {
  const holder = turn.holder(id)
  if (holder === undefined) return
  if (!isRoomName(name)) return turn.refuse("invalid_room")
  const known = roomOf(turn.state, name)
  const isNew = known === undefined || !known.members.has(holder)
  const room = isNew ? enter(turn.state, holder, name) : known
  if (room === undefined) return turn.refuse("too_many_rooms")
  turn.tell({ t: "joined", holder, room, isNew })
}

export const part = (turn: Turn, { id, room: name }: OperationOf<"part">): void => {
  const holder = turn.holder(id)
  if (holder === undefined) return
  const room = roomOf(turn.state, name)
  if (!isRoomName(name) || room === turn.state.lobby) return turn.refuse("invalid_room")
  if (room === undefined || !room.members.has(holder)) return turn.refuse("not_in_room")
  partFrom(turn.state, holder, room)
  turn.tell({ t: "parted", holder, room })
}

/** Takes a client out of a room. */
export const partFrom = (state: State, holder: Holder, room: Room): void => {
  holder.rooms.splice(holder.rooms.indexOf(room), 1)
  room.members.delete(holder)
  forgetUnlessUsed(state, room)
}

/** Puts a client into a room of a valid name, which is made if it does not exist; gives none if limits forbid it. */
export const enter = (state: State, holder: Holder, name: string): Room | undefined => {
  if (holder.rooms.length >= state.rules.roomsPerClient) return undefined
  const room = roomOf(state, name) ?? make(state, name)
  if (room === undefined) return undefined
  holder.rooms.push(room)
  room.members.add(holder)
  return room
}

const make = (state: State, name: string): Room | undefined => {
  if (state.rooms.size >= state.rules.rooms) forgetMostSilent(state)
  if (state.rooms.size >= state.rules.rooms) return undefined
  const room = new Room(usernameKey(name), name, state.forgotten)
  state.rooms.set(room.key, room)
  return room
}
