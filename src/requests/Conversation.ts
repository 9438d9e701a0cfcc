import * as Effect from "effect/Effect"
import type { Broadcast } from "../hub/Batch.ts"
import type { Hub } from "../hub/Hub.ts"
import type { Connection, Ending } from "../net/Connection.ts"
import type { BucketRule, TokenBucket } from "../net/TokenBucket.ts"
import { encode, type ErrorCode, type Id, type Request } from "../Protocol.ts"
import type { Registry } from "../Registry.ts"
import type { Settings } from "../settings/Settings.ts"
import type { ConnectionLog } from "../telemetry/ConnectionLog.ts"
import type { Counters } from "../telemetry/Counters.ts"
import { type Replies, withId } from "./Replies.ts"

/** What all conversations of a server share. */
export interface House {
  readonly counters: Counters["Service"]
  readonly hub: Hub["Service"]
  readonly log: ConnectionLog["Service"]
  readonly registry: Registry["Service"]
  readonly replies: Replies["Service"]
  readonly settings: Settings["Service"]
  /** How many messages a client may send, where that is limited. */
  readonly messageRule: BucketRule | undefined
}

/** The conversation with one client, as its requests see it. */
export interface Conversation {
  readonly house: House
  readonly connection: Connection
  /** The name it holds, once it is logged in. */
  username: string | undefined
  /** How often a login was refused. */
  loginTries: number
  /** Its right to send messages, where that is limited. */
  messages: TokenBucket | undefined
  /** A reply that is also the goodbye. */
  lastWords: Buffer | undefined
}

export type RequestOf<Type extends Request["type"]> = Extract<Request, { readonly type: Type }>

/** Answers a request, exactly once; fails with the ending where it is also the last one. */
export type Handler<Type extends Request["type"]> = (
  conversation: Conversation,
  request: RequestOf<Type>
) => Effect.Effect<void, Ending>

export const reply = ({ connection }: Conversation, bytes: Buffer, id: Id | undefined): Effect.Effect<void> =>
  Effect.sync(() => connection.offer(withId(bytes, id)))

/** An error reply; `bytes` where it says more than its code. */
export const refuse = (
  conversation: Conversation,
  code: ErrorCode,
  id: Id | undefined,
  bytes = conversation.house.replies.errors[code]
): Effect.Effect<void> => {
  conversation.house.counters.errors[code]++
  return reply(conversation, bytes, id)
}

/** What those who asked for it are told of who comes and goes (PRES-1). */
export const presence = (
  { connection, house }: Conversation,
  type: "joined" | "left",
  username: string
): Broadcast | undefined =>
  house.hub.audiences.isWatched
    ? { to: "watchers", from: connection, bytes: encode({ type, username }) }
    : undefined
