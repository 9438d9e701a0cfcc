import * as Effect from "effect/Effect"
import { type Handler, refuse } from "./Conversation.ts"
import { withId } from "./Replies.ts"

/** Ends the connection; the reply is its last words (LOGOUT-1). */
export const logout: Handler<"logout"> = (conversation, { id }) => {
  const { house, username } = conversation
  if (username === undefined) return refuse(conversation, "not_logged_in", id)
  conversation.lastWords = withId(house.replies.goodbye(username), id)
  return Effect.fail("logout")
}
