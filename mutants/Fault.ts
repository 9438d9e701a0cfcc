import type { ClauseId } from "../harness/language/Clauses.ts"
import type { Change } from "./chat/Chat.ts"

/** A server or, with another kind of change, a client that breaks one rule of the protocol and as little else as possible. */
export interface Fault<C = Change> {
  readonly name: string
  /** The part of its clauses that it breaks: a server with a `should` fault still passes every must. */
  readonly level: "must" | "should" | "may"
  readonly clauses: ReadonlyArray<ClauseId>
  /** Its author's mistake, with the author as the subject: "sends …". */
  readonly mistake: string
  readonly change: C
}

const fault =
  (level: Fault["level"]) =>
  <C = Change>(name: string, clauses: Fault["clauses"], mistake: string, change: C): Fault<C> => ({
    name,
    level,
    clauses,
    mistake,
    change
  })

/** The rows of the table. */
export const must = fault("must")
export const should = fault("should")
export const may = fault("may")
