import type { Chat } from "./Chat.ts"

type Leaving = Pick<Chat, "leave" | "end" | "endBecause" | "closed" | "shutDown">

/** Every way a connection ends; each of them frees the name. */
export const leaving = (chat: Chat): Leaving => ({
  leave(client) {
    const { name, session } = client
    if (name === undefined) return
    chat.release(client, name)
    if (session !== undefined) chat.depart(session, client)
    chat.announce("left", client, name)
  },

  /** Sends no more; what still comes is dropped until the peer's FIN, for a bounded time (END-1). */
  end(client) {
    const { socket } = client
    chat.flush(client)
    client.ended = true
    chat.leave(client)
    socket.end()
    const timer = setTimeout(() => socket.destroy(), chat.lingerMillis)
    socket.once("close", () => clearTimeout(timer))
  },

  endBecause(client, code) {
    client.waiting.length = 0
    client.socket.write(chat.encode(chat.refusal(code, client)))
    chat.end(client)
  },

  closed(client) {
    client.ended = true
    chat.clients.delete(client)
    chat.leave(client)
  },

  shutDown() {
    for (const client of chat.clients) if (!client.ended) chat.endBecause(client, "shutting_down")
  }
})
