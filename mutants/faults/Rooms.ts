import type { Chat, Client, Reply, Request } from "../chat/Chat.ts"
import { emptyRoom } from "../chat/Rooms.ts"
import { type Fault, may } from "../Fault.ts"

/** The base, with a reply to `join` or to another request about rooms changed. */
const answering =
  (
    piece: "join" | "part" | "roomList" | "listRoom",
    change: (reply: Reply, request: Request, client: Client, base: Chat) => Reply
  ) =>
  (base: Chat): Partial<Chat> => ({
    [piece]: (client: Client, request: Request) =>
      change(base[piece](client, request) as Reply, request, client, base)
  })

/** Those with a feature. */
const withFeature = (base: Chat, feature: string): ReadonlyArray<Client> =>
  [...base.members.values()].filter((member) => base.hears(member, feature))

/** ROOM: who hears what, and under which name a room goes. */
export const roomFaults: ReadonlyArray<Fault> = [
  // Names
  may("rooms-by-exact-name", ["ROOM-1"], "compares the names of rooms byte by byte", () => ({
    roomKey: (name) => name
  })),
  may("lobby-spelled", ["ROOM-1"], "names the lobby in replies and events", () => ({
    placed: (object, room) => ({ ...object, room: room.name })
  })),
  may("lobby-is-a-room", ["ROOM-1"], "makes a room of its own for whoever joins the lobby", () => ({
    lobby: emptyRoom("lobby", "", 0)
  })),
  may(
    "lobby-left",
    ["ROOM-1"],
    "lets people leave the lobby",
    answering("part", (reply, { room }) =>
      reply.code === "invalid_room" ? { status: "success", room } : reply
    )
  ),
  may("inbox-joined", ["ROOM-1"], "takes @ for the name of a room", (base) => ({
    isRoomName: (name) => base.isName(name)
  })),
  may("any-room-name", ["ROOM-1"], "takes any text for the name of a room", () => ({
    isRoomName: (name) => name !== "@"
  })),
  may("room-of-every-object", ["ROOM-1"], "looks rooms up in an object that has a __proto__", (base) => ({
    isRoomName: (name) => base.isRoomName(name) && !(name in {})
  })),
  may(
    "room-spelled-as-asked",
    ["ROOM-1"],
    "spells a room as whoever joins it does",
    answering("join", (reply, { room }) => ("room" in reply ? { ...reply, room } : reply))
  ),
  may("room-gone-with-the-last", ["ROOM-1"], "forgets a room when the last one leaves it", (base) => ({
    forget: (room) => {
      if (room.members.size === 0) room.kept.length = 0
      base.forget(room)
    }
  })),
  may(
    "rooms-of-ones-own",
    ["ROOM-1"],
    "lists only the rooms that the asker is in",
    answering("roomList", ({ rooms, ...reply }) => ({
      ...reply,
      rooms: (rooms as ReadonlyArray<{ readonly joined: boolean }>).filter(({ joined }) => joined)
    }))
  ),
  may(
    "rooms-with-lobby",
    ["ROOM-1"],
    "lists the lobby among the rooms",
    answering("roomList", ({ rooms, ...reply }, _, __, base) => {
      const lobby = { room: "lobby", users: base.members.size, joined: true }
      return { ...reply, rooms: [lobby, ...(rooms as ReadonlyArray<object>)] }
    })
  ),
  may(
    "joined-unknown",
    ["ROOM-1"],
    "does not say which rooms the asker is in",
    answering("roomList", ({ rooms, ...reply }) => ({
      ...reply,
      rooms: (rooms as ReadonlyArray<object>).map((room) => Object.assign(room, { joined: false }))
    }))
  ),

  // Members
  may("rooms-for-all", ["ROOM-2"], "sends what is said in a room to everybody who has rooms", (base) => ({
    sayIn: (room, client, request) => {
      const said = base.keep(room, client, String(request.content))
      for (const to of withFeature(base, "rooms")) if (to !== client) base.tell(to, room, said)
    }
  })),
  may(
    "rooms-for-plain-clients",
    ["ROOM-2", "PLAIN-1"],
    "sends what is said in a room to everybody",
    (base) => ({
      sayIn: (room, client, request) => {
        base.sayIn(room, client, request)
        for (const to of base.recipients(client))
          if (!base.presentIn(room).includes(to)) base.send(to, base.event(client, request))
      }
    })
  ),
  may("said-from-outside", ["ROOM-2"], "does not ask whether a speaker is in the room", (base) => ({
    roomOf: (client, request) => {
      const room = base.roomOf(client, request)
      const known = base.rooms.get(base.roomKey(String(request.room)))
      return request.type === "message" && room === "not_in_room" ? (known ?? room) : room
    }
  })),
  may(
    "seen-from-outside",
    ["ROOM-2"],
    "shows the members and the history of a room to everybody",
    (base) => ({
      roomOf: (client, request) => {
        const room = base.roomOf(client, request)
        const known = base.rooms.get(base.roomKey(String(request.room)))
        return request.type !== "message" && room === "not_in_room" ? (known ?? room) : room
      }
    })
  ),
  may(
    "unknown-room-is-invalid",
    ["ROOM-2"],
    "takes the name of a room that there is not for none",
    (base) => ({
      roomOf: (client, request) => {
        const room = base.roomOf(client, request)
        return room === "not_in_room" && !base.rooms.has(base.roomKey(String(request.room)))
          ? "invalid_room"
          : room
      }
    })
  ),
  may("hears-after-leaving", ["ROOM-2"], "goes on sending a room to whoever has left it", () => ({
    exit: (session, room) => void session.rooms.delete(room)
  })),
  may(
    "room-hears-itself",
    ["ROOM-2", "MSG-3"],
    "sends what is said in a room to its sender, too",
    (base) => ({
      sayIn: (room, client, request) => {
        base.sayIn(room, client, request)
        base.tell(client, room, room.kept.at(-1)!)
      }
    })
  ),
  may("room-twice", ["ROOM-2"], "sends what is said in a room twice", (base) => ({
    sayIn: (room, client, request) => {
      base.sayIn(room, client, request)
      for (const to of base.presentIn(room))
        if (to !== client) base.send(to, base.shown(to, room, room.kept.at(-1)!))
    }
  })),
  may("one-room-each", ["ROOM-2"], "takes people out of one room when they join another", (base) => ({
    enter: (session, room) => {
      for (const other of session.rooms) base.exit(session, other)
      base.enter(session, room)
    }
  })),

  // Order
  may(
    "past-before-the-reply",
    ["ROOM-3"],
    "sends the history of a room before the reply to the join",
    (base) => ({
      join: (client, request) => {
        const reply = base.join(client, request)
        client.afterReply?.()
        client.afterReply = undefined
        return reply
      }
    })
  ),
  may("room-users-by-name", ["ROOM-3"], "keeps the members of a room in a sorted map", (base) => ({
    roomUsers: (room) => base.roomUsers(room).toSorted()
  })),
  may(
    "asker-not-in-room",
    ["ROOM-3"],
    "answers a join with those who were there before",
    answering("join", (reply, _, { name }) =>
      "users" in reply
        ? { ...reply, users: (reply.users as ReadonlyArray<string>).filter((user) => user !== name) }
        : reply
    )
  ),
  may("room-in-two-orders", ["ROOM-4"], "sends every other message later to every other member", (base) => ({
    tell: (client, room, said) => {
      const isLate =
        room !== base.lobby && [...room.members].findIndex((one) => one.client === client) % 2 === 1
      if (!isLate || said.seq % 2 === 0) base.tell(client, room, said)
      else setTimeout(() => base.send(client, base.shown(client, room, said)), laterMillis)
    }
  })),

  // Presence
  may("room-presence-never", ["ROOM-5"], "never says who joins or leaves a room", () => ({
    announceIn: () => {}
  })),
  may("room-left-unsaid-at-the-end", ["ROOM-5"], "does not say in rooms that somebody is gone", (base) => ({
    announceIn: (room, type, who) =>
      type === "left" && who.ended ? undefined : base.announceIn(room, type, who)
  })),
  may(
    "room-presence-without-room",
    ["ROOM-5"],
    "does not say which room somebody joined or left",
    (base) => ({
      announceIn: (room, type, who) => {
        for (const to of base.presentIn(room))
          if (to !== who && base.hears(to, "presence")) base.send(to, { type, username: who.session!.name })
      }
    })
  ),
  may("room-presence-for-all", ["ROOM-5"], "tells of joins and leaves those who did not ask", (base) => ({
    announceIn: (room, type, who) => {
      for (const to of base.presentIn(room))
        if (to !== who) base.send(to, base.placed({ type, username: who.session!.name }, room))
    }
  })),
  may("room-presence-to-oneself", ["ROOM-5"], "tells those who join a room that they joined", (base) => ({
    announceIn: (room, type, who) => {
      base.announceIn(room, type, who)
      if (base.hears(who, "presence") && !who.ended)
        base.send(who, base.placed({ type, username: who.session!.name }, room))
    }
  })),
  may(
    "lobby-left-first",
    ["ROOM-5"],
    "says that somebody left the lobby before it says so in rooms",
    (base) => ({
      depart: (session, client) => queueMicrotask(() => base.depart(session, client))
    })
  ),
  may("joined-again", ["ROOM-5", "ROOM-1"], "announces whoever joins a room twice", (base) => ({
    join: (client, request) => {
      const room = base.rooms.get(base.roomKey(String(request.room)))
      if (room !== undefined && client.session!.rooms.has(room)) base.announceIn(room, "joined", client)
      return base.join(client, request)
    }
  }))
]

/** Long enough for another message to overtake. */
const laterMillis = 50
