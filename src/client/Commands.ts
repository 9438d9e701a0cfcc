import * as Effect from "effect/Effect"
import { type Kept, type Reply, type Request } from "../Protocol.ts"
import type { ClientInput } from "./Input.ts"
import type { Session } from "./Session.ts"
import { refusalText, roomText, roomsText, usersText } from "./Text.ts"
import type { Whereabouts } from "./Whereabouts.ts"

/** A command that is carried out by the server. */
export type ServerCommand = Extract<ClientInput, { kind: "join" | "leave" | "rooms" | "list" | "history" }>

/** Asks the server to carry out a command, and gives what went wrong, if anything did; `tell` has the rest. */
export const carryOut = Effect.fnUntraced(function* <E>(
  session: Session,
  whereabouts: Whereabouts,
  command: ServerCommand,
  ask: (request: Request) => Effect.Effect<Reply, E>
): Effect.fn.Return<string | undefined, E> {
  const request = requestOf(session, whereabouts, command)
  if (typeof request === "string") return request
  whereabouts.asked.add(request)
  let reply = yield* ask(request)
  if (reply.code === "invalid_request" && request.type === "join") {
    const again = { type: "join", room: request.room } as const // it may keep fewer messages than we asked for
    whereabouts.asked.add(again)
    reply = yield* ask(again)
  }
  return isDone(request, reply) ? undefined : refusalText(`/${command.kind}`, reply)
})

/** A list tells names, whatever its status is. */
const isDone = (request: Request, { status, users }: Reply): boolean =>
  request.type === "list" ? users !== undefined : status === "success"

const requestOf = (session: Session, whereabouts: Whereabouts, command: ServerCommand): Request | string => {
  const { room } = whereabouts
  const here = room === undefined ? {} : { room }
  switch (command.kind) {
    case "list":
      return { type: "list", ...here }
    case "rooms":
      return { type: "rooms" }
    case "join": {
      const { room } = command
      const recent = session.granted.has("history") ? { recent: recentOnJoin } : {}
      return { type: "join", room, ...recent }
    }
    case "leave":
      return command.room === undefined && room === undefined
        ? "nobody can leave the lobby; /quit leaves the chat"
        : { type: "leave", room: command.room ?? room! }
    case "history": {
      const before = whereabouts.before(room)
      return { type: "history", ...here, ...(before !== undefined && { before }), limit: command.limit }
    }
  }
}

/** The number of messages from before that are shown of a room that one joins. */
const recentOnJoin = 20

/** What a reply tells people. */
interface Told {
  readonly notices?: ReadonlyArray<string>
  /** The names of people in it. */
  readonly users?: ReadonlyArray<string>
  /** Messages from before, oldest first. */
  readonly messages?: ReadonlyArray<Kept>
  /** The room that they were said in, unless it is the lobby. */
  readonly room?: string | undefined
}

/** Takes note of the reply to a command where it stands among the events, and gives what it tells; `namesMax` is the most names. */
export const tell = (
  whereabouts: Whereabouts,
  request: Request | undefined,
  reply: Reply,
  namesMax?: number
): Told => {
  if (request?.type === "message" && request.to === undefined) whereabouts.shown(reply.room, reply.seq)
  if (request === undefined || !whereabouts.asked.has(request) || !isDone(request, reply)) return {}
  const { messages = [], rooms, users = [] } = reply
  const room = "room" in request ? (reply.room ?? request.room) : undefined
  switch (request.type) {
    case "list":
      return { notices: [usersText(users, room, namesMax)], users }
    case "rooms":
      return { notices: [roomsText(Array.isArray(rooms) ? rooms : [], namesMax)] }
    case "join":
      whereabouts.go(reply.room)
      return {
        notices: [`you are in ${roomText(reply.room)} now`, usersText(users, reply.room, namesMax)],
        users
      }
    case "leave":
      if (room !== undefined) whereabouts.forget(room)
      return { notices: [`you have left ${roomText(room)}`] }
    case "history": {
      const [oldest] = messages
      if (oldest === undefined) return { notices: [`nothing older is kept from ${roomText(room)}`] }
      whereabouts.wentBack(room, oldest.seq)
      return { messages, room }
    }
    default:
      return {}
  }
}
