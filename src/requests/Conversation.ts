import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Embedder } from "../embedding/Embedder.ts"
import type { Asker } from "../embedding/Hooks.ts"
import type { Happening, HappeningOf } from "../fold/Happening.ts"
import type { Operation } from "../fold/Operation.ts"
import { type Holder, isRoomName, lobbyKey, type Room, roomOf } from "../fold/State.ts"
import type { Work } from "../hub/Delivery.ts"
import type { Hub } from "../hub/Hub.ts"
import type { Ending } from "../net/Ending.ts"
import type { BucketRule, TokenBucket } from "../net/TokenBucket.ts"
import { type ErrorCode, type Feature, type Id, type Request } from "../Protocol.ts"
import type { Registry } from "../Registry.ts"
import type { Follower } from "../replay/Follower.ts"
import type { Replica } from "../replica/Replica.ts"
import type { Settings } from "../settings/Settings.ts"
import type { ConnectionLog } from "../telemetry/ConnectionLog.ts"
import type { Counters } from "../telemetry/Counters.ts"
import { partsWithId, type Replies, withId } from "./Replies.ts"
import type { Sessions } from "./Sessions.ts"

/** The services that all conversations of a server share. */
export interface House {
  readonly counters: Counters["Service"]
  readonly embedder: Embedder | undefined
  readonly hub: Hub["Service"]
  readonly log: ConnectionLog["Service"]
  readonly registry: Registry["Service"]
  readonly replica: Replica["Service"]
  readonly replies: Replies["Service"]
  readonly sessions: Sessions
  readonly settings: Settings["Service"]
  /** The features that clients may ask for. */
  readonly offered: ReadonlyArray<Feature>
  /** The limit on the messages of a client, if there is one. */
  readonly messageRule: BucketRule | undefined
  /** The limit on what a client sends and is answered, in bytes, if there is one. */
  readonly trafficRule: BucketRule | undefined
  /** Those who are logged in here, by the id of their connection. */
  readonly clients: Map<number, Conversation>
}

export const House = Context.Service<House>("palabre/House")

/** The state of the conversation with one client. */
export interface Conversation extends Asker {
  readonly house: House
  /** A reply that is also the goodbye. */
  lastWords: Buffer | undefined
  /** The name that the client holds, once it is logged in. */
  username: string | undefined
  /** The same, as the shared state knows it. */
  holder: Holder | undefined
  /** The features that it was granted. */
  features: ReadonlyArray<Feature>
  /** Puts all that a client with `history` is told in its place among what it is shown. */
  follower: Follower | undefined
  /** The number of refused logins. */
  loginTries: number
  /** Its right to send messages, if that is limited. */
  messages: TokenBucket | undefined
  /** Its right to be shown what was said in rooms before it joined them, in bytes, if that is limited. */
  past: TokenBucket | undefined
  /** Bytes of replies sent to it, and of what all others are told of its coming and going. */
  answeredBytes: number
  /** The number of its messages that are in the log, or on their way there, and not read back yet. */
  inFlight: number
  /** The number of its messages that ever were. */
  appended: number
  /** What is to be done for messages that were refused before earlier ones were read back, by their place among all. */
  readonly early: Map<number, () => void>
  /** True once a request will never be answered: then nothing that was asked after it is answered either (REQ-2). */
  isLost: boolean
  /** Called once there are none. */
  onIdle: (() => void) | undefined
}

/** A request of this type. */
export type RequestOf<Type extends Request["type"]> = Extract<Request, { readonly type: Type }>

/** Answers a request, exactly once; fails with the ending if the request is also the last one. */
export type Handler<Type extends Request["type"]> = (
  conversation: Conversation,
  request: RequestOf<Type>
) => Effect.Effect<void, Ending>

/** Done once all messages of the client were read back from the log, and answered; fails if one of them will not be. */
export const idle = (conversation: Conversation): Effect.Effect<void, Ending> =>
  conversation.inFlight === 0
    ? Effect.void
    : Effect.callback((resume) => {
        conversation.onIdle = () => {
          const { ending = "unavailable" } = conversation.connection
          resume(conversation.isLost ? Effect.fail(ending) : Effect.void)
        }
      })

/** Sends a reply. */
export const answer = (conversation: Conversation, bytes: Buffer): void => {
  conversation.answeredBytes += bytes.length
  if (conversation.follower === undefined) conversation.connection.offer(bytes)
  else conversation.follower.answer([bytes])
}

/** Sends a reply behind the answers to earlier requests: those of a client with history take turns with broadcasts. */
export const answerInOrder = (conversation: Conversation, bytes: Buffer): void => {
  if (conversation.follower === undefined) answer(conversation, bytes)
  else conversation.house.hub.turn(() => answer(conversation, bytes))
}

/** Sends a reply that may be long, without copying it, after all that the client is still to be shown. */
export const answerInPlace = (conversation: Conversation, bytes: Buffer, id: Id | undefined): void => {
  conversation.answeredBytes += bytes.length
  const parts = partsWithId(bytes, id)
  if (conversation.follower === undefined) conversation.connection.offerTogether(parts, true)
  else conversation.follower.tell(parts, true)
}

/** Sends a reply with the id of its request, after the answers to earlier ones. */
export const reply = (
  conversation: Conversation,
  bytes: Buffer,
  id: Id | undefined
): Effect.Effect<void, Ending> => {
  if (conversation.follower === undefined && conversation.inFlight === 0)
    return Effect.sync(() => answer(conversation, withId(bytes, id)))
  const turn = conversation.house.hub.inTurn(() => answer(conversation, withId(bytes, id)))
  return Effect.andThen(idle(conversation), turn)
}

/** Sends an error reply, and counts it; `bytes` is the reply if it says more than its code. */
export const refuse = (
  conversation: Conversation,
  code: ErrorCode,
  id: Id | undefined,
  bytes = conversation.house.replies.refusals[code]
): Effect.Effect<void, Ending> => {
  conversation.house.counters.errors[code]++
  return reply(conversation, bytes, id)
}

/**
 * Appends an operation. Where it is read back from the log, `react` is given its result, and the work that it gives is
 * done in its turn among the broadcasts. Gives the result once that is done.
 */
export const carryOutInTurn = (
  { hub, replica }: House,
  operation: Operation,
  react: (result: Happening) => Work
): Effect.Effect<Happening> =>
  Effect.callback((resume) =>
    replica.submit(operation, (result) => {
      const work = react(result)
      hub.turn(() => {
        try {
          return work()
        } finally {
          resume(Effect.succeed(result))
        }
      })
    })
  )

/** The same for a request whose success is a happening of one type. */
export const carryOutRequest = <T extends Happening["t"]>(
  conversation: Conversation,
  operation: Operation,
  id: Id | undefined,
  success: T,
  react: (result: HappeningOf<T>) => Work
): Effect.Effect<void> =>
  Effect.asVoid(
    carryOutInTurn(conversation.house, operation, (result) => {
      if (result.t === success) return react(result as HappeningOf<T>)
      if (result.t === "refused") return refusal(conversation, result.code, id)
      leaveUnanswered(conversation, result)
      return nothing
    })
  )

const nothing = () => {}

/** A request will never be answered: its connection holds its name no more, or nobody knows what became of it (NODE-5). */
export const leaveUnanswered = (conversation: Conversation, { t }: Happening): void => {
  if (t === "doubtful") conversation.connection.stop("unavailable")
  conversation.isLost = true
}

/** Reads the state as it is once all that was acknowledged before has been read back, and answers in turn (SYNC-1). */
export const readInTurn = (
  conversation: Conversation,
  id: Id | undefined,
  read: () => Work
): Effect.Effect<void> =>
  carryOutRequest(conversation, { t: "fence" }, id, "done", (result) => {
    if (conversation.house.clients.has(conversation.connection.id)) return read()
    leaveUnanswered(conversation, result)
    return nothing
  })

/** Refuses a request in its turn. */
export const refusal =
  (conversation: Conversation, code: ErrorCode, id: Id | undefined): Work =>
  () => {
    const { counters, replies } = conversation.house
    counters.errors[code]++
    answer(conversation, withId(replies.refusals[code], id))
  }

/** The room that a request names, the lobby if it names none, or the code for why its client cannot ask about it. */
export const roomWith = ({ holder, house }: Conversation, name: string | undefined): Room | ErrorCode => {
  if (name !== undefined && !isRoomName(name)) return "invalid_room"
  const room = roomOf(house.registry.state, name)
  return holder !== undefined && room?.members.has(holder) === true ? room : "not_in_room"
}

/** The name of a room on the wire; the lobby has none. */
export const nameOf = ({ key, name }: Room): string | undefined => (key === lobbyKey ? undefined : name)
