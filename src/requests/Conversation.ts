import * as Effect from "effect/Effect"
import type { Embedder, Member } from "../embedding/Embedder.ts"
import type { Asker } from "../embedding/Hooks.ts"
import { lobby } from "../hub/Audiences.ts"
import type { Broadcast } from "../hub/Broadcast.ts"
import type { Hub } from "../hub/Hub.ts"
import type { Ending } from "../net/Connection.ts"
import type { BucketRule, TokenBucket } from "../net/TokenBucket.ts"
import { encode, type ErrorCode, type Id, type Request } from "../Protocol.ts"
import type { Registry } from "../Registry.ts"
import type { Settings } from "../settings/Settings.ts"
import type { ConnectionLog } from "../telemetry/ConnectionLog.ts"
import type { Counters } from "../telemetry/Counters.ts"
import { type Replies, withId } from "./Replies.ts"

/** The services that all conversations of a server share. */
export interface House {
  readonly counters: Counters["Service"]
  readonly embedder: Embedder | undefined
  readonly hub: Hub["Service"]
  readonly log: ConnectionLog["Service"]
  readonly registry: Registry["Service"]
  readonly replies: Replies["Service"]
  readonly settings: Settings["Service"]
  /** The limit on the messages of a client, if there is one. */
  readonly messageRule: BucketRule | undefined
}

/** The state of the conversation with one client. */
export interface Conversation extends Asker, Member {
  readonly house: House
  /** The name that the client holds, once it is logged in. */
  username: string | undefined
  /** The number of refused logins. */
  loginTries: number
  /** Its right to send messages, if that is limited. */
  messages: TokenBucket | undefined
  /** Bytes of replies sent to it. */
  answeredBytes: number
}

/** A request of this type. */
export type RequestOf<Type extends Request["type"]> = Extract<Request, { readonly type: Type }>

/** Answers a request, exactly once; fails with the ending if the request is also the last one. */
export type Handler<Type extends Request["type"]> = (
  conversation: Conversation,
  request: RequestOf<Type>
) => Effect.Effect<void, Ending>

/** Sends a reply. */
export const answer = (conversation: Conversation, bytes: Buffer): void => {
  conversation.answeredBytes += bytes.length
  conversation.connection.offer(bytes)
}

/** Sends a reply with the id of its request. */
export const reply = (conversation: Conversation, bytes: Buffer, id: Id | undefined): Effect.Effect<void> =>
  Effect.sync(() => answer(conversation, withId(bytes, id)))

/** Sends an error reply, and counts it; `bytes` is the reply if it says more than its code. */
export const refuse = (
  conversation: Conversation,
  code: ErrorCode,
  id: Id | undefined,
  bytes = conversation.house.replies.errors[code]
): Effect.Effect<void> => {
  conversation.house.counters.errors[code]++
  return reply(conversation, bytes, id)
}

/** Tells those who asked for presence that someone comes or goes (PRES-1). */
export const presence = (
  { connection, house }: Conversation,
  type: "joined" | "left",
  username: string
): Broadcast | undefined =>
  house.hub.audiences.isWatched(lobby.key)
    ? { room: lobby, to: "watchers", from: connection, bytes: encode({ type, username }) }
    : undefined
