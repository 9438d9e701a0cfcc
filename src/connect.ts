import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { ConnectionEnded, type SessionFailure } from "./client/Client.ts"
import { type ReconnectSettings, reconnectSettings, stay } from "./client/Reconnect.ts"
import { Servers } from "./client/Servers.ts"
import { type Noted, Session, type Unsent } from "./client/Session.ts"
import { cannotConnectText, endText, replyText, unsentText } from "./client/Text.ts"
import {
  defaultPort,
  type Event,
  features,
  type Kept,
  type Reply,
  type Request,
  type RoomEntry
} from "./Protocol.ts"
import { type Place } from "./client/Session.ts"
import { Feed, type Missed } from "./embedding/Feed.ts"
import { type Address, parseAddresses } from "./net/Address.ts"

/** Options of {@link connect}. Those that are left out have the defaults of `palabre client`. */
export interface ConnectOptions extends Partial<ReconnectSettings> {
  /** Name or IP address of the server. Default `127.0.0.1`. */
  readonly host?: string
  /** TCP port of the server. Default 12345. */
  readonly port?: number
  /** Servers of one chat in place of `host` and `port`, such as `a.example.org:12345`: each connection tries the next. */
  readonly servers?: ReadonlyArray<string>
  /** Given, the client speaks TLS; `ca` is the certificate (PEM) to trust instead of the system's. */
  readonly tls?: Address["tls"]
  /** The name to log in with. */
  readonly username: string
  /**
   * True to come back after a lost connection, for up to `awayMillisMax`, and to ask for history. A server that has it
   * keeps the session meanwhile: nothing is lost or said twice, and nobody else gets the name, not even the same
   * program when it starts again after it was killed. Default false.
   */
  readonly reconnect?: boolean
  /** Bytes of `events` that may wait to be taken. Default 1 MiB. */
  readonly eventBytesMax?: number
}

/** The connection is back. `resumed` is true if the server kept the session: then what was missed follows. */
export interface Reconnected {
  readonly type: "reconnected"
  readonly resumed: boolean
}

/** What a client hears: see {@link ChatClient.events}. */
export type ChatEvent = Event | Reconnected | Missed

/** A room that was joined. */
export interface JoinedRoom {
  /** Its name, as the server spells it; `undefined` for the lobby. */
  readonly room: string | undefined
  readonly users: ReadonlyArray<string>
}

/** A client that is logged in. */
export interface ChatClient extends AsyncDisposable {
  /** The name that it is logged in with. */
  readonly username: string
  /** What the server granted at the latest login: `presence`, `rooms`, `direct`, `history`. */
  readonly features: ReadonlyArray<string>
  /**
   * Says something to everyone else in the lobby, in a `room` that was joined, or `to` one person alone; the promise is
   * kept once the server has acknowledged it.
   */
  readonly say: (content: string, place?: Place) => Promise<void>
  /** The names of those who are in the lobby, which is everyone, or in a room that was joined. */
  readonly list: (room?: string) => Promise<ReadonlyArray<string>>
  /** All rooms but the lobby. */
  readonly rooms: () => Promise<ReadonlyArray<RoomEntry>>
  /** Joins a room; `recent` asks for so many messages from before, which come as events (`reconnect`). */
  readonly join: (room: string, options?: { readonly recent?: number }) => Promise<JoinedRoom>
  readonly leave: (room: string) => Promise<void>
  /** What was said in the lobby or in a room, ascending: the last `limit` messages, or those `before` a number (`reconnect`). */
  readonly history: (options?: HistoryOptions) => Promise<ReadonlyArray<Kept>>
  /**
   * What others say, who joins and leaves where the server tells that, and what was missed (`gap`), from the login on,
   * for one `for await` loop. The loop ends when the client is closed, and throws a {@link ChatError} when the
   * connection ends otherwise, for good. Once `eventBytesMax` wait, further events are dropped until those that wait
   * are taken; then `{ type: "missed", count }` tells how many.
   */
  readonly events: AsyncIterableIterator<ChatEvent>
  /** Logs out and closes the connection. */
  readonly close: () => Promise<void>
}

export interface HistoryOptions {
  readonly room?: string
  readonly before?: number
  readonly limit?: number
}

/** Something that a client asked for was refused, or there is no connection (any more). */
export class ChatError extends Error {
  override readonly name = "ChatError"
  /**
   * For programs: the error code of the server (`username_taken`, `message_refused`, `kicked`…), the code of the system
   * where no connection could be opened (`ECONNREFUSED`…), the reason why it ended (`closed`, `lost`, `no_answer`…),
   * `not_offered` where the server lacks a feature, or `unsent` of a message that may not have been said.
   */
  readonly code: string
  /** Time after which the server wants to be asked again, in milliseconds, if it said so (`rate_limited`). */
  readonly retryAfterMs: number | undefined

  constructor(code: string, message: string, retryAfterMs?: number) {
    super(message)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Connects to a server of the protocol, whoever wrote it, and logs in. The promise is rejected with a {@link ChatError}
 * where that is refused or there is no such server.
 *
 * @example
 * const client = await connect({ port: 12345, username: "echo" })
 * for await (const event of client.events)
 *   if (event.type === "message")
 *     await client.say(event.content, event.to === undefined ? { room: event.room } : { to: event.username })
 */
export const connect = async (options: ConnectOptions): Promise<ChatClient> => {
  const {
    eventBytesMax = 1 << 20,
    host = "127.0.0.1",
    port = defaultPort,
    servers,
    reconnect = false,
    tls,
    username,
    ...given
  } = options
  if (servers?.length === 0) throw new TypeError("connect: servers must not be empty")
  const addresses = servers === undefined ? [{ host, port }] : parseAddresses(servers.join())
  const events = new Feed<Event | Reconnected>(eventBytesMax)
  const session = new Session(username)
  const scope = Scope.makeUnsafe()
  const staying = stay(session, {
    servers: new Servers(addresses.map(({ host, port }) => ({ host, port, tls }))),
    settings: { ...reconnectSettings, ...given },
    features: features.filter((feature) => reconnect || feature !== "history"),
    onReceived: (noted) =>
      Effect.sync(() => {
        const event = eventOf(session, noted)
        if (event !== undefined) events.push(event)
      }),
    onRoomLost: (room) => Effect.sync(() => events.push({ type: "left", room, username })),
    mayReturn: () => reconnect,
    onLost: () => Effect.void
  })
  const over = (failure: SessionFailure) => {
    events.end(errorOf(failure))
    return session.end(failure)
  }
  const close = async () => {
    events.end()
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await Effect.runPromise(session.end(closed))
  }
  await run(
    Effect.andThen(
      Effect.forkIn(Effect.catch(staying, over), scope, { startImmediately: true }),
      session.online
    )
  ).catch(async (error: unknown) => {
    await close()
    throw error
  })
  return {
    username,
    get features() {
      return [...session.granted]
    },
    ...requestsOf(session, reconnect),
    events,
    close,
    [Symbol.asyncDispose]: close
  }
}

/** The methods that ask the server something. */
const requestsOf = (
  session: Session,
  hasHistory: boolean
): Pick<ChatClient, "say" | "list" | "rooms" | "join" | "leave" | "history"> => {
  const ask = async (request: Request): Promise<Reply> => accepted(await run(session.ask(request)))
  return {
    say: async (content, place) => {
      accepted(await run(Effect.flatten(session.say(content, place))))
    },
    list: async (room) => (await ask({ type: "list", ...inRoom(room) })).users ?? [],
    rooms: async () => {
      const { rooms } = await ask({ type: "rooms" })
      return Array.isArray(rooms) ? rooms : []
    },
    join: async (room, options) => {
      const { room: joined, users = [] } = await ask({ type: "join", room, ...options })
      return { room: joined, users }
    },
    leave: async (room) => {
      await ask({ type: "leave", room })
    },
    history: async (options) => {
      if (!hasHistory) throw new ChatError("not_offered", "history needs the option `reconnect: true`")
      return (await ask({ type: "history", ...options })).messages ?? []
    }
  }
}

const closed = new ConnectionEnded({ reason: "closed", lastWords: undefined, isMute: false })

const inRoom = (room: string | undefined): { readonly room?: string } => (room === undefined ? {} : { room })

/** What of all that came is an event. */
const eventOf = (session: Session, noted: Noted): Event | Reconnected | undefined => {
  if (noted.kind === "event") return noted.event
  if (noted.kind === "other" || noted.request?.type !== "login" || session.logins < 2) return undefined
  return { type: "reconnected", resumed: noted.reply.resumed === true }
}

/** The answer to a request; a refusal is thrown. */
const accepted = (reply: Reply): Reply => {
  if (reply.status !== "success") throw refused(reply)
  return reply
}

const run = <A>(effect: Effect.Effect<A, SessionFailure | Unsent>): Promise<A> =>
  Effect.runPromise(Effect.mapError(effect, errorOf))

const errorOf = (failure: SessionFailure | Unsent): ChatError => {
  switch (failure._tag) {
    case "CannotConnect":
      return new ChatError(failure.code, cannotConnectText(failure))
    case "ConnectionEnded":
      return new ChatError(failure.lastWords?.code ?? failure.reason, endText(failure))
    case "LoginRefused":
      return refused(failure.reply)
    case "Unsent":
      if (failure.end !== undefined) return errorOf(failure.end)
      return new ChatError("unsent", unsentText(failure))
  }
}

const refused = (reply: Reply): ChatError =>
  new ChatError(reply.code ?? "refused", `refused: ${replyText(reply)}`, reply.retryAfterMs)
