import * as Effect from "effect/Effect"
import { askLogin } from "../embedding/Hooks.ts"
import type { HappeningOf } from "../fold/Happening.ts"
import type { OperationOf } from "../fold/Operation.ts"
import type { Room } from "../fold/State.ts"
import type { Work } from "../hub/Delivery.ts"
import type { Ending } from "../net/Ending.ts"
import { type Extent, type Feature, grantedOf, type Id, inbox } from "../Protocol.ts"
import { Follower } from "../replay/Follower.ts"
import { hashOf, makeToken } from "../replica/Token.ts"
import { isSameUsername, isUsername } from "../Username.ts"
import {
  answer,
  carryOutInTurn,
  type Conversation,
  type Handler,
  nameOf,
  refuse,
  type RequestOf
} from "./Conversation.ts"
import { fromNow, roomsSeen, startsOf } from "./Starts.ts"
import { enter } from "./Join.ts"
import { clientAt, granted } from "./News.ts"
import { type Fields, withId } from "./Replies.ts"

type LoginRequest = RequestOf<"login">

/** Grants a name that is free, or one's own again, unless the embedder refuses it (LOGIN-1 to LOGIN-10, RESUME-2). */
export const login: Handler<"login"> = (conversation, request) => {
  const { house } = conversation
  const { id, username } = request
  if (conversation.username !== undefined) {
    house.counters.logins.already_logged_in++
    return refuse(conversation, "already_logged_in", id)
  }
  if (!isUsername(username)) return refuseName(conversation, "invalid_username", id)
  const { embedder } = house
  if (embedder === undefined) return grant(conversation, request)
  if (isSameUsername(embedder.username, username)) return refuseName(conversation, "username_taken", id)
  if (embedder.onLogin === undefined) return grant(conversation, request)
  return Effect.flatMap(askLogin(conversation, embedder, embedder.onLogin, username), (refused) =>
    refused === undefined
      ? grant(conversation, request)
      : refuseName(conversation, "login_refused", id, refused.reason)
  )
}

/** Grants a name that is free; the reply comes before anything that others cause. */
const grant = (conversation: Conversation, request: LoginRequest): Effect.Effect<void, Ending> => {
  const { connection, house } = conversation
  const features = grantedOf(request.features, house.offered)
  const token = features.includes("history") ? makeToken() : undefined
  const operation = operationOf(conversation, request, features, token)
  const carriedOut = carryOutInTurn(house, operation, (result) =>
    result.t === "granted" ? admitted(conversation, request, token, result) : () => {}
  )
  return Effect.flatMap(carriedOut, (result) => {
    if (result.t === "granted") return house.log.loggedIn(connection, conversation.username!)
    if (result.t !== "refused") return Effect.fail("unavailable") // nobody knows what became of it
    return result.code === "unavailable"
      ? refuse(conversation, "unavailable", request.id)
      : refuseName(conversation, "username_taken", request.id)
  })
}

const operationOf = (
  { connection: { id }, house }: Conversation,
  request: LoginRequest,
  features: ReadonlyArray<Feature>,
  token: string | undefined
): OperationOf<"login"> => {
  const { session, username } = request
  if (token === undefined) return { t: "login", id, username, features }
  return {
    t: "login",
    id,
    username,
    features,
    token: hashOf(token),
    ...(session !== undefined && { resume: hashOf(session) }),
    ...(features.includes("rooms") && { rooms: roomsSeen(request, house.settings.clientRoomsMax) })
  }
}

/** The client holds its name; in its turn it is told so, and is in its rooms. */
const admitted = (
  conversation: Conversation,
  request: LoginRequest,
  newToken: string | undefined,
  result: HappeningOf<"granted">
): Work => {
  const { connection, house } = conversation
  const { holder, isResumed, replaced } = result
  const { features, session, username } = holder
  const rooms = [house.registry.state.lobby, ...(features.includes("rooms") ? holder.rooms : [])]
  conversation.username = username
  conversation.holder = holder
  conversation.features = features
  connection.loginByMillis = Number.POSITIVE_INFINITY
  house.clients.set(connection.id, conversation)
  house.sessions.came(conversation, holder, replaced && clientAt(house, replaced))
  const tell = granted(house, result)
  const token = isResumed ? request.session : newToken
  const bytes = house.replies.welcome(username, {
    ...(request.features && { features }),
    ...(token !== undefined && sessionFields(conversation, request, token, isResumed, rooms))
  })
  const entrances = entrancesOf(conversation, request, isResumed, rooms)
  return () => {
    house.counters.logins.granted++
    if (isResumed) house.counters.resumed++
    answer(conversation, withId(bytes, request.id))
    if (session !== undefined)
      conversation.follower = new Follower(connection, session.hash, house.settings, house.counters)
    entrances()
    return tell()
  }
}

/** More fields of the reply to a login with history. */
const sessionFields = (
  { house }: Conversation,
  request: LoginRequest,
  session: string,
  resumed: boolean,
  [lobby, ...joined]: ReadonlyArray<Room>
): Fields => {
  const rooms = joined.map(({ first, last, name }): [string, Extent] => [name, { first, last }])
  return {
    session,
    epoch: house.registry.state.epoch,
    last: lobby!.last,
    ...(request.session !== undefined && { resumed }),
    ...(rooms.length > 0 && { rooms: Object.fromEntries(rooms) })
  }
}

/** Lets the client into its rooms and its inbox, each from where it goes on there. */
const entrancesOf = (
  conversation: Conversation,
  request: LoginRequest,
  isResumed: boolean,
  rooms: ReadonlyArray<Room>
): (() => void) => {
  const { house } = conversation
  const { features, session, username } = conversation.holder!
  const startOf = startsOf(request, house.registry.state.epoch)
  const entrances = rooms.map((room) => {
    const start = startOf(room, room.key, nameOf(room))
    return () => enter(conversation, room, start)
  })
  if (session !== undefined && features.includes("direct")) {
    const start = isResumed ? startOf(session.inbox, inbox, inbox) : fromNow(session.inbox)
    const place = { key: inbox, name: inbox, to: username }
    entrances.push(() => conversation.follower?.follow(place, session.inbox, start))
  }
  return () => entrances.forEach((go) => go())
}

/** Refuses a name. After `loginTriesMax` refusals the connection ends, so that nobody finds out names by trying. */
const refuseName = (
  conversation: Conversation,
  code: "invalid_username" | "username_taken" | "login_refused",
  id: Id | undefined,
  reason?: string
): Effect.Effect<void, Ending> => {
  const { connection, house } = conversation
  const { loginTriesMax = Infinity } = house.settings
  const told = house.log.loginRefused(connection, code)
  house.counters.logins[code]++
  const bytes = house.replies.refused(code, reason)
  conversation.loginTries++
  if (conversation.loginTries < loginTriesMax)
    return Effect.andThen(told, refuse(conversation, code, id, bytes))
  house.counters.errors[code]++
  conversation.lastWords = withId(bytes, id)
  return Effect.andThen(told, Effect.fail(code))
}
