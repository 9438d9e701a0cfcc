import type { Chat } from "./Chat.ts"

type Sending = Pick<
  Chat,
  "event" | "recipients" | "broadcast" | "deliver" | "announce" | "reply" | "send" | "encode" | "write"
>

/** The way out: who gets which object, and its bytes. */
export const sending = (chat: Chat): Sending => ({
  event: (client, { content }) => ({ type: "message", username: client.name, content }),

  recipients: (from) => [...chat.members.values()].filter((member) => member !== from),

  broadcast(from, event) {
    const said = chat.keep(chat.lobby, from, String(event.content))
    for (const to of chat.recipients(from))
      if (chat.hears(to, "history")) chat.tell(to, chat.lobby, said)
      else void chat.deliver(to, event, from)
  },

  deliver: (to, event) => chat.send(to, event),

  announce(type, who, name) {
    for (const to of chat.recipients(who))
      if (to.features.includes("presence")) chat.send(to, { type, username: name })
  },

  reply: (client, reply, request) => chat.send(client, chat.withId(reply, request)),

  send: (client, object) =>
    chat.hears(client, "history")
      ? chat.later(client, () => [object])
      : chat.write(client, chat.encode(object)),

  encode: (object) => JSON.stringify(object) + "\n",

  write(client, bytes) {
    if (client.ended) return
    if (client.socket.writableLength > chat.outboxBytesMax) chat.endBecause(client, "slow_consumer")
    else client.socket.write(bytes)
  }
})
