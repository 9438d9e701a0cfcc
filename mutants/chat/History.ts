import type { Chat } from "./Chat.ts"

type History = Pick<Chat, "epoch" | "floor" | "keep" | "keepMax" | "expire" | "firstOf" | "history" | "page">

/** What is kept of each room. */
export const history = (chat: Chat): History => ({
  epoch: Math.random().toString(36).slice(2, 10),

  floor: 0,

  keep(room, client, content) {
    const said = { seq: ++room.last, at: Date.now(), username: client.name!, content, by: client.session }
    room.kept.push(said)
    chat.expire(room)
    return said
  },

  keepMax: (room) => (room.key === "@" ? chat.inboxMax : chat.historyMax),

  expire(room) {
    const { kept } = room
    const oldestAt = Date.now() - chat.historyAgeMillis
    let bytes = room.key === "@" ? bytesOf(kept) : 0
    while (kept.length > 0) {
      const oldest = kept[0]!
      if (kept.length <= chat.keepMax(room) && oldest.at >= oldestAt && bytes <= chat.inboxBytesMax) return
      bytes -= bytesOf([oldest])
      kept.shift()
    }
  },

  firstOf: (room) => room.kept[0]?.seq ?? room.last + 1,

  history(client, request) {
    const { before, limit = 50 } = request
    const room = chat.roomOf(client, request)
    if (typeof room === "string") return chat.refusal(room, client)
    chat.expire(room)
    const isRight = isCount(limit) && limit <= pageMax && (before === undefined || isCount(before))
    if (!isRight) return chat.refusal("invalid_request", client)
    const page = chat.page(room, before ?? room.last + 1, limit)
    const messages: Array<object> = []
    let bytes = 0
    for (const { at, content, seq, username } of page.toReversed()) {
      const message = { seq, username, content, at }
      bytes += Buffer.byteLength(JSON.stringify(message)) + 1
      if (messages.length > 0 && bytes > chat.pageBytesMax) break
      messages.unshift(message)
    }
    return chat.placed({ status: "success", first: chat.firstOf(room), messages }, room)
  },

  page: (room, before, limit) => room.kept.filter(({ seq }) => seq < before).slice(-limit)
})

/** The most messages on a page of history. */
const pageMax = 200

const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 1

const bytesOf = (kept: ReadonlyArray<{ readonly content: string }>): number =>
  kept.reduce((bytes, { content }) => bytes + Buffer.byteLength(content), 0)
