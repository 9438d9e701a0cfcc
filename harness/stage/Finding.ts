import * as Data from "effect/Data"

/** What a step expected and what came instead, in words for a person. */
export interface Finding {
  readonly expected: string
  readonly received: string
  /** The bound that ran out, where one did. */
  readonly withinMillis?: number
  /** The actor it happened to. */
  readonly actor?: string
  /** How long after the actor's last act it came, and which act that was. */
  readonly after?: string
  /** What to look at or to do. */
  readonly hint?: string
  /** Whether a connection ended or broke: the server may have crashed. */
  readonly lost?: boolean
  /** Whether `list` went unanswered on a target that has never answered one: then fences need another way. */
  readonly listUnknown?: boolean
}

/** A step that did not go as written. */
export class StepFailed extends Data.TaggedError("StepFailed")<{
  readonly finding: Finding
}> {}

/** Fails the step that is being played. */
export const fail = (finding: Finding): StepFailed => new StepFailed({ finding })
