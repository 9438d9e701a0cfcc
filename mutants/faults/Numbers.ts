import { after, without } from "../Changes.ts"
import type { Chat, Client, Reply, Request } from "../chat/Chat.ts"
import { emptyRoom } from "../chat/Rooms.ts"
import { type Fault, may } from "../Fault.ts"

/** The base, with the ack of a message changed. */
const acking =
  (change: (ack: Reply, base: Chat) => Reply) =>
  (base: Chat): Partial<Chat> => ({ ackIn: (client, room) => change(base.ackIn(client, room), base) })

/** The base, changing how a client asks for a room's past. */
const joining =
  (change: (request: Request) => Request) =>
  (base: Chat): Partial<Chat> => ({ join: (client, request) => base.join(client, change(request)) })

/** The base, with a reply to `join` changed. */
const joined =
  (change: (reply: Reply) => Reply) =>
  (base: Chat): Partial<Chat> => ({
    join: (client, request) => {
      const reply = base.join(client, request) as Reply
      return "first" in reply ? change(reply) : reply
    }
  })

/** Sends what was said, whatever the client has seen. */
export const sendAll = (base: Chat, client: Client, ...[room, ...all]: SaidIn): void => {
  for (const said of all) base.send(client, base.shown(client, room, said))
}

type SaidIn = readonly [room: Chat["lobby"], ...all: ReadonlyArray<Chat["lobby"]["kept"][number]>]

/** SEQ and HIST: the numbers of messages, and what is shown of the past. */
export const numberFaults: ReadonlyArray<Fault> = [
  may("numbers-by-two", ["SEQ-1", "SEQ-2"], "counts each message twice", (base) => ({
    keep: (room, client, text) => {
      room.last++
      return base.keep(room, client, text)
    }
  })),
  may("numbers-from-zero", ["SEQ-1"], "begins to count at 0", (base) => ({
    makeRoom: (name, key) => emptyRoom(name, key, base.floor - 1)
  })),
  may("one-counter", ["SEQ-1", "SEQ-2"], "has one counter for all rooms", (base) => {
    let last = 0
    return {
      keep: (room, client, text) => {
        room.last = last++
        return base.keep(room, client, text)
      }
    }
  }),
  may("refused-counts", ["SEQ-1", "SEQ-2"], "counts messages that it refuses", (base) => ({
    message: (client, request) => {
      const reply = base.message(client, request)
      const room = base.roomOf(client, request)
      if ("status" in (reply ?? {}) && (reply as Reply).status === "error" && typeof room === "object")
        room.last++
      return reply
    }
  })),
  may("live-twice", ["SEQ-2"], "sends messages twice to those with history", (base) => ({
    tell: (client, room, said) => {
      base.tell(client, room, said)
      if (base.hears(client, "history") && room.last === said.seq) sendAll(base, client, room, said)
    }
  })),
  may("past-newest-first", ["SEQ-2", "HIST-1"], "shows what is kept from its end", (base) => ({
    replay: (client, room, from, own) => {
      base.startAt(client, room, room.last)
      const due = room.kept.filter(({ by, seq }) => seq > from && (own || by !== client.session))
      sendAll(base, client, room, ...due.toReversed())
    }
  })),
  may(
    "ack-without-number",
    ["SEQ-3"],
    "acks without a number",
    acking((ack) => without(ack, "seq"))
  ),
  may(
    "ack-one-behind",
    ["SEQ-3"],
    "numbers an ack before it counts the message",
    acking((ack) => ("seq" in ack ? { ...ack, seq: Number(ack.seq) - 1 } : ack))
  ),
  may(
    "ack-of-the-lobby",
    ["SEQ-3"],
    "numbers every ack as the lobby counts",
    acking((ack, base) => ("seq" in ack ? { ...ack, seq: base.lobby.last } : ack))
  ),
  may("ack-late", ["SEQ-3"], "acks a message after it has sent what came later", (base) => ({
    message: (client, request) => {
      const reply = base.message(client, request)
      return base.hears(client, "history") ? after(lateMillis, () => reply) : reply
    }
  })),
  may("ack-early", ["SEQ-3"], "sends messages to those with history later than acks", (base) => ({
    tell: (client, room, said) => void setTimeout(() => base.tell(client, room, said), lateMillis)
  })),
  may("epoch-of-the-program", ["SEQ-4"], "names its epoch after the program, not after its start", () => ({
    epoch: "v1"
  })),
  may("lobby-counts-anew", ["SEQ-4", "SEQ-1"], "counts from 1 again when everybody has left", (base) => ({
    release: (client, name) => {
      base.release(client, name)
      if (base.members.size === 0) Object.assign(base.lobby, { last: 0, kept: [] })
    }
  })),
  may(
    "room-counts-anew",
    ["SEQ-4", "SEQ-1", "ROOM-1"],
    "counts from 1 again in a room that was empty",
    (base) => ({
      makeRoom: (name, key) => emptyRoom(name, key, 0),
      forget: (room) => {
        if (room.members.size === 0) room.kept.length = 0
        base.forget(room)
      }
    })
  ),

  may(
    "recent-and-one",
    ["HIST-1"],
    "shows one message more than was asked for",
    joining((request) =>
      Number.isInteger(request.recent) ? { ...request, recent: Number(request.recent) + 1 } : request
    )
  ),
  may(
    "after-and-that",
    ["HIST-1"],
    "shows the message that was seen last as well",
    joining((request) =>
      Number(request.after) > 0 ? { ...request, after: Number(request.after) - 1 } : request
    )
  ),
  may(
    "past-ignored",
    ["HIST-1"],
    "shows nothing of the past",
    joining((request) => without(request, "after", "recent"))
  ),
  may("past-without-own", ["HIST-1"], "leaves out what the asker said", (base) => ({
    replay: (client, room, from) => base.replay(client, room, from, false)
  })),
  may(
    "past-ends-twice",
    ["HIST-1", "SEQ-2"],
    "shows the last message of the past again as the first live one",
    (base) => ({
      replay: (client, room, from, own) => {
        base.replay(client, room, from, own)
        sendAll(base, client, room, ...room.kept.slice(-1).filter(({ seq }) => seq > from))
      }
    })
  ),
  may("past-without-its-end", ["HIST-1"], "forgets the newest message when it shows the past", (base) => ({
    replay: (client, room, from, own) => {
      const newest = own ? room.kept.pop() : undefined
      base.replay(client, room, from, own)
      if (newest === undefined) return
      room.kept.push(newest)
      base.startAt(client, room, room.last)
    }
  })),
  may(
    "first-of-nothing",
    ["HIST-1"],
    "says that an empty room begins at 0",
    joined((reply) => (Number(reply.first) > Number(reply.last) ? { ...reply, first: 0 } : reply))
  ),
  may(
    "last-one-behind",
    ["HIST-1"],
    "says that a room ends before its newest message",
    joined((reply) => ({
      ...reply,
      last: Number(reply.last) - 1
    }))
  ),

  may("page-newest-first", ["HIST-2"], "shows a page from its end", (base) => ({
    page: (room, before, limit) => base.page(room, before, limit).toReversed()
  })),
  may("page-with-before", ["HIST-2"], "shows the message before which it was to begin as well", (base) => ({
    page: (room, before, limit) => base.page(room, before + 1, limit)
  })),
  may("page-from-the-start", ["HIST-2"], "shows the oldest messages for a page", (base) => ({
    page: (room, before, limit) => base.page(room, before, Number.MAX_SAFE_INTEGER).slice(0, limit)
  })),
  may("page-without-limit", ["HIST-2"], "shows everything on one page", (base) => ({
    page: (room, before) => base.page(room, before, Number.MAX_SAFE_INTEGER)
  })),
  may("page-too-large", ["HIST-2"], "makes pages as long as they get", () => ({ pageBytesMax: Infinity })),
  may("page-of-rooms-only", ["HIST-2"], "has no history of the lobby", (base) => ({
    history: (client, request) =>
      request.room === undefined ? base.refusal("invalid_request", client) : base.history(client, request)
  })),
  may("page-from-one", ["HIST-2", "HIST-4"], "says that every history begins at 1", (base) => ({
    history: (client, request) => {
      const reply = base.history(client, request) as Reply
      return "first" in reply ? { ...reply, first: 1 } : reply
    }
  })),

  may("expired-unsaid", ["HIST-3"], "does not say what it no longer has", (base) => ({
    tellGap: (client, room, what) => {
      if (what.reason !== "expired") base.tellGap(client, room, what)
    }
  })),
  may("gap-one-too-far", ["HIST-3"], "says of one message too many that it is gone", (base) => ({
    gap: (room, what) =>
      base.gap(room, what.reason === "expired" ? { ...what, to: Number(what.to) + 1 } : what)
  })),
  may("gap-from-the-start", ["HIST-3"], "says of all that it ever had that it is gone", (base) => ({
    gap: (room, what) => base.gap(room, what.reason === "expired" ? { ...what, from: 1 } : what)
  })),
  may("gap-at-the-end", ["HIST-3"], "says what is gone after it has shown the rest", (base) => {
    const held: Array<() => void> = []
    return {
      tellGap: (client, room, what) => void held.push(() => base.tellGap(client, room, what)),
      replay: (client, room, from, own) => {
        base.replay(client, room, from, own)
        for (const tell of held.splice(0)) tell()
      },
      catchUp: (client, room, request) => {
        base.catchUp(client, room, request)
        for (const tell of held.splice(0)) tell()
      }
    }
  }),
  may("first-falls", ["HIST-4"], "says now and then that it has one message more than it has", (base) => {
    let asked = 0
    const falling = (reply: Reply): Reply =>
      Number(reply.first) > 1 && ++asked % 2 === 0 ? { ...reply, first: Number(reply.first) - 1 } : reply
    return {
      join: (client, request) => falling(base.join(client, request) as Reply),
      history: (client, request) => falling(base.history(client, request) as Reply)
    }
  })
]

/** Long enough for another message to overtake. */
const lateMillis = 50
