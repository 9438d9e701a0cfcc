import type { Chat } from "./Chat.ts"

type Receipts = Pick<Chat, "receiptOf" | "receiptKey" | "acked" | "ackIn">

/** Receipts: the latest messages of a session by their `cid`, so that one which is sent again is no second one. */
export const receipts = (chat: Chat): Receipts => ({
  receiptOf: (client, { cid }) =>
    typeof cid === "string" && chat.hears(client, "history") ? client.session!.receipts.get(cid) : undefined,

  receiptKey(client, { content, room, to }) {
    const place = (feature: string, name: unknown) =>
      chat.hears(client, feature) && typeof name === "string" ? chat.roomKey(name) : null
    const key = place("rooms", room)
    return JSON.stringify([key === chat.lobby.key ? null : key, place("direct", to), content])
  },

  acked(client, request, ack) {
    const { cid } = request
    if (typeof cid !== "string" || !chat.hears(client, "history")) return ack
    const { receipts } = client.session!
    const reply = { ...ack, cid }
    receipts.set(cid, { said: chat.receiptKey(client, request), ack: reply })
    if (receipts.size > chat.receiptsMax) receipts.delete([...receipts.keys()][0]!)
    return reply
  },

  ackIn(client, room) {
    const ack = chat.placed(chat.sent(), room)
    return chat.hears(client, "history") ? { ...ack, seq: room.last } : ack
  }
})
