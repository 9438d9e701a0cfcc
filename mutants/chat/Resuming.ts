import type { Chat, Request } from "./Chat.ts"

type Resuming = Pick<Chat, "resume" | "takeOver" | "rejoin" | "catchUp">

/** Coming back: what a login finds again, and what it missed. */
export const resuming = (chat: Chat): Resuming => ({
  resume(client, session, request) {
    chat.takeOver(client, session, request)
    client.afterReply = () => {
      for (const room of [chat.lobby, ...session.rooms, session.inbox]) chat.catchUp(client, room, request)
    }
    return { ...chat.welcome(client, request), ...chat.sessionFields(client, request, true) }
  },

  /** Gives the session its new connection; only if it was absent do others hear of it. */
  takeOver(client, session, request) {
    const old = session.client
    session.features = chat.granted(request)
    const key = chat.key(session.name)
    clearTimeout(session.grace)
    chat.reserved.delete(key)
    chat.members.set(key, client)
    client.name = session.name
    client.session = session
    session.client = client
    if (old !== undefined) {
      old.name = old.session = undefined
      chat.endBecause(old, "session_replaced")
      return
    }
    chat.announce("joined", client, session.name)
    for (const room of session.rooms) chat.announceIn(room, "joined", client)
  },

  /** Joins what a session that is no more had seen, as far as limits allow. */
  rejoin(client, request) {
    const session = client.session!
    const { seen } = request
    const names = typeof seen === "object" && seen !== null ? Object.keys(seen) : []
    for (const name of chat.hears(client, "rooms") ? names : []) {
      const key = chat.roomKey(name)
      if (key === chat.lobby.key || !chat.isRoomName(name)) continue
      const known = chat.rooms.get(key)
      if (session.rooms.size >= chat.roomsPerClientMax) continue
      if (known === undefined && chat.rooms.size >= chat.roomsMax) continue
      const room = known ?? chat.makeRoom(name, key)
      chat.rooms.set(key, room)
      chat.enter(session, room)
    }
    client.afterReply = () => {
      for (const room of [chat.lobby, ...session.rooms]) chat.catchUp(client, room, request)
    }
  },

  catchUp(client, room, request) {
    const seen = seenIn(chat, request).get(room.key)
    const { last } = room
    if (seen !== undefined && request.epoch === chat.epoch && seen <= last)
      return chat.replay(client, room, seen, false)
    chat.startAt(client, room, last)
    if (seen !== undefined) chat.tellGap(client, room, { reason: "epoch", epoch: chat.epoch, last })
    else if (last > 0) chat.tellGap(client, room, { to: last, reason: "unseen" })
  }
})

/** The numbers that a login has seen, by the keys of the rooms. */
const seenIn = (chat: Chat, { seen }: Request): ReadonlyMap<string, number> => {
  const isObject = typeof seen === "object" && seen !== null && !Array.isArray(seen)
  return new Map(
    Object.entries(isObject ? seen : {}).flatMap(([name, number]) =>
      Number.isInteger(number) && number >= 0
        ? [[name === "@" ? "@" : chat.roomKey(name), Number(number)] as const]
        : []
    )
  )
}
