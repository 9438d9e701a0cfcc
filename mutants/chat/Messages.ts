import type { Chat } from "./Chat.ts"

type Messages = Pick<Chat, "message" | "problemOfMessage">

/** Messages: to the lobby, into a room, or to one person. */
export const messages = (chat: Chat): Messages => ({
  message(client, request) {
    const problem = chat.problemOfMessage(client, request)
    if (problem !== undefined) return chat.refusal(problem, client)
    const receipt = chat.receiptOf(client, request)
    if (receipt !== undefined)
      return receipt.said === chat.receiptKey(client, request)
        ? { ...receipt.ack, duplicate: true }
        : chat.refusal("invalid_request", client)
    if (request.to !== undefined && chat.hears(client, "direct")) return chat.direct(client, request)
    const room = chat.roomOf(client, request)
    if (typeof room === "string") return chat.refusal(room, client)
    const done =
      room === chat.lobby
        ? chat.broadcast(client, chat.event(client, request))
        : chat.sayIn(room, client, request)
    const ack = () => {
      const seq = room.last
      client.afterReply = () => chat.passOver(client, room, seq)
      return chat.acked(client, request, chat.ackIn(client, room))
    }
    return done instanceof Promise ? done.then(ack) : ack()
  },

  problemOfMessage(client, { cid, content, username }) {
    if (client.name === undefined) return "not_logged_in"
    if (typeof content !== "string" || content === "") return "invalid_request"
    if (cid !== undefined && chat.hears(client, "history") && !isCid(cid)) return "invalid_request"
    if (username === undefined) return undefined
    if (typeof username !== "string") return "invalid_request"
    return chat.key(username) === chat.key(client.name) ? undefined : "username_mismatch"
  }
})

const isCid = (cid: unknown): boolean => typeof cid === "string" && cid !== "" && [...cid].length <= 64
