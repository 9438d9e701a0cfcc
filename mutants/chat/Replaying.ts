import type { Chat, Event } from "./Chat.ts"

type Replaying = Pick<
  Chat,
  | "hears"
  | "shown"
  | "tell"
  | "later"
  | "drain"
  | "flush"
  | "startAt"
  | "passOver"
  | "show"
  | "replay"
  | "tellGap"
  | "gap"
>

/** How what is said reaches those with `history`: pulled from what is kept, as their sockets take it. */
export const replaying = (chat: Chat): Replaying => ({
  hears: (client, feature) => client.features.includes(feature),

  shown(client, room, { at, content, seq, username }) {
    const event = { type: "message", username, content }
    const numbered = chat.hears(client, "history") ? { seq, at } : {}
    if (room !== client.session?.inbox) return { ...chat.placed(event, room), ...numbered }
    const letter = { ...event, to: client.session.name }
    return chat.hears(client, "history") ? { ...letter, room: "@", ...numbered } : letter
  },

  tell(client, room, said) {
    if (chat.hears(client, "history")) chat.later(client, () => chat.show(client, room, said))
    else chat.send(client, chat.shown(client, room, said))
  },

  later(client, make) {
    client.waiting.push(make)
    if (client.waiting.length > chat.waitingMax) chat.endBecause(client, "slow_consumer")
    else chat.drain(client)
  },

  drain(client) {
    const { socket, waiting } = client
    while (waiting.length > 0 && !client.ended && !socket.writableNeedDrain)
      for (const object of waiting.shift()!()) chat.write(client, chat.encode(object))
    if (waiting.length > 0 && socket.listenerCount("drain") === 0)
      socket.once("drain", () => chat.drain(client))
  },

  flush(client) {
    for (const make of client.waiting.splice(0))
      for (const object of make()) client.socket.write(chat.encode(object))
  },

  startAt(client, room, seq) {
    chat.later(client, () => {
      client.cursors.set(room, seq)
      return []
    })
  },

  passOver(client, room, seq) {
    if (chat.hears(client, "history"))
      chat.later(client, () => {
        client.cursors.set(room, Math.max(seq, client.cursors.get(room) ?? 0))
        return []
      })
  },

  /** What was dropped while the client was slow is a gap; what the gap told of, or the client knows, is not shown again. */
  show(client, room, said) {
    const cursor = client.cursors.get(room) ?? 0
    if (said.seq <= cursor) return []
    const first = chat.firstOf(room)
    if (said.seq >= first) {
      client.cursors.set(room, said.seq)
      return [chat.shown(client, room, said)]
    }
    client.cursors.set(room, first - 1)
    return [chat.gap(room, { from: cursor + 1, to: first - 1, reason: "expired" })]
  },

  replay(client, room, after, own) {
    chat.expire(room)
    const known = chat.firstOf(room) - 1
    chat.startAt(client, room, Math.max(after, known))
    if (after < known) chat.tellGap(client, room, { from: after + 1, to: known, reason: "expired" })
    for (const said of room.kept)
      if (said.seq > after && (own || said.by !== client.session)) chat.tell(client, room, said)
  },

  tellGap(client, room, what) {
    chat.later(client, () => [chat.gap(room, what)])
  },

  gap: (room, what): Event => chat.placed({ type: "gap", ...what }, room)
})
