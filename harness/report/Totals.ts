import type { Verdict } from "../verdict/Outcome.ts"
import type { Summary } from "../verdict/Summary.ts"

/** The number of scenarios of each result. */
export const totalsOf = (summary: Summary) => {
  const notReached = summary.outcomes.filter(
    (outcome) => outcome.verdict === "not_reached" && summary.weightOf(outcome) === "failed"
  ).length
  return {
    passed: summary.count("passed"),
    failed: summary.count("failed") - notReached,
    notReached,
    warned: summary.count("warned"),
    known: summary.count("known"),
    skipped: summary.count("skipped"),
    inconclusive: summary.count("inconclusive")
  }
}
export type Totals = ReturnType<typeof totalsOf>

/** The numbers of clauses that hold as far as `must` goes, of those that a run asked about. */
export const mustsOf = ({ clauses }: Summary) => {
  const verdicts = [...clauses.values()].flatMap((row) => row.get("must") ?? [])
  const count = (...some: ReadonlyArray<Verdict>) =>
    verdicts.filter((verdict) => some.includes(verdict)).length
  return {
    all: verdicts.length,
    hold: count("passed"),
    failed: count("failed"),
    notReached: count("not_reached", "inconclusive", "skipped")
  }
}
