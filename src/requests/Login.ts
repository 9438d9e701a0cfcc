import * as Effect from "effect/Effect"
import type { Ending } from "../net/Connection.ts"
import { features, type Id } from "../Protocol.ts"
import { isUsername } from "../Username.ts"
import { type Conversation, type Handler, presence, refuse } from "./Conversation.ts"
import { withId } from "./Replies.ts"

/** Grants a name that is free; the reply comes before anything that others cause (LOGIN-1 to LOGIN-10). */
export const login: Handler<"login"> = (conversation, { features: asked, id, username }) => {
  const { connection, house } = conversation
  if (conversation.username !== undefined) {
    house.counters.logins.already_logged_in++
    return refuse(conversation, "already_logged_in", id)
  }
  if (!isUsername(username)) return refuseName(conversation, "invalid_username", id)
  if (!house.registry.claim(username)) return refuseName(conversation, "username_taken", id)
  conversation.username = username
  connection.loginByMillis = Number.POSITIVE_INFINITY
  const granted = asked && features.filter((feature) => asked.includes(feature))
  const join = house.hub.inTurn(() => {
    house.counters.logins.granted++
    connection.offer(withId(house.replies.welcome(username, granted), id))
    house.hub.audiences.join(connection, granted?.includes("presence") === true)
    return presence(conversation, "joined", username)
  })
  return Effect.andThen(join, house.log.loggedIn(connection, username))
}

/** Refuses a name. After `loginTriesMax` refusals the connection ends, so that nobody finds out names by trying. */
const refuseName = (
  conversation: Conversation,
  code: "invalid_username" | "username_taken",
  id: Id | undefined
): Effect.Effect<void, Ending> => {
  const { connection, house } = conversation
  const { loginTriesMax = Infinity } = house.settings
  const told = house.log.loginRefused(connection, code)
  house.counters.logins[code]++
  conversation.loginTries++
  if (conversation.loginTries < loginTriesMax) return Effect.andThen(told, refuse(conversation, code, id))
  house.counters.errors[code]++
  conversation.lastWords = withId(house.replies.errors[code], id)
  return Effect.andThen(told, Effect.fail(code))
}

/** Gives the name back, in its turn among the broadcasts. */
export const leave = (conversation: Conversation, username: string): Effect.Effect<void> => {
  const { connection, house } = conversation
  return house.hub.inTurn(() => {
    house.hub.audiences.leave(connection)
    house.registry.release(username)
    return presence(conversation, "left", username)
  })
}
