import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "../../src/net/Address.ts"
import type { ObjectPattern } from "../language/Pattern.ts"

/** What scenarios are played against: it starts a fresh server for each of them, where it can. */
export interface Target {
  /** As a person would name it: `self`, `./server 12345`, `127.0.0.1:12345`. */
  readonly name: string
  /** The arguments that choose it again, for the replay line of a failure. */
  readonly arguments: string
  /** What it offers beyond the plain protocol; scenarios that need more are skipped. */
  readonly claims: ReadonlySet<string>
  /** Why it cannot offer something that it does not claim, or `undefined` where it turns out that it can. */
  readonly lacks: (need: string) => Effect.Effect<string | undefined>
  /** A name that nobody has used, for the client that logs in at the end. */
  readonly newcomerName: () => string
  /** Messages that it may send to anybody at any time. */
  readonly ignoring: ReadonlyArray<ObjectPattern>
  /** How it is known that all has come: by asking `list`, or by waiting where nobody answers that. */
  fences: "unknown" | "list" | "settle"
  readonly settleMillis: number
  /** Whether it can be started again in the middle of a scenario. */
  readonly restarts: boolean
  /** Whether several scenarios can be played at once, each on a server of its own. */
  readonly parallel: boolean
  /** Whether connections end with FIN when a scenario is over: a server that lives on has to free their names. */
  readonly politely: boolean
  /** Whether an earlier scenario of this run has used this name, and the server may not have noticed that it is free. */
  readonly mayStillHold: (username: string) => boolean
  /** Takes note of the names that a scenario has used. */
  readonly usedNames: (usernames: Iterable<string>) => void
  /** Scenarios that are known to fail here, by file name without `.yaml`, with the reason. */
  readonly knownFailures: ReadonlyMap<string, string>
  /** A server that lives as long as the scope. */
  readonly start: Effect.Effect<Server, TargetFailed, Scope.Scope>
}

/** A running server. */
export interface Server extends Address {
  readonly restart: Effect.Effect<void, TargetFailed>
  /** How it ended, where it did: "exit code 1", "signal SIGSEGV". */
  readonly ended: () => string | undefined
  /** The names of other people who are on it. */
  readonly strangers: ReadonlySet<string>
  /** The last lines it wrote about itself. */
  readonly lastLines: () => ReadonlyArray<string>
}

/** The server did not start, or cannot be reached. */
export class TargetFailed extends Data.TaggedError("TargetFailed")<{
  readonly reason: string
  readonly lastLines: ReadonlyArray<string>
  /** Whether it may start on another port. */
  readonly isPortTaken?: boolean
}> {}
