import { nameOf } from "../scenario/Name.ts"
import { type ClauseId, clauses, type Level, levels } from "../language/Clauses.ts"
import type { Outcome, Verdict } from "./Outcome.ts"

/** The result of a run. */
export type RunResult = "passed" | "failed" | "inconclusive" | "targetLost"

/** The weight of an outcome: failures of should and may scenarios warn unless the run is strict. */
export type Weight = "passed" | "warned" | "failed" | "skipped" | "inconclusive" | "known"

/** All outcomes of a run, and what they come to. */
export class Summary {
  readonly outcomes: ReadonlyArray<Outcome>
  private readonly strict: boolean
  private readonly knownFailures: ReadonlyMap<string, string>

  constructor(outcomes: ReadonlyArray<Outcome>, settings: Weighing) {
    this.outcomes = outcomes
    this.strict = settings.strict
    this.knownFailures = settings.knownFailures
  }

  /** The number of outcomes of this weight. */
  count(weight: Weight): number {
    return this.outcomes.filter((outcome) => this.weightOf(outcome) === weight).length
  }

  weightOf(outcome: Outcome): Weight {
    return weigh(outcome, { strict: this.strict, knownFailures: this.knownFailures })
  }

  /** The result of the run: a lost target counts only where nothing could be judged. */
  get result(): RunResult {
    if (this.count("failed") > 0) return "failed"
    const isJudged = this.outcomes.some(({ verdict }) => verdict === "passed" || verdict === "failed")
    if (!isJudged && this.outcomes.some(({ targetLost }) => targetLost !== undefined)) return "targetLost"
    return this.count("inconclusive") > 0 ? "inconclusive" : "passed"
  }

  /** The verdict on every clause that was asked about, at the level it was asked at. */
  get clauses(): ReadonlyMap<ClauseId, ReadonlyMap<Level, Verdict>> {
    const table = new Map<ClauseId, Map<Level, Verdict>>()
    const tell = (clause: ClauseId, level: Level, verdict: Verdict) => {
      const row = table.get(clause) ?? new Map<Level, Verdict>()
      const known = row.get(level)
      if (known === undefined || severity.indexOf(verdict) > severity.indexOf(known)) row.set(level, verdict)
      table.set(clause, row)
    }
    for (const { broken, clauses: own, scenario } of this.outcomes) {
      for (const [clause, { verdict }] of own) tell(clause, scenario.level, verdict)
      for (const clause of broken.keys()) tell(clause, clauses[clause], "failed")
    }
    const order = Object.keys(clauses)
    return new Map([...table].toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b)))
  }
}

/** The settings that decide the weight of an outcome. */
export interface Weighing {
  readonly strict: boolean
  readonly knownFailures: ReadonlyMap<string, string>
}

/** The weight of one outcome. */
export const weigh = (outcome: Outcome, { knownFailures, strict }: Weighing): Weight => {
  const { scenario, verdict } = outcome
  const known = knownFailures.has(nameOf(scenario.file))
  switch (verdict) {
    case "passed":
      return known ? "failed" : "passed"
    case "skipped":
    case "inconclusive":
      return verdict
    case "failed":
    case "not_reached":
      if (known) return "known"
      return scenario.level === "must" || strict ? "failed" : "warned"
  }
}

/** The levels that occur in a table, in their order. */
export const levelsIn = (table: ReadonlyMap<ClauseId, ReadonlyMap<Level, Verdict>>): ReadonlyArray<Level> =>
  levels.filter((level) => [...table.values()].some((row) => row.has(level)))

/** Of several verdicts on one clause the last of these counts. */
const severity: ReadonlyArray<Verdict> = ["skipped", "passed", "inconclusive", "not_reached", "failed"]
