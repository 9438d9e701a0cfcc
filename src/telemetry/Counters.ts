import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { type ErrorCode, errorCodes } from "../Protocol.ts"

/** Outcomes of a login. */
const loginResults = [
  "granted",
  "invalid_username",
  "username_taken",
  "login_refused",
  "already_logged_in"
] as const
export type LoginResult = (typeof loginResults)[number]

/**
 * Counts of the conversations since the start of a server, and whether it takes clients: plain numbers, so that counting
 * costs nothing.
 */
export class Counters extends Context.Service<
  Counters,
  {
    /** True while the server takes clients; it says so itself, from when it listens. */
    isReady: () => boolean
    readonly logins: Record<LoginResult, number>
    /** Error replies, goodbyes included. */
    readonly errors: Record<ErrorCode, number>
    messagesReceived: number
    /** Messages that came again under their `cid`. */
    duplicates: number
    /** Sessions that went on over another connection. */
    resumed: number
    /** Gaps that clients were shown in place of messages that are not kept any more. */
    gaps: number
  }
>()("palabre/Counters") {
  static readonly layer = Layer.sync(Counters, () =>
    Counters.of({
      isReady: () => false,
      logins: zeros(loginResults),
      errors: zeros(errorCodes),
      messagesReceived: 0,
      duplicates: 0,
      resumed: 0,
      gaps: 0
    })
  )
}

const zeros = <Key extends string>(keys: ReadonlyArray<Key>): Record<Key, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>
