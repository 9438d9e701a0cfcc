import { type Handler, refuse } from "./Conversation.ts"
import { partsWithId } from "./Replies.ts"

/** Lists who is logged in, after everything that was acknowledged before (LIST-1, SYNC-1). */
export const list: Handler<"list"> = (conversation, { id }) => {
  const { connection, house, username } = conversation
  if (username === undefined) return refuse(conversation, "not_logged_in", id)
  return house.hub.inTurn(() => {
    const bytes = house.replies.list(house.registry.usernames())
    conversation.answeredBytes += bytes.length
    connection.offerTogether(partsWithId(bytes, id), true)
    return undefined
  })
}
