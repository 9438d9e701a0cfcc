import type { ClauseId } from "../harness/language/Clauses.ts"
import type { Change } from "./chat/Chat.ts"

/** A server that breaks one rule of the protocol and as little else as possible. */
export interface Fault {
  readonly name: string
  /** What part of its clauses it breaks: a server with a `should` fault still passes every must. */
  readonly level: "must" | "should" | "may"
  readonly clauses: ReadonlyArray<ClauseId>
  /** What its author did. */
  readonly student: string
  readonly change: Change
}

const fault =
  (level: Fault["level"]) =>
  (name: string, clauses: Fault["clauses"], student: string, change: Change): Fault => ({
    name,
    level,
    clauses,
    student,
    change
  })

/** The rows of the table. */
export const must = fault("must")
export const should = fault("should")
export const may = fault("may")
