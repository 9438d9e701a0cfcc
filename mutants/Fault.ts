import type { Change } from "./chat/Chat.ts"

/** A server that breaks one rule of the protocol and as little else as possible. */
export interface Fault {
  readonly name: string
  /** What part of its clauses it breaks: a server with a `should` fault still passes every must. */
  readonly level: "must" | "should" | "may"
  readonly clauses: ReadonlyArray<string>
  /** What its author did. */
  readonly student: string
  readonly change: Change
}
