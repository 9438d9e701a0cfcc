import type { Locale } from "../../src/settings/Locales.ts"
import type { ClientUse } from "../client/ClientUse.ts"
import type { ClauseId } from "../language/Clauses.ts"
import type { TargetFailed } from "../stage/Target.ts"
import type { ClauseVerdict } from "../verdict/Blame.ts"
import type { Verdict } from "../verdict/Outcome.ts"

/** What a judge is to do; all of it can be written as JSON, as what it tells can. */
export interface Assignment {
  /** The name of the submission. */
  readonly name: string
  /** Its server, if it has one. */
  readonly server?: StartOf | undefined
  /** Its client, if it has one. */
  readonly client?: (StartOf & Pick<ClientUse, "login" | "list" | "quit">) | undefined
  /** The files of the scenarios to play. */
  readonly visible: ReadonlyArray<string>
  readonly hidden: ReadonlyArray<string>
  /** The times that a failure is played. */
  readonly confirm: number
  readonly locale: Locale
  /** Where the report on the visible scenarios is written. */
  readonly reportFile: string
}

/** How a program is started. */
interface StartOf {
  readonly command: string
  readonly port: number | undefined
  readonly variables: ReadonlyArray<string>
  readonly cwd: string
  readonly sandbox: ReadonlyArray<string> | undefined
}

/** What a judge tells while it works. */
export type Told =
  | { readonly event: "here"; readonly pid: number }
  | { readonly event: "begins"; readonly file: string }
  | ({ readonly event: "played" } & Played)
  | { readonly event: "done" }

/** What became of a scenario; when it is told again, that counts. */
export interface Played {
  readonly file: string
  readonly verdict: Verdict
  readonly clauses: ReadonlyArray<readonly [ClauseId, ClauseVerdict]>
  /** Clauses that were broken in passing. */
  readonly broken: ReadonlyArray<ClauseId>
  readonly expected?: string | undefined
  readonly received?: string | undefined
  /** The end of the server, if it ended. */
  readonly crash?: string | undefined
  /** Why it was not judged. */
  readonly reason?: string | undefined
  /** True if it failed, and passed when it was played again. */
  readonly isUnsteady: boolean
  /** Why there was no server. */
  readonly lost?: Lost | undefined
}

/** A server that did not start; `isOurs` if that is no fault of the submission. */
interface Lost extends Pick<TargetFailed, "reason" | "lastLines"> {
  readonly isOurs: boolean
}

/** What a judge is told to end early. */
export const stopMessage = "stop"
