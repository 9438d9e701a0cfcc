import * as Data from "effect/Data"
import type { ClauseId } from "../language/Clauses.ts"
import type { Trouble } from "./Trouble.ts"
import type { Unreadable } from "./Unreadable.ts"
import type { Incoming } from "./WireEvent.ts"

/** The two sides of a failed expectation, in words for a person. */
export interface Finding {
  readonly expected: string
  readonly received: string
  /** That which came, where it is one object. */
  readonly instead?: Incoming
  /** The bytes that came, if they are not JSON, or not all of it. */
  readonly unreadable?: Unreadable | undefined
  /** The clause that it contradicts by itself, whatever the scenario is about. */
  readonly breaks?: ClauseId | undefined
  /** The clause to blame where the plain behaviour holds, whatever the scenario is about. */
  readonly otherwise?: ClauseId | undefined
  /** True if no circumstance can excuse it. */
  readonly isCertain?: boolean
  /** Set where it is no doing of the server's. */
  readonly trouble?: Trouble | undefined
  /** The bound that ran out, where one did. */
  readonly withinMillis?: number
  /** The actor it happened to. */
  readonly actor?: string
  /** The time since the actor's last act, and the act. */
  readonly after?: string
  /** The last lines on the screen of a program that it is about. */
  readonly screen?: ReadonlyArray<string>
  /** A hint at what to look at or to do. */
  readonly hint?: string
  /** True if a connection ended or broke: the server may have crashed. */
  readonly lost?: boolean
  /** True if `list` went unanswered on a target that has never answered one: then fences need another way. */
  readonly listUnknown?: boolean
}

/** A step that did not go as written. */
export class StepFailed extends Data.TaggedError("StepFailed")<{
  readonly finding: Finding
}> {}

/** Fails the step that is being played. */
export const fail = (finding: Finding): StepFailed => new StepFailed({ finding })
