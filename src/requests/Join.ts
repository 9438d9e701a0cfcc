import * as Effect from "effect/Effect"
import type { Room } from "../fold/State.ts"
import { monotonicMillis } from "../net/MonotonicTime.ts"
import { type BucketRule, TokenBucket } from "../net/TokenBucket.ts"
import {
  answerInPlace,
  carryOutRequest,
  type Conversation,
  type Handler,
  nameOf,
  refuse,
  type RequestOf
} from "./Conversation.ts"
import type { Start } from "../replay/Follower.ts"
import { joined } from "./News.ts"
import { fromEpoch, fromNow } from "./Starts.ts"

/** Joins a room, and shows what was said there before, as far as that is asked for (ROOM-1, ROOM-3, HIST-1, HIST-3). */
export const join: Handler<"join"> = (conversation, request) => {
  const { house } = conversation
  const { id } = request
  if (conversation.username === undefined) return refuse(conversation, "not_logged_in", id)
  if (request.recent !== undefined && request.after !== undefined)
    return refuse(
      conversation,
      "invalid_request",
      id,
      house.replies.explained("invalid_request", { kind: "exclusive", fields: ["recent", "after"] })
    )
  const asksForPast = request.recent !== undefined || request.after !== undefined
  return asksForPast && house.trafficRule !== undefined
    ? joinWithin(conversation, house.trafficRule, request)
    : joinNow(conversation, request)
}

/**
 * Does so, unless what the client was shown of the past is not paid for yet: a few bytes ask for all that a room keeps, and
 * reading its requests later would not bound that.
 */
const joinWithin = Effect.fnUntraced(function* (
  conversation: Conversation,
  rule: BucketRule,
  request: RequestOf<"join">
) {
  const nowMillis = yield* monotonicMillis
  const past = (conversation.past ??= new TokenBucket(rule, nowMillis))
  const level = past.level(nowMillis)
  if (level >= 0)
    return yield* joinNow(conversation, request, (bytes) => past.spend(nowMillis, bytes, -Infinity))
  const retryAfterMs = Math.ceil(-level / rule.perMillis)
  const refused = conversation.house.replies.rateLimited(retryAfterMs)
  return yield* refuse(conversation, "rate_limited", request.id, refused)
})

const joinNow = (
  conversation: Conversation,
  request: RequestOf<"join">,
  payFor: (bytes: number) => void = () => {}
): Effect.Effect<void> => {
  const { connection, house } = conversation
  const { id } = request
  const operation = { t: "join", id: connection.id, room: request.room } as const
  return carryOutRequest(conversation, operation, id, "joined", (result) => {
    const { isNew, room } = result
    const bytes = joinedReply(conversation, room)
    const start = startOf(room, request, house.registry.state.epoch)
    if (isNew) payFor(room.bytesAfter(start.after))
    const tell = joined(house, result)
    return () => {
      answerInPlace(conversation, bytes, id)
      if (!isNew) return undefined
      enter(conversation, room, start)
      return tell()
    }
  })
}

const joinedReply = ({ features, house }: Conversation, room: Room): Buffer =>
  house.replies.done({
    room: nameOf(room),
    users: house.registry.usernames(room),
    ...(features.includes("history") && { first: room.first, last: room.last })
  })

/** From now on, the client receives what is said in a room, from its start on if it has history. */
export const enter = (
  { connection, features, follower, house }: Conversation,
  room: Room,
  start: Start
): void => {
  const watches = features.includes("presence")
  house.hub.audiences.join(room.key, connection, follower === undefined ? { watches } : { watches, follower })
  follower?.follow(room, room, start)
}

const startOf = (room: Room, { after, epoch, recent }: RequestOf<"join">, currentEpoch: string): Start => {
  if (recent !== undefined) return { ...fromNow(room), after: Math.max(room.first - 1, room.last - recent) }
  if (after === undefined) return fromNow(room)
  const isKnown = (epoch === undefined || epoch === currentEpoch) && after <= room.last
  return isKnown ? { ...fromNow(room), after } : fromEpoch(room, room.name, currentEpoch)
}
