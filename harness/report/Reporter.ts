import type { Outcome } from "../verdict/Outcome.ts"
import type { Summary, Weight } from "../verdict/Summary.ts"
import type { Style } from "./Style.ts"

/** All that a reporter knows from the start. */
export interface RunInfo {
  readonly target: string
  /** The arguments that choose the target again. */
  readonly targetArguments: string
  readonly seed: number
  readonly scenarios: number
  readonly weightOf: (outcome: Outcome) => Weight
  readonly style: Style
}

/** Turns the outcomes of a run, one by one in file order, into text. */
export interface Reporter {
  readonly begin?: () => string
  readonly outcome?: (outcome: Outcome) => string
  readonly end?: (summary: Summary) => string
}
