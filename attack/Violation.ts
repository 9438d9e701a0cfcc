import * as Data from "effect/Data"

/** A clause of the protocol that the server broke. */
export class Violation extends Data.TaggedError("Violation")<{
  /** The clause of docs/PROTOCOL.md. */
  readonly clause: string
  /** The client that saw it. */
  readonly who: string
  readonly expected: string
  readonly received: string
  /** The exchange before it, oldest first. */
  readonly trace: ReadonlyArray<string>
}> {}

/** The violation of a clause, where there is no exchange to show. */
export const violation = (clause: string, who: string, expected: string, received: string): Violation =>
  new Violation({ clause, who, expected, received, trace: [] })
