import * as Effect from "effect/Effect"
import type { Embedder } from "../embedding/Embedder.ts"
import { askMessage } from "../embedding/Hooks.ts"
import { lobby } from "../hub/Audiences.ts"
import { monotonicMillis } from "../net/MonotonicTime.ts"
import { type BucketRule, TokenBucket } from "../net/TokenBucket.ts"
import type { Ending } from "../net/Connection.ts"
import { encode, type Id } from "../Protocol.ts"
import { isSameUsername } from "../Username.ts"
import { answer, type Conversation, type Handler, refuse, type RequestOf } from "./Conversation.ts"
import { withId } from "./Replies.ts"

/** Sends a message to everyone else who is logged in, then acknowledges it (MSG-1 to MSG-9). */
export const message: Handler<"message"> = (conversation, request) => {
  const { house, username } = conversation
  if (username === undefined) return refuse(conversation, "not_logged_in", request.id)
  if (request.username !== undefined && !isSameUsername(username, request.username))
    return refuse(conversation, "username_mismatch", request.id)
  return house.messageRule === undefined
    ? say(conversation, username, request)
    : broadcastWithin(conversation, house.messageRule, username, request)
}

/** Sends a message that is within the rights of its sender, unless the embedder refuses it. */
const say = (
  conversation: Conversation,
  username: string,
  request: RequestOf<"message">
): Effect.Effect<void, Ending> => {
  const { embedder, replies } = conversation.house
  if (embedder?.onMessage === undefined) return broadcast(conversation, username, request)
  const { content, id } = request
  return Effect.flatMap(
    askMessage(conversation, embedder, embedder.onMessage, { username, content }),
    (answer) =>
      typeof answer === "string"
        ? broadcast(conversation, username, { ...request, content: answer })
        : refuse(conversation, "message_refused", id, replies.refused("message_refused", answer.reason))
  )
}

const broadcast = (
  conversation: Conversation,
  username: string,
  { content, id }: RequestOf<"message">
): Effect.Effect<void, Ending> => {
  const bytes = encode({ type: "message", username, content })
  const { embedder, hub } = conversation.house
  const said = embedder === undefined ? undefined : tell(embedder, username, content)
  const pause = hub.admit(conversation.connection, bytes.length)
  const published = publish(conversation, bytes, id, said)
  return pause === undefined ? published : Effect.andThen(pause, published)
}

const publish = (
  conversation: Conversation,
  bytes: Buffer,
  id: Id | undefined,
  said: (() => void) | undefined
) =>
  Effect.sync(() => {
    const { connection: from, house } = conversation
    house.hub.publish({ room: lobby, to: "members", from, bytes }, bytes.length)
    house.counters.messagesReceived++
    said?.()
    answer(conversation, withId(house.replies.sent, id))
  })

/** A function of its own: else a message that waits would be kept as text as well, whether or not somebody is told. */
const tell = (embedder: Embedder, username: string, content: string) => () => embedder.said(username, content)

/** Does the same, unless the client has used up its right to: then it is told when to try again. */
const broadcastWithin = Effect.fnUntraced(function* (
  conversation: Conversation,
  rule: BucketRule,
  username: string,
  request: RequestOf<"message">
) {
  const nowMillis = yield* monotonicMillis
  conversation.messages ??= new TokenBucket(rule, nowMillis)
  const retryAfterMs = conversation.messages.take(nowMillis)
  if (retryAfterMs === 0) return yield* say(conversation, username, request)
  const refusal = conversation.house.replies.rateLimited(retryAfterMs)
  return yield* refuse(conversation, "rate_limited", request.id, refusal)
})
