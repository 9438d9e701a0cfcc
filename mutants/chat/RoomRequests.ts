import type { Chat, Client, Room } from "./Chat.ts"

type RoomRequests = Pick<Chat, "join" | "part" | "roomList" | "listRoom">

/** The requests about rooms. */
export const roomRequests = (chat: Chat): RoomRequests => ({
  join(client, request) {
    const { after, epoch, recent, room: name } = request
    const session = client.session!
    if (typeof name !== "string") return chat.refusal("invalid_request", client)
    if (!chat.isRoomName(name)) return chat.refusal("invalid_room", client)
    const asksHistory = chat.hears(client, "history")
    if (asksHistory && !isReach(recent, after)) return chat.refusal("invalid_request", client)
    const key = chat.roomKey(name)
    const known = key === chat.lobby.key ? chat.lobby : chat.rooms.get(key)
    const isThere = known === chat.lobby || (known !== undefined && session.rooms.has(known))
    if (known === undefined && chat.rooms.size >= chat.roomsMax) return chat.refusal("too_many_rooms", client)
    if (!isThere && session.rooms.size >= chat.roomsPerClientMax)
      return chat.refusal("too_many_rooms", client)
    const room = known ?? chat.makeRoom(name, key)
    chat.expire(room)
    if (!isThere) {
      chat.rooms.set(key, room)
      chat.enter(session, room)
      client.cursors.set(room, room.last)
    }
    const users = room === chat.lobby ? chat.usernames() : chat.roomUsers(room)
    const reply = chat.placed({ status: "success", users, ...reachOf(chat, client, room) }, room)
    client.afterReply = () => {
      if (isThere || !asksHistory) return
      if (epoch !== undefined && after !== undefined && epoch !== chat.epoch)
        chat.tellGap(client, room, { reason: "epoch", epoch: chat.epoch, last: room.last })
      else if (after !== undefined) chat.replay(client, room, after as number, true)
      else if (recent !== undefined)
        chat.replay(client, room, Math.max(chat.firstOf(room) - 1, room.last - (recent as number)), true)
    }
    return reply
  },

  part(client, request) {
    const room = chat.roomOf(client, request)
    if (typeof room === "string") return chat.refusal(room, client)
    if (room === chat.lobby) return chat.refusal("invalid_room", client)
    chat.exit(client.session!, room)
    chat.announceIn(room, "left", client)
    return chat.placed({ status: "success" }, room)
  },

  roomList(client) {
    const list = [...chat.rooms.values()].toSorted((one, other) => (one.key < other.key ? -1 : 1))
    const rooms = list.map((room) => {
      const last = chat.hears(client, "history") ? room.last : undefined
      return {
        room: room.name,
        users: chat.roomUsers(room).length,
        last,
        joined: client.session!.rooms.has(room)
      }
    })
    return { status: "success", rooms }
  },

  listRoom(client, request) {
    const room = chat.roomOf(client, request)
    if (typeof room === "string") return chat.refusal(room, client)
    if (room === chat.lobby) return chat.users(chat.usernames())
    return chat.placed(chat.users(chat.roomUsers(room)), room)
  }
})

/** The numbers of the oldest and of the newest message that are kept, for whoever has history. */
const reachOf = (chat: Chat, client: Client, room: Room) =>
  chat.hears(client, "history") ? { first: chat.firstOf(room), last: room.last } : {}

/** True for at most one of `recent`, so many messages, and `after`, a number. */
const isReach = (recent: unknown, after: unknown): boolean => {
  if (recent !== undefined && after !== undefined) return false
  if (recent !== undefined) return Number.isInteger(recent) && Number(recent) >= 1
  return after === undefined || (Number.isInteger(after) && Number(after) >= 0)
}
