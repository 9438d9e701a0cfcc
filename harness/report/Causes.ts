import { type ClauseId, clauses, isClauseId, type Level, levels } from "../language/Clauses.ts"
import type { Outcome } from "../verdict/Outcome.ts"
import type { Weight } from "../verdict/Summary.ts"
import { rankOf } from "../verdict/Groundwork.ts"
import { lengthOf, placeInLessons } from "./Lessons.ts"

/** One thing that is wrong with a server, however many scenarios it shows in. */
export interface Cause {
  /** The clause that does not hold; none where a scenario about no clause failed. */
  readonly clause: ClauseId | undefined
  /** The strongest level it does not hold at. */
  readonly level: Level
  /** The scenario that shows it best. */
  readonly best: Outcome
  /** The other scenarios that show it. */
  readonly others: ReadonlyArray<Outcome>
  /** The scenarios that did not get to what they are about because of it. */
  readonly hidden: ReadonlyArray<Outcome>
}

/** The causes of all failures, the strongest level first, then in teaching order; failures that are known are left out. */
export const causesOf = (
  outcomes: ReadonlyArray<Outcome>,
  weightOf: (outcome: Outcome) => Weight
): ReadonlyArray<Cause> => {
  const sightings = outcomes.filter((outcome) => weightOf(outcome) !== "known").flatMap(sightingsOf)
  const byCause = Map.groupBy(sightings, ({ cause }) => cause)
  return [...byCause].map(([cause, seen]) => causeOf(cause, seen)).toSorted(byImportance)
}

/** The level at which a clause was broken in passing, or `undefined` where a failure of the scenario itself is meant. */
interface Sighting {
  /** A clause, or the scenario where there is none to blame. */
  readonly cause: string
  readonly level: Level
  readonly outcome: Outcome
  /** The way it shows: as the failure itself, in passing, or only in that something else was not reached. */
  readonly as: "failure" | "in passing" | "hidden"
}

const sightingsOf = (outcome: Outcome): ReadonlyArray<Sighting> => {
  const { broken, clauses: own, failure, scenario } = outcome
  const level = scenario.level
  const failed = [...own].flatMap(([clause, { verdict }]) => (verdict === "failed" ? [clause] : []))
  const seen: Array<Sighting> = failed.map((cause) => ({ cause, level, outcome, as: "failure" }))
  for (const cause of broken.keys())
    if (!failed.includes(cause)) seen.push({ cause, level: clauses[cause], outcome, as: "in passing" })
  if (failed.length > 0 || failure === undefined) return seen
  const ways = [...own.values()].flatMap((verdict) =>
    verdict.verdict === "not_reached" && isClauseId(verdict.by) ? [verdict.by] : []
  )
  if (ways.length === 0) return [...seen, { cause: scenario.file, level, outcome, as: "failure" }]
  return [...seen, { cause: ways[0]!, level, outcome, as: "hidden" }]
}

const causeOf = (cause: string, seen: ReadonlyArray<Sighting>): Cause => {
  const sorted = seen.toSorted(
    (a, b) => plainness.indexOf(a.as) - plainness.indexOf(b.as) || bySimplicity(a, b)
  )
  const [{ outcome: best }] = sorted as [Sighting]
  const outcomesSeen = (as: (as: Sighting["as"]) => boolean) =>
    sorted.flatMap((sighting) => (as(sighting.as) && sighting.outcome !== best ? [sighting.outcome] : []))
  return {
    clause: isClauseId(cause) ? cause : undefined,
    level: levels.find((level) => seen.some((sighting) => sighting.level === level))!,
    best,
    others: outcomesSeen((as) => as === "failure"),
    hidden: outcomesSeen((as) => as === "hidden")
  }
}

const plainness: ReadonlyArray<Sighting["as"]> = ["failure", "hidden", "in passing"]

/** Shows first what is about little else, then what others build on, then what is short. */
const bySimplicity = (a: Sighting, b: Sighting): number => {
  const [first, second] = [a.outcome.scenario, b.outcome.scenario]
  return (
    levels.indexOf(a.level) - levels.indexOf(b.level) ||
    first.proves.length - second.proves.length ||
    rankOf(first) - rankOf(second) ||
    lengthOf(first) - lengthOf(second)
  )
}

const byImportance = (a: Cause, b: Cause): number =>
  levels.indexOf(a.level) - levels.indexOf(b.level) || placeOf(a) - placeOf(b)

const placeOf = ({ clause }: Cause): number => (clause === undefined ? Infinity : placeInLessons(clause))
