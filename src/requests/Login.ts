import * as Effect from "effect/Effect"
import { lobby } from "../hub/Audiences.ts"
import type { Ending } from "../net/Connection.ts"
import { features, type Id } from "../Protocol.ts"
import { askLogin } from "../embedding/Hooks.ts"
import { isSameUsername, isUsername } from "../Username.ts"
import { answer, type Conversation, type Handler, presence, refuse, type RequestOf } from "./Conversation.ts"
import { withId } from "./Replies.ts"

/** Grants a name that is free, unless the embedder refuses it (LOGIN-1 to LOGIN-10). */
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
const grant = (
  conversation: Conversation,
  { features: asked, id, username }: RequestOf<"login">
): Effect.Effect<void, Ending> => {
  const { connection, house } = conversation
  if (!house.registry.claim(username)) return refuseName(conversation, "username_taken", id)
  conversation.username = username
  connection.loginByMillis = Number.POSITIVE_INFINITY
  const granted = asked && features.filter((feature) => asked.includes(feature))
  const join = house.hub.inTurn(() => {
    house.counters.logins.granted++
    answer(conversation, withId(house.replies.welcome(username, granted), id))
    house.hub.audiences.join(lobby.key, connection, { watches: granted?.includes("presence") === true })
    house.embedder?.joined(username, conversation)
    return presence(conversation, "joined", username)
  })
  return Effect.andThen(join, house.log.loggedIn(connection, username))
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

/** Gives the name back, in its turn among the broadcasts. */
export const leave = (conversation: Conversation, username: string): Effect.Effect<void> => {
  const { connection, house } = conversation
  return house.hub.inTurn(() => {
    house.hub.audiences.leaveAll(connection)
    house.registry.release(username)
    house.embedder?.left(username, conversation)
    return presence(conversation, "left", username)
  })
}
