import { without } from "../Changes.ts"
import type { Chat, Client, Reply, Request, Room, Session } from "../chat/Chat.ts"
import { type Fault, may } from "../Fault.ts"
import { sendAll } from "./Numbers.ts"

/** The base, catching up as though a client had seen something else of a room. */
const seeing =
  (
    change: (
      seen: Readonly<Record<string, number>>,
      base: Chat,
      room: Room
    ) => Readonly<Record<string, unknown>>
  ) =>
  (base: Chat): Partial<Chat> => ({
    catchUp: (client, room, request) => {
      const seen = change((request.seen ?? {}) as Readonly<Record<string, number>>, base, room)
      base.catchUp(client, room, { ...request, seen })
    }
  })

/** Numbers, each changed. */
const eachNumber =
  (change: (number: number) => number) =>
  (seen: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(seen).map(([room, number]) => [room, change(number)]))

/** The base, ending a connection that was replaced in another way. */
const replacing =
  (end: (base: Chat, client: Client) => void) =>
  (base: Chat): Partial<Chat> => ({
    endBecause: (client, code) =>
      code === "session_replaced" ? end(base, client) : base.endBecause(client, code)
  })

/** The base, with the fields of a session in a login's reply changed. */
const telling =
  (change: (fields: Reply, request: Request) => Reply) =>
  (base: Chat): Partial<Chat> => ({
    sessionFields: (client, request, isResumed) =>
      change(base.sessionFields(client, request, isResumed), request)
  })

/** RESUME: what is kept of somebody who is away, and what is found on coming back. */
export const sessionFaults: ReadonlyArray<Fault> = [
  may(
    "name-free-when-away",
    ["RESUME-1"],
    "gives the name of somebody who is away to the next one",
    (base) => ({
      claim: (client, name) => {
        base.reserved.delete(base.key(name))
        return base.claim(client, name)
      }
    })
  ),
  may("absent-listed", ["RESUME-1"], "lists those who are away", (base) => ({
    usernames: () => [...base.usernames(), ...[...base.reserved.values()].map(({ name }) => name)]
  })),
  may("absent-in-the-room", ["RESUME-1"], "lists those who are away in their rooms", () => ({
    roomUsers: (room) => [...room.members].map(({ name }) => name)
  })),
  may(
    "left-unsaid-when-away",
    ["RESUME-1"],
    "says that somebody left only once the session is over",
    (base) => ({
      announce: (type, who, name) => {
        if (type === "joined" || !base.reserved.has(base.key(name))) base.announce(type, who, name)
      }
    })
  ),
  may("no-grace", ["RESUME-1", "RESUME-3"], "ends a session with its connection", () => ({
    keepsSession: () => false
  })),
  may(
    "rooms-left-when-away",
    ["RESUME-1", "RESUME-3"],
    "takes people out of their rooms when they are away",
    (base) => ({
      depart: (session, client) => {
        base.depart(session, client)
        for (const room of session.rooms) base.exit(session, room)
      }
    })
  ),

  may("no-takeover", ["RESUME-2"], "knows a token only once its connection has ended", (base) => ({
    sessionOf: (request) => {
      const session = base.sessionOf(request)
      return session?.client === undefined ? session : undefined
    }
  })),
  may(
    "replaced-stays",
    ["RESUME-2"],
    "leaves a connection open that was replaced",
    replacing(() => {})
  ),
  may(
    "replaced-unsaid",
    ["RESUME-2"],
    "ends a connection that was replaced without a word",
    replacing((base, client) => base.end(client))
  ),
  may(
    "replaced-for-another-reason",
    ["RESUME-2"],
    "says of a connection that was replaced that it was slow",
    replacing((base, client) => base.endBecause(client, "slow_consumer"))
  ),
  may("replaced-speaks", ["RESUME-2"], "lets a connection that was replaced go on speaking", (base) => ({
    takeOver: (client, session, request) => {
      const old = session.client
      session.client = undefined
      base.takeOver(client, session, request)
      if (old !== undefined) old.session = undefined
    }
  })),
  may(
    "takeover-announced",
    ["RESUME-2"],
    "says that somebody left and joined who was only replaced",
    (base) => ({
      takeOver: (client, session, request) => {
        const wasPresent = session.client !== undefined
        if (wasPresent) base.announce("left", session.client!, session.name)
        base.takeOver(client, session, request)
        if (wasPresent) base.announce("joined", client, session.name)
      }
    })
  ),

  may("nothing-shown-again", ["RESUME-3"], "shows nothing of what was missed", (base) => ({
    catchUp: (client, room) => base.startAt(client, room, room.last)
  })),
  may(
    "all-shown-again",
    ["RESUME-3", "SEQ-2"],
    "shows all that it has, seen or not",
    seeing(eachNumber(() => 0))
  ),
  may("first-missed-lost", ["RESUME-3", "SEQ-2"], "loses the first message that was missed", (base) => ({
    replay: (client, room, from, own) => base.replay(client, room, own ? from : from + 1, own)
  })),
  may(
    "last-seen-again",
    ["RESUME-3", "SEQ-2"],
    "shows the message again that was seen last",
    seeing(eachNumber((number) => Math.max(number - 1, 0)))
  ),
  may("missed-twice", ["RESUME-3", "SEQ-2"], "shows what was missed twice", (base) => ({
    replay: (client, room, from, own) => {
      base.replay(client, room, from, own)
      if (!own)
        sendAll(base, client, room, ...room.kept.filter(({ by, seq }) => seq > from && by !== client.session))
    }
  })),
  may("own-shown-again", ["RESUME-3", "SEQ-2", "MSG-3"], "shows one's own messages again, too", (base) => ({
    replay: (client, room, from) => base.replay(client, room, from, true)
  })),
  may("only-the-lobby-again", ["RESUME-3"], "shows only what was missed in the lobby", (base) => ({
    catchUp: (client, room, request) =>
      room === base.lobby ? base.catchUp(client, room, request) : base.startAt(client, room, room.last)
  })),
  may("letters-not-again", ["RESUME-3", "DM-3"], "shows nothing of the inbox", (base) => ({
    catchUp: (client, room, request) =>
      room.key === "@" ? base.startAt(client, room, room.last) : base.catchUp(client, room, request)
  })),
  may("lost-at-the-cut", ["RESUME-3", "SEQ-2"], "takes for seen what it has handed to the system", (base) => {
    const handed = new WeakMap<Session, Map<Room, number>>()
    return {
      depart: (session, client) => {
        handed.set(session, new Map(client.cursors))
        base.depart(session, client)
      },
      catchUp: (client, room, request) => {
        const cursor = handed.get(client.session!)?.get(room)
        if (cursor === undefined) base.catchUp(client, room, request)
        else base.replay(client, room, cursor, false)
      }
    }
  }),
  may("unseen-unsaid", ["RESUME-3"], "does not say that something of a room was not seen", (base) => ({
    tellGap: (client, room, what) => {
      if (what.reason !== "unseen") base.tellGap(client, room, what)
    }
  })),
  may(
    "unseen-shown",
    ["RESUME-3"],
    "shows all of a room of which nothing was seen",
    seeing((seen, base, room) =>
      Object.keys(seen).some((name) => base.roomKey(name) === room.key) ? seen : { ...seen, [room.name]: 0 }
    )
  ),
  may(
    "rooms-unsaid",
    ["RESUME-3"],
    "does not say which rooms one is in",
    telling((fields) => without(fields, "rooms"))
  ),
  may("other-epoch-believed", ["RESUME-3"], "takes the numbers of another epoch for its own", (base) => ({
    catchUp: (client, room, request) => base.catchUp(client, room, { ...request, epoch: base.epoch })
  })),
  may("epoch-unsaid", ["RESUME-3"], "begins a new epoch without a word", (base) => ({
    tellGap: (client, room, what) => {
      if (what.reason !== "epoch") base.tellGap(client, room, what)
    }
  })),

  may(
    "unknown-token-refused",
    ["RESUME-4"],
    "refuses whoever comes with a token that it does not know",
    (base) => ({
      problemOfLogin: (client, request) => {
        const problem = base.problemOfLogin(client, request)
        const isUnknown = typeof request.session === "string" && base.sessionOf(request) === undefined
        return problem ?? (isUnknown ? "invalid_request" : undefined)
      }
    })
  ),
  may(
    "all-resumed",
    ["RESUME-4"],
    "says of every session that it was resumed",
    telling((fields, { session }) => (session === undefined ? fields : { ...fields, resumed: true }))
  ),
  may(
    "resumed-unsaid",
    ["RESUME-4"],
    "does not say whether a session was resumed",
    telling((fields) => without(fields, "resumed"))
  ),
  may("rooms-not-joined-again", ["RESUME-4"], "joins no rooms where the session was over", (base) => ({
    rejoin: (client, request) =>
      base.rejoin(client, { ...request, seen: { lobby: client.cursors.get(base.lobby) } })
  })),
  may(
    "rooms-joined-anew",
    ["RESUME-4"],
    "shows nothing that was missed where the session was over",
    (base) => ({
      catchUp: (client, room, request) =>
        base.sessionOf(request) === undefined
          ? base.startAt(client, room, room.last)
          : base.catchUp(client, room, request)
    })
  ),
  may(
    "inbox-looked-at",
    ["RESUME-4"],
    "says of the inbox of a session that was over that it has gaps",
    (base) => ({
      rejoin: (client, request) => {
        base.rejoin(client, request)
        const then = client.afterReply
        client.afterReply = () => {
          then?.()
          base.catchUp(client, client.session!.inbox, request)
        }
      }
    })
  ),
  may("token-for-any-name", ["RESUME-4"], "does not ask whose token it is", (base) => ({
    sessionOf: (request) => base.sessions.get(String(request.session))
  })),
  may("token-of-ones-choice", ["RESUME-4"], "takes whatever a client sends for its new token", (base) => ({
    openSession: (client, request) => {
      const fields = base.openSession(client, request)
      const { session: token } = request
      const { session } = client
      if (typeof token !== "string" || session?.token === undefined) return fields
      base.sessions.delete(session.token)
      base.sessions.set(token, Object.assign(session, { token }))
      return { ...fields, session: token }
    }
  })),

  may("resumes-once", ["RESUME-5"], "forgets a token once it was used", (base) => ({
    resume: (client, session, request) => {
      const reply = base.resume(client, session, request)
      base.sessions.delete(String(session.token))
      return reply
    }
  })),
  may("not-before-the-first", ["RESUME-5", "RESUME-3"], "takes the number 0 for none", (base) => ({
    catchUp: (client, room, request) => {
      const seen = Object.entries((request.seen ?? {}) as object).filter(([, number]) => number !== 0)
      base.catchUp(client, room, { ...request, seen: Object.fromEntries(seen) })
    }
  })),
  may(
    "token-only-after-a-message",
    ["RESUME-5"],
    "keeps a session only once it has said something",
    (base) => {
      const speakers = new WeakSet<Session>()
      return {
        keep: (room, client, text) => {
          if (client.session !== undefined) speakers.add(client.session)
          return base.keep(room, client, text)
        },
        keepsSession: (session) => base.keepsSession(session) && speakers.has(session)
      }
    }
  ),

  may("logout-keeps-the-session", ["RESUME-6"], "keeps a session after a logout, too", () => ({
    discard: () => {}
  })),
  may(
    "logout-reserves-the-name",
    ["RESUME-6", "LOGOUT-1"],
    "keeps the name of a session that was logged out",
    (base) => ({
      over: (session) => {
        base.over(session)
        if (session.token !== undefined) base.reserved.set(base.key(session.name), session)
      }
    })
  ),
  may("token-outlives-logout", ["RESUME-6", "DM-4"], "gives a session back that was logged out", (base) => ({
    logout: (client, request) => {
      const { session } = client
      const reply = base.logout(client, request)
      if (session?.token !== undefined) base.sessions.set(session.token, session)
      return reply
    }
  }))
]
