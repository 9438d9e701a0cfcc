import { type Handler, reply } from "./Conversation.ts"

/** Answers, logged in or not (PING-1). */
export const ping: Handler<"ping"> = (conversation, { id }) =>
  reply(conversation, conversation.house.replies.pong, id)
