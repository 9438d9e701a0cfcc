import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Broadcast } from "./hub/Batch.ts"
import type { Connection, Ending } from "./net/Connection.ts"
import { Drain } from "./hub/Drain.ts"
import { type Frame, Frames, malformed, tooLarge } from "./wire/Frames.ts"
import { Hub, nextTurn } from "./hub/Hub.ts"
import { ConnectionLog } from "./telemetry/ConnectionLog.ts"
import { decodeRequest, encode, type ErrorCode, features, type Id, type Request } from "./Protocol.ts"
import { Registry } from "./Registry.ts"
import { Replies, withId } from "./requests/Replies.ts"
import { Settings } from "./settings/Settings.ts"
import { Counters } from "./telemetry/Counters.ts"
import { type BucketRule, TokenBucket } from "./net/TokenBucket.ts"
import { isSameUsername, isUsername } from "./Username.ts"

/**
 * How to serve a connection: from its first byte until its socket is closed and all it held is given back. It is
 * stopped by `Connection.stop` and must not be interrupted: a request that was begun is carried out.
 */
type Serve = (connection: Connection) => Effect.Effect<void>

/** The conversation with one client: read, decode, answer, in order, until one of the two ends it. */
export const makeServe = Effect.gen(function* () {
  const settings = yield* Settings
  const house: House = {
    settings,
    replies: yield* Replies,
    drain: yield* Drain,
    hub: yield* Hub,
    registry: yield* Registry,
    counters: yield* Counters,
    log: yield* ConnectionLog,
    messageRule: messageRule(settings)
  }
  const serve: Serve = (connection) => {
    const session = makeSession(house, connection)
    house.drain.enter()
    const served = Effect.catchCause(converse(session), (cause) => close(session, cause))
    return house.log.around(connection, served)
  }
  return serve
})

/** What all sessions share. */
interface House {
  readonly settings: Settings["Service"]
  readonly replies: Replies["Service"]
  readonly drain: Drain["Service"]
  readonly hub: Hub["Service"]
  readonly registry: Registry["Service"]
  readonly counters: Counters["Service"]
  readonly log: ConnectionLog["Service"]
  readonly messageRule: BucketRule | undefined
}

const messageRule = ({ messageBurst, messageRate }: Settings["Service"]): BucketRule | undefined =>
  messageRate === Number.POSITIVE_INFINITY
    ? undefined
    : { burst: messageBurst, perMillis: messageRate / 1_000 }

interface Session {
  readonly house: House
  readonly connection: Connection
  readonly frames: Frames
  /** The name it holds, once it is logged in. */
  username: string | undefined
  malformedInARow: number
  /** What it sent, and how often it was refused, before it was logged in. */
  loginBytes: number
  loginTries: number
  /** Its right to send messages, where that is limited. */
  messages: TokenBucket | undefined
  /** A reply that is also the goodbye. */
  lastWords: Buffer | undefined
}

const makeSession = (house: House, connection: Connection): Session => ({
  house,
  connection,
  frames: new Frames(house.settings.frameBytesMax),
  username: undefined,
  malformedInARow: 0,
  loginBytes: 0,
  loginTries: 0,
  messages: undefined,
  lastWords: undefined
})

/** Requests of one client that are answered before others get their turn. */
const requestsInTurn = 64

/** Never succeeds: it fails with the ending. */
const converse = Effect.fnUntraced(function* (session: Session): Effect.fn.Return<never, Ending> {
  const { connection, frames } = session
  while (true) {
    const bytes = yield* connection.read()
    frames.push(bytes)
    let answered = 0
    for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
      yield* answer(session, frame)
      yield* connection.writable()
      if (++answered % requestsInTurn === 0) yield* nextTurn
    }
    if (session.username === undefined) yield* countLoginBytes(session, bytes.length)
  }
})

/** A connection that is not logged in may send only so much, however slowly. */
const countLoginBytes = (session: Session, bytes: number): Effect.Effect<void, Ending> => {
  session.loginBytes += bytes
  return session.loginBytes > session.house.settings.loginBytesMax ? Effect.fail("too_large") : Effect.void
}

/** Gives back what the session held, in the order others may see it, then says why it ends. */
const close = Effect.fnUntraced(function* (session: Session, cause: Cause.Cause<Ending>) {
  const { connection, house, username } = session
  if (Cause.hasDies(cause))
    yield* Effect.annotateLogs(Effect.logError("session ended by a bug", cause), {
      connection: connection.id
    })
  const ending = Option.getOrElse(Cause.findErrorOption(cause), (): Ending => "left")
  connection.stop(ending)
  yield* house.drain.leave
  if (username !== undefined) yield* leave(session, username)
  const isTold = ending !== "left" && ending !== "logout"
  if (isTold) house.counters.errors[ending]++
  yield* connection.finish(session.lastWords ?? (isTold ? house.replies.errors[ending] : undefined))
})

const answer = (session: Session, frame: Frame): Effect.Effect<void, Ending> => {
  if (frame === tooLarge) return Effect.fail("too_large")
  if (frame === malformed) {
    session.malformedInARow++
    if (session.malformedInARow >= session.house.settings.malformedMax) return Effect.fail("invalid_json")
    return refuse(session, "invalid_json", undefined)
  }
  session.malformedInARow = 0
  const request = decodeRequest(frame)
  return "code" in request ? refuse(session, request.code, request.id) : carryOut(session, request)
}

const carryOut = (session: Session, request: Request): Effect.Effect<void, Ending> => {
  switch (request.type) {
    case "login":
      return login(session, request)
    case "message":
      return message(session, request)
    case "list":
      return list(session, request.id)
    case "logout":
      return logout(session, request.id)
    case "ping":
      return reply(session, session.house.replies.pong, request.id)
  }
}

const reply = ({ connection }: Session, bytes: Buffer, id: Id | undefined): Effect.Effect<void> =>
  Effect.sync(() => connection.offer(withId(bytes, id)))

const refuse = (session: Session, code: ErrorCode, id: Id | undefined): Effect.Effect<void> =>
  refuseWith(session, code, session.house.replies.errors[code], id)

const refuseWith = (session: Session, code: ErrorCode, bytes: Buffer, id: Id | undefined) => {
  session.house.counters.errors[code]++
  return reply(session, bytes, id)
}

type RequestOf<Type extends Request["type"]> = Extract<Request, { readonly type: Type }>

const login = (session: Session, request: RequestOf<"login">): Effect.Effect<void, Ending> => {
  const { features: asked, id, username } = request
  const { connection, house } = session
  if (session.username !== undefined) {
    house.counters.logins.already_logged_in++
    return refuse(session, "already_logged_in", id)
  }
  if (!isUsername(username)) return refuseLogin(session, "invalid_username", id)
  if (!house.registry.claim(username)) return refuseLogin(session, "username_taken", id)
  session.username = username
  connection.loginByMillis = Number.POSITIVE_INFINITY
  const granted = asked && features.filter((feature) => asked.includes(feature))
  const join = house.hub.inTurn(() => {
    house.counters.logins.granted++
    connection.offer(withId(house.replies.welcome(username, granted), id))
    house.hub.audiences.join(connection, granted?.includes("presence") === true)
    return presence(session, "joined", username)
  })
  return Effect.andThen(join, house.log.loggedIn(connection, username))
}

/** After so many refusals the connection is ended: names are not to be found out by trying. */
const refuseLogin = (
  session: Session,
  code: "invalid_username" | "username_taken",
  id: Id | undefined
): Effect.Effect<void, Ending> => {
  const { connection, house } = session
  const told = house.log.loginRefused(connection, code)
  house.counters.logins[code]++
  session.loginTries++
  if (session.loginTries < house.settings.loginTriesMax)
    return Effect.andThen(told, refuse(session, code, id))
  session.lastWords = withId(house.replies.errors[code], id)
  return Effect.andThen(told, Effect.fail(code))
}

const leave = (session: Session, username: string): Effect.Effect<void> => {
  const { connection, house } = session
  return house.hub.inTurn(() => {
    house.hub.audiences.leave(connection)
    house.registry.release(username)
    return presence(session, "left", username)
  })
}

/** What those who asked for it are told of who comes and goes (PRES-1). */
const presence = (
  { connection, house }: Session,
  type: "joined" | "left",
  username: string
): Broadcast | undefined =>
  house.hub.audiences.isWatched
    ? { to: "watchers", from: connection, bytes: encode({ type, username }) }
    : undefined

const message = (session: Session, request: RequestOf<"message">): Effect.Effect<void> => {
  const { house, username } = session
  if (username === undefined) return refuse(session, "not_logged_in", request.id)
  if (request.username !== undefined && !isSameUsername(username, request.username))
    return refuse(session, "username_mismatch", request.id)
  return house.messageRule === undefined
    ? broadcast(session, username, request)
    : broadcastWithin(session, house.messageRule, username, request)
}

const broadcast = (
  { connection, house }: Session,
  username: string,
  { content, id }: RequestOf<"message">
): Effect.Effect<void> =>
  Effect.andThen(
    house.hub.publish({
      to: "members",
      from: connection,
      bytes: encode({ type: "message", username, content })
    }),
    Effect.sync(() => {
      house.counters.messagesReceived++
      connection.offer(withId(house.replies.sent, id))
    })
  )

/** The same, unless the client has used up its right to: then it is told when to try again. */
const broadcastWithin = Effect.fnUntraced(function* (
  session: Session,
  rule: BucketRule,
  username: string,
  request: RequestOf<"message">
) {
  const nowMillis = Number((yield* Clock.monotonicTimeNanos) / 1_000_000n)
  session.messages ??= new TokenBucket(rule, nowMillis)
  const retryAfterMs = session.messages.take(rule, nowMillis)
  if (retryAfterMs === 0) return yield* broadcast(session, username, request)
  return yield* refuseWith(
    session,
    "rate_limited",
    session.house.replies.rateLimited(retryAfterMs),
    request.id
  )
})

const list = (session: Session, id: Id | undefined): Effect.Effect<void> => {
  const { connection, house } = session
  if (session.username === undefined) return refuse(session, "not_logged_in", id)
  return house.hub.inTurn(() => {
    connection.offer(withId(house.replies.list(house.registry.usernames()), id))
    return undefined
  })
}

const logout = (session: Session, id: Id | undefined): Effect.Effect<void, Ending> => {
  if (session.username === undefined) return refuse(session, "not_logged_in", id)
  session.lastWords = withId(session.house.replies.goodbye(session.username), id)
  return Effect.fail("logout")
}
