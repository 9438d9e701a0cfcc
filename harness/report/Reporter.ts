import type { Level } from "../language/Clauses.ts"
import type { Outcome } from "../verdict/Outcome.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Summary, Weight } from "../verdict/Summary.ts"
import type { Writing } from "./Explanation.ts"

/** All that a reporter knows from the start. */
export interface RunInfo extends Writing {
  readonly target: string
  /** The arguments that choose the target again. */
  readonly targetArguments: string
  /** The same for one scenario, where a submission has several programs. */
  readonly argumentsFor?: (scenario: Scenario) => string
  readonly seed: number
  readonly scenarios: number
  /** The version of the harness. */
  readonly version: string
  readonly startedAt: Date
  readonly weightOf: (outcome: Outcome) => Weight
  readonly exitCodeOf: (summary: Summary) => number
  /** The levels whose failures are shown; those of others are counted. */
  readonly levels: ReadonlyArray<Level>
  /** True if everything is shown, however long that gets. */
  readonly isFull: boolean
}

/** Turns the outcomes of a run, one by one in the order they were played, into text. */
export interface Reporter {
  readonly begin?: () => string
  readonly outcome?: (outcome: Outcome) => string
  readonly end?: (summary: Summary) => string
}
