import * as Data from "effect/Data"
import type { NonEmptyReadonlyArray } from "effect/Array"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "../../src/net/Address.ts"
import type { ClientUse } from "../client/ClientUse.ts"
import type { ObjectPattern } from "../language/Pattern.ts"

/** The server that scenarios are played against, started afresh for each of them if possible. */
export interface Target {
  /** As a person would name it: `self`, `./server 12345`, `127.0.0.1:12345`. */
  readonly name: string
  /** The arguments that choose it again, for the replay line of a failure. */
  readonly arguments: string
  /** The features it offers beyond the plain protocol; scenarios that need more are skipped. */
  readonly claims: ReadonlySet<string>
  /** Messages that it may send to anybody at any time. */
  readonly ignoring: ReadonlyArray<ObjectPattern>
  /** The wait for what may still arrive, if nobody answers `list`. */
  readonly settleMillis: number
  /** True if it can be started again in the middle of a scenario. */
  readonly restarts: boolean
  /** True if one side alone cannot end a connection, as over WebSockets. */
  readonly endsWhole?: boolean
  /** True if several scenarios can be played at once, each on a server of its own. */
  readonly parallel: boolean
  /**
   * True if its server lives on when a scenario is over, and other people may use it: connections end with FIN, so that it
   * frees their names.
   */
  readonly livesOn: boolean
  /** Scenarios that are known to fail here, by file name without `.yaml`, with the reason. */
  readonly knownFailures: ReadonlyMap<string, string>
  /** The client that is judged at it, and how clients are used; where it is not ours, none are judged. */
  readonly clients?: ClientUse
  /** The files of its program, as far as its command names them. */
  readonly files?: ReadonlyArray<string>
  /** A server that lives as long as the scope. */
  readonly start: Effect.Effect<Server, TargetFailed, Scope.Scope>
}

/** A node of a server that has several, all of the same chat. */
export interface Node extends Address {
  /** As it was named: `127.0.0.1:12345`, or a URL. */
  readonly name: string
  /** True as long as it may not listen yet; a connection that is refused is then tried again. */
  readonly isStarting?: () => boolean
}

/** A running server; where it has nodes, its own address is that of the first. */
export interface Server extends Omit<Node, "name"> {
  /** Its nodes, where it has several: connections are dealt out to them. */
  readonly nodes?: NonEmptyReadonlyArray<Node>
  readonly restart: Effect.Effect<void, TargetFailed>
  /** The way it ended, if it did: "exit code 1", "signal SIGSEGV". */
  readonly ended: () => string | undefined
  /** The last lines that it wrote since the scenario began. */
  readonly lastLines: () => ReadonlyArray<string>
  /** The last lines that it wrote before. */
  readonly linesBefore?: () => ReadonlyArray<string>
  /** Remarks about it for the reader of the report. */
  readonly notes?: () => ReadonlyArray<string>
  /** Tells of each line that it writes from now on. */
  readonly onLogLine?: (listener: (line: string) => void) => void
}

/** The server did not start, or cannot be reached. */
export class TargetFailed extends Data.TaggedError("TargetFailed")<{
  readonly reason: string
  readonly lastLines: ReadonlyArray<string>
  /** True if it may start on another port. */
  readonly isPortTaken?: boolean
  /** True if this machine could not even try, as where it has no process left. */
  readonly isMachineToBlame?: boolean
}> {}
