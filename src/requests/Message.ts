import * as Effect from "effect/Effect"
import type { Words } from "../embedding/Embedder.ts"
import { askMessage } from "../embedding/Hooks.ts"
import type { Happening } from "../fold/Happening.ts"
import type { OperationOf } from "../fold/Operation.ts"
import { roomOf } from "../fold/State.ts"
import { monotonicMillis } from "../net/MonotonicTime.ts"
import { type BucketRule, TokenBucket } from "../net/TokenBucket.ts"
import type { Ending } from "../net/Ending.ts"
import { encode } from "../Protocol.ts"
import { isSameUsername, usernameKey } from "../Username.ts"
import {
  answer,
  answerInOrder,
  type Conversation,
  type Handler,
  leaveUnanswered,
  nameOf,
  refuse,
  type RequestOf
} from "./Conversation.ts"
import { letter, wordsOf } from "./News.ts"
import { type Fields, withId } from "./Replies.ts"

type MessageRequest = RequestOf<"message">

/**
 * Sends a message to everyone else who is logged in or in a room, or to one user, then acknowledges it (MSG-1 to MSG-9,
 * ROOM-2, DM-1, DM-2, SEQ-3, DEDUP-1).
 */
export const message: Handler<"message"> = (conversation, request) => {
  const { house, username } = conversation
  if (username === undefined) return refuse(conversation, "not_logged_in", request.id)
  if (request.username !== undefined && !isSameUsername(username, request.username))
    return refuse(conversation, "username_mismatch", request.id)
  if (request.to !== undefined) {
    if (request.room !== undefined)
      return refuse(
        conversation,
        "invalid_request",
        request.id,
        house.replies.explained("invalid_request", { kind: "exclusive", fields: ["room", "to"] })
      )
    if (isSameUsername(username, request.to))
      return refuse(
        conversation,
        "invalid_request",
        request.id,
        house.replies.explained("invalid_request", { kind: "wrong", field: "to", isEmpty: false })
      )
  }
  return house.messageRule === undefined
    ? say(conversation, username, request)
    : sayWithin(conversation, house.messageRule, username, request)
}

/** Sends a message that is within the rights of its sender, unless the embedder refuses it. */
const say = (
  conversation: Conversation,
  username: string,
  request: MessageRequest
): Effect.Effect<void, Ending> => {
  const { embedder, replies } = conversation.house
  if (embedder?.onMessage === undefined) return send(conversation, username, request)
  return Effect.flatMap(
    askMessage(conversation, embedder, embedder.onMessage, askedWords(conversation, username, request)),
    (answer) =>
      typeof answer === "string"
        ? send(conversation, username, { ...request, content: answer })
        : refuse(
            conversation,
            "message_refused",
            request.id,
            replies.refused("message_refused", answer.reason)
          )
  )
}

/** Appends a message as soon as its readers have room for it. */
const send = (
  conversation: Conversation,
  username: string,
  request: MessageRequest
): Effect.Effect<void, Ending> => {
  const { connection, house } = conversation
  const bytes = encode({
    type: "message",
    ...addressOf(conversation, request),
    username,
    content: request.content
  })
  const pause = house.hub.admit(connection, bytes.length)
  return pause === undefined
    ? Effect.sync(() => append(conversation, request, bytes))
    : appendAfter(conversation, pause, { ...request, content: "" }, bytes)
}

/** A function of its own: a message that waits is kept as bytes alone, not as text as well. */
const appendAfter = (
  conversation: Conversation,
  pause: Effect.Effect<void, Ending>,
  request: MessageRequest,
  bytes: Buffer
): Effect.Effect<void, Ending> =>
  Effect.andThen(
    pause,
    Effect.sync(() => {
      const { content } = JSON.parse(bytes.toString()) as MessageRequest
      append(conversation, { ...request, content }, bytes)
    })
  )

/** Where a message goes, as its room or its addressee is spelled: nowhere but to the lobby for most. */
const addressOf = ({ house }: Conversation, { room, to }: MessageRequest): { room?: string; to?: string } => {
  const { state } = house.registry
  if (to !== undefined) return { to: state.names.get(usernameKey(to))?.username ?? to }
  if (room === undefined) return noAddress
  const name = nameOf(roomOf(state, room) ?? state.lobby)
  return name === undefined ? noAddress : { room: name }
}

const noAddress = {}

const append = (conversation: Conversation, request: MessageRequest, bytes: Buffer): void => {
  const place = conversation.appended++
  conversation.inFlight++
  conversation.house.replica.submit(operationOf(conversation, request), (result) => {
    if (place > placeOfNext(conversation))
      return void conversation.early.set(place, () => settle(conversation, request, bytes, result))
    settle(conversation, request, bytes, result)
    settleEarly(conversation)
    if (conversation.inFlight > 0) return
    const { onIdle } = conversation
    conversation.onIdle = undefined
    onIdle?.()
  })
}

/** The first of its messages that is not settled. */
const placeOfNext = ({ appended, inFlight }: Conversation): number => appended - inFlight

/** Settles those that could have been before, had they not had to wait for their turn: answers come in order (REQ-2). */
const settleEarly = (conversation: Conversation): void => {
  const { early } = conversation
  while (early.size > 0) {
    const place = placeOfNext(conversation)
    const next = early.get(place)
    if (next === undefined) return
    early.delete(place)
    next()
  }
}

const operationOf = (
  { connection: { id } }: Conversation,
  { cid, content, room, to }: MessageRequest
): OperationOf<"message"> => {
  if (cid === undefined && room === undefined && to === undefined) return { t: "message", id, content }
  return {
    t: "message",
    id,
    content,
    ...(room !== undefined && { room }),
    ...(to !== undefined && { to }),
    ...(cid !== undefined && { cid })
  }
}

/** Delivers what was said, and answers, each in its place among what others are told. */
const settle = (
  conversation: Conversation,
  request: MessageRequest,
  bytes: Buffer,
  result: Happening
): void => {
  const { connection, follower, house } = conversation
  const { cid, id } = request
  conversation.inFlight--
  if (result.t === "said") {
    const { message: said, room } = result
    house.counters.messagesReceived++
    house.embedder?.said(wordsOf(result))
    const name = nameOf(room)
    const reply =
      follower === undefined && name === undefined
        ? house.replies.sent
        : house.replies.acked({ room: name, ...(follower && { seq: said.seq, cid }) })
    const ack = withId(reply, id)
    const broadcast = { room, to: "members", from: connection, bytes, said } as const
    if (follower !== undefined) conversation.answeredBytes += ack.length
    house.hub.publish(follower === undefined ? broadcast : { ...broadcast, ack }, bytes.length)
    if (follower === undefined) answer(conversation, ack)
    return
  }
  house.hub.release(bytes.length)
  if (conversation.isLost) return
  if (result.t === "letter") {
    house.counters.messagesReceived++
    house.embedder?.said(wordsOf(result))
    const work = letter(house, result)
    if (work !== undefined) house.hub.turn(work)
    acknowledge(conversation, request, { to: result.to.username, cid })
  } else if (result.t === "duplicate") {
    const { room, seq, to } = result
    house.counters.duplicates++
    acknowledge(conversation, request, { room, to, seq, cid, duplicate: true })
  } else if (result.t === "refused") {
    house.counters.errors[result.code]++
    const error =
      result.code === "invalid_request"
        ? house.replies.explained("invalid_request", { kind: "wrong", field: "cid", isEmpty: false })
        : house.replies.refusals[result.code]
    answerInOrder(conversation, withId(error, id))
  } else leaveUnanswered(conversation, result)
}

const acknowledge = (conversation: Conversation, { id }: MessageRequest, fields: Fields): void =>
  answerInOrder(conversation, withId(conversation.house.replies.acked(fields), id))

/** A message as the embedder is asked about it. */
const askedWords = (conversation: Conversation, username: string, request: MessageRequest): Words => ({
  username,
  content: request.content,
  ...addressOf(conversation, request)
})

/** Does the same, unless the client has used up its right to: then it is told when to try again. */
const sayWithin = Effect.fnUntraced(function* (
  conversation: Conversation,
  rule: BucketRule,
  username: string,
  request: MessageRequest
) {
  const nowMillis = yield* monotonicMillis
  conversation.messages ??= new TokenBucket(rule, nowMillis)
  const retryAfterMs = conversation.messages.take(nowMillis)
  if (retryAfterMs === 0) return yield* say(conversation, username, request)
  const refusal = conversation.house.replies.rateLimited(retryAfterMs)
  return yield* refuse(conversation, "rate_limited", request.id, refusal)
})
