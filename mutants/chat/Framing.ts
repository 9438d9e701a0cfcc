import type { Chat, Client } from "./Chat.ts"
import { JsonStream } from "./JsonStream.ts"

type Framing = Pick<
  Chat,
  "accept" | "converse" | "reader" | "receive" | "text" | "parse" | "malformed" | "finished"
>

/** From a connection's bytes to its requests, one after the other. */
export const framing = (chat: Chat): Framing => ({
  accept(socket) {
    const client: Client = {
      socket,
      reader: chat.reader(),
      name: undefined,
      features: [],
      session: undefined,
      waiting: [],
      cursors: new Map(),
      afterReply: undefined,
      malformedInARow: 0,
      ended: false
    }
    chat.clients.add(client)
    socket.on("error", () => {}) // a close always follows
    socket.on("close", () => chat.closed(client))
    void chat.converse(client)
  },

  async converse(client) {
    for await (const chunk of chunksOf(client)) {
      for (const frame of client.reader.push(chunk)) {
        if (client.ended) break
        await chat.receive(client, frame)
      }
    }
    if (!client.ended && !client.socket.destroyed) chat.finished(client)
  },

  reader: () => new JsonStream(chat.frameBytesMax),

  receive(client, frame) {
    if (frame === "too_large") return chat.endBecause(client, "too_large")
    if (frame === "malformed") return chat.malformed(client)
    if (frame === "unreadable") return chat.malformed(client, true)
    client.malformedInARow = 0
    return chat.answer(client, chat.parse(chat.text(frame)))
  },

  text: (bytes) => bytes.toString("utf8"),

  parse: (text) => JSON.parse(text) as unknown,

  malformed(client, isUnreadable = false) {
    if (isUnreadable || ++client.malformedInARow >= chat.malformedMax) chat.endBecause(client, "invalid_json")
    else chat.send(client, chat.refusal("invalid_json", client))
  },

  finished: (client) => chat.end(client)
})

/** The chunks up to FIN or reset; then a blank, because only that or the end can finish a number. */
async function* chunksOf({ socket }: Client): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) yield chunk as Buffer
  } catch {
    return // reset: `close` says so to everyone
  }
  yield Buffer.from(" ")
}
