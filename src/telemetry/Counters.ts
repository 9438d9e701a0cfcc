import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { type Ending, endings } from "../net/Connection.ts"
import { type ErrorCode, errorCodes } from "../Protocol.ts"
import { type Refusal, refusals } from "../net/Admission.ts"

/** How a login went. */
const loginResults = ["granted", "invalid_username", "username_taken", "already_logged_in"] as const
export type LoginResult = (typeof loginResults)[number]

/**
 * What one server did since its start, and whether it listens: plain numbers, so that counting costs nothing, which
 * are read when somebody asks.
 */
export class Counters extends Context.Service<
  Counters,
  {
    isListening: boolean
    /** Connections that are served at once, at most. */
    connectionsMax: number
    /** Connections that have a seat now, those included that still agree on TLS. */
    connectionsOpen: () => number
    /** Connections that got a seat. */
    connectionsAccepted: number
    /** Connections that got none, by reason. */
    readonly connectionsRefused: Record<Refusal, number>
    /** Connections that had a seat and are closed, by reason. */
    readonly connectionsEnded: Record<Ending, number>
    readonly logins: Record<LoginResult, number>
    /** Error replies, goodbyes included. */
    readonly errors: Record<ErrorCode, number>
    messagesReceived: number
    /** Times that half of `outboxBytesMax` waited for a client. */
    slowWarnings: number
    /** The most that ever waited for one client. */
    outboxBytesHighest: number
    /** What closed connections received and sent; an open one's socket counts for itself. */
    closedReceivedBytes: number
    closedSentBytes: number
  }
>()("palabre/Counters") {
  static readonly layer = Layer.sync(Counters, () =>
    Counters.of({
      isListening: false,
      connectionsMax: 0,
      connectionsOpen: () => 0,
      connectionsAccepted: 0,
      connectionsRefused: zeros(refusals),
      connectionsEnded: zeros(endings),
      logins: zeros(loginResults),
      errors: zeros(errorCodes),
      messagesReceived: 0,
      slowWarnings: 0,
      outboxBytesHighest: 0,
      closedReceivedBytes: 0,
      closedSentBytes: 0
    })
  )
}

const zeros = <Key extends string>(keys: ReadonlyArray<Key>): Record<Key, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>
