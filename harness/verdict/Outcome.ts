import type { ClauseId } from "../language/Clauses.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Finding } from "../stage/Finding.ts"
import type { TargetFailed } from "../stage/Target.ts"
import type { Happening } from "../stage/Transcript.ts"
import type { Exchange } from "../trace/Exchange.ts"
import type { ClauseVerdict, Place } from "./Blame.ts"

/** The verdict on a scenario. */
export type Verdict = "passed" | "failed" | "not_reached" | "skipped" | "inconclusive"

/** All that a report can tell of one scenario. */
export interface Outcome {
  readonly scenario: Scenario
  readonly verdict: Verdict
  readonly clauses: ReadonlyMap<ClauseId, ClauseVerdict>
  /** Clauses that the server broke in passing, with the evidence: they count, the scenario goes on. */
  readonly broken: ReadonlyMap<ClauseId, string>
  readonly ms: number
  /** The reason for which it was skipped, not reached or inconclusive. */
  readonly reason?: string
  readonly failure?: FailureDetails
  /** The reason for which there was no server to play it against. */
  readonly targetLost?: TargetFailed
  /** Remarks for the reader about how it was judged. */
  readonly notes: ReadonlyArray<string>
  readonly happenings: ReadonlyArray<Happening>
  /** The nodes that each actor connected to, in order, where the server has several. */
  readonly nodes?: ReadonlyMap<string, ReadonlyArray<string>>
  /** The whole exchange, where it was recorded. */
  readonly exchange?: Exchange
}

/** A step that did not go as written, with all that helps to see why. */
export interface FailureDetails {
  readonly place: Place
  readonly finding: Finding
  /** The end of the server, if it ended. */
  readonly crash: string | undefined
  /** The last lines that it wrote since the scenario began. */
  readonly lastLines: ReadonlyArray<string>
  /** The last lines that it wrote before. */
  readonly linesBefore?: ReadonlyArray<string>
}

/** The outcome of a scenario that was not played. */
export const skipped = (
  scenario: Scenario,
  reason: string,
  verdict: "skipped" | "inconclusive" = "skipped"
): Outcome => ({
  scenario,
  verdict,
  reason,
  clauses: new Map(scenario.proves.map((clause) => [clause, { verdict }])),
  broken: new Map(),
  ms: 0,
  notes: [],
  happenings: []
})

/** The outcome of a scenario that was not played because a clause stands in its way. */
export const hiddenBy = (scenario: Scenario, clause: ClauseId, reason: string): Outcome => ({
  ...skipped(scenario, reason),
  verdict: "not_reached",
  clauses: new Map(scenario.proves.map((one) => [one, { verdict: "not_reached", by: clause }]))
})
