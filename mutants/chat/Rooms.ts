import type { Chat, Room } from "./Chat.ts"

const lobbyKey = "lobby"

type Rooms = Pick<
  Chat,
  | "lobby"
  | "rooms"
  | "makeRoom"
  | "roomKey"
  | "isRoomName"
  | "roomOf"
  | "enter"
  | "exit"
  | "forget"
  | "presentIn"
  | "roomUsers"
  | "sayIn"
  | "announceIn"
  | "placed"
>

/** Rooms: a session is in those that it joined, and everybody is in the lobby. */
export const rooms = (chat: Chat): Rooms => ({
  lobby: emptyRoom(lobbyKey, lobbyKey, 0),

  rooms: new Map(),

  makeRoom: (name, key) => emptyRoom(name, key, chat.floor),

  roomKey: (name) => chat.key(name),

  isRoomName: (name) => chat.isName(name) && name !== "@",

  roomOf(client, { room: name }) {
    if (name === undefined || !chat.hears(client, "rooms")) return chat.lobby
    if (typeof name !== "string") return "invalid_request"
    if (!chat.isRoomName(name)) return "invalid_room"
    const key = chat.roomKey(name)
    if (key === chat.lobby.key) return chat.lobby
    const room = chat.rooms.get(key)
    return room !== undefined && client.session?.rooms.has(room) === true ? room : "not_in_room"
  },

  enter(session, room) {
    session.rooms.add(room)
    room.members.add(session)
    if (session.client !== undefined) chat.announceIn(room, "joined", session.client)
  },

  exit(session, room) {
    session.rooms.delete(room)
    room.members.delete(session)
    chat.forget(room)
  },

  forget(room) {
    chat.expire(room)
    if (room.members.size > 0 || room.kept.length > 0) return
    chat.rooms.delete(room.key)
    chat.floor = Math.max(chat.floor, room.last)
  },

  presentIn: (room) => [...room.members].flatMap(({ client }) => client ?? []),

  roomUsers: (room) => chat.presentIn(room).flatMap(({ name }) => name ?? []),

  sayIn(room, client, { content }) {
    const said = chat.keep(room, client, String(content))
    for (const to of chat.presentIn(room)) if (to !== client) chat.tell(to, room, said)
  },

  announceIn(room, type, who) {
    for (const to of chat.presentIn(room))
      if (to !== who && to.features.includes("presence"))
        chat.send(to, chat.placed({ type, username: who.session!.name }, room))
  },

  placed: (object, room) => (room === chat.lobby ? object : { ...object, room: room.name })
})

/** A room that nobody is in; its numbers begin above those of rooms that were forgotten. */
export const emptyRoom = (name: string, key: string, last: number): Room => ({
  name,
  key,
  members: new Set(),
  kept: [],
  last
})
