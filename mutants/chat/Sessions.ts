import { randomBytes } from "node:crypto"
import type { Chat, Session } from "./Chat.ts"
import { emptyRoom } from "./Rooms.ts"

type Sessions = Pick<
  Chat,
  | "sessions"
  | "reserved"
  | "granted"
  | "makeToken"
  | "openSession"
  | "sessionFields"
  | "sessionOf"
  | "depart"
  | "discard"
  | "keepsSession"
  | "over"
>

/** Sessions: with `history` a session outlives its connection, for whoever has its token. */
export const sessions = (chat: Chat): Sessions => ({
  sessions: new Map(),

  reserved: new Map(),

  granted: ({ features }) =>
    Array.isArray(features) ? chat.offered.filter((feature) => features.includes(feature)) : [],

  makeToken: () => randomBytes(24).toString("base64url"),

  openSession(client, request) {
    const token = chat.hears(client, "history") ? chat.makeToken() : undefined
    const session: Session = {
      name: client.name!,
      token,
      features: client.features,
      client,
      rooms: new Set(),
      inbox: emptyRoom("@", "@", 0),
      receipts: new Map(),
      grace: undefined
    }
    client.session = session
    if (token === undefined) return {}
    chat.sessions.set(token, session)
    client.cursors.set(chat.lobby, chat.lobby.last)
    if (request.session !== undefined || request.seen !== undefined) chat.rejoin(client, request)
    return chat.sessionFields(client, request, false)
  },

  sessionFields(client, request, isResumed) {
    const { rooms, token } = client.session!
    const reaches = [...rooms].map((room) => [room.name, { first: chat.firstOf(room), last: room.last }])
    return {
      session: token,
      epoch: chat.epoch,
      last: chat.lobby.last,
      ...(request.session === undefined ? {} : { resumed: isResumed }),
      ...(rooms.size === 0 ? {} : { rooms: Object.fromEntries(reaches) as unknown })
    }
  },

  sessionOf(request) {
    const { session: token, username } = request
    if (typeof token !== "string" || !chat.granted(request).includes("history")) return undefined
    const session = chat.sessions.get(token)
    return session !== undefined && chat.key(session.name) === chat.key(String(username))
      ? session
      : undefined
  },

  depart(session, client) {
    for (const room of session.rooms) chat.announceIn(room, "left", client)
    session.client = undefined
    if (!chat.keepsSession(session)) return chat.over(session)
    chat.reserved.set(chat.key(session.name), session)
    if (chat.reserved.size > chat.sessionsMax) chat.over([...chat.reserved.values()][0]!)
    session.grace = setTimeout(() => chat.over(session), chat.graceMillis).unref()
  },

  discard(client) {
    const token = client.session?.token
    if (token !== undefined) chat.sessions.delete(token)
  },

  keepsSession: ({ token }) => token !== undefined && chat.sessions.has(token),

  over(session) {
    const key = chat.key(session.name)
    clearTimeout(session.grace)
    if (session.token !== undefined) chat.sessions.delete(session.token)
    if (chat.reserved.get(key) === session) chat.reserved.delete(key)
    for (const room of session.rooms) chat.exit(session, room)
  }
})
