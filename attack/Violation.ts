import * as Data from "effect/Data"

/** The server did what it must not. */
export class Violation extends Data.TaggedError("Violation")<{
  /** The clause of docs/PROTOCOL.md. */
  readonly clause: string
  /** The client that saw it. */
  readonly who: string
  readonly expected: string
  readonly received: string
  /** What went to and fro before it, oldest first. */
  readonly trace: ReadonlyArray<string>
}> {}
