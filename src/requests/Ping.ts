import { type Handler, reply } from "./Conversation.ts"

/** Answers whether or not the client is logged in (PING-1). */
export const ping: Handler<"ping"> = (conversation, { id }) =>
  reply(conversation, conversation.house.replies.pong, id)
