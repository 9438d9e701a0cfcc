import { answerInPlace, type Handler, nameOf, readInTurn, refusal, refuse, roomWith } from "./Conversation.ts"

/** Lists who is logged in, or in a room, after everything that was acknowledged before (LIST-1, SYNC-1). */
export const list: Handler<"list"> = (conversation, { id, room: name }) => {
  const { house } = conversation
  if (conversation.username === undefined) return refuse(conversation, "not_logged_in", id)
  return readInTurn(conversation, id, () => {
    const { registry, replies } = house
    const room = roomWith(conversation, name)
    if (typeof room === "string") return refusal(conversation, room, id)
    const users = registry.usernames(room)
    const inRoom = nameOf(room)
    const bytes = inRoom === undefined ? replies.list(users) : replies.done({ room: inRoom, users })
    return () => answerInPlace(conversation, bytes, id)
  })
}
