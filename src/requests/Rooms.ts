import type { RoomEntry } from "../Protocol.ts"
import { answerInPlace, type Conversation, type Handler, readInTurn, refuse } from "./Conversation.ts"

/** Lists all rooms but the lobby, by name (ROOM-1). */
export const rooms: Handler<"rooms"> = (conversation, { id }) => {
  if (conversation.username === undefined) return refuse(conversation, "not_logged_in", id)
  return readInTurn(conversation, id, () => {
    const bytes = conversation.house.replies.done({ rooms: entries(conversation) })
    return () => answerInPlace(conversation, bytes, id)
  })
}

const entries = ({ features, holder, house }: Conversation): ReadonlyArray<RoomEntry> => {
  const hasHistory = features.includes("history")
  const sorted = [...house.registry.state.rooms.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
  return sorted.map((room): RoomEntry => {
    const { last, members, name } = room
    const joined = holder !== undefined && members.has(holder)
    const users = members.size
    return hasHistory ? { room: name, users, last, joined } : { room: name, users, joined }
  })
}
