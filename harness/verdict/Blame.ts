import * as Effect from "effect/Effect"
import { type ClauseId, clauses as levelOf } from "../language/Clauses.ts"
import { carriesAll, type Flat, flatten } from "../scenario/Carriers.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Finding } from "../stage/Finding.ts"
import type { Prerequisite } from "../stage/Ledger.ts"
import type { Step } from "../verbs/Step.ts"

/** What a scenario showed of one clause; a clause that was not reached names the one that stood in the way. */
export type ClauseVerdict =
  | { readonly verdict: "passed" | "failed" | "skipped" | "inconclusive" }
  | { readonly verdict: "not_reached"; readonly by: string }

/** Where a scenario failed: a step of one of its parts, or the end, when everything else had gone as written. */
export type Place = { readonly part: "before" | "steps" | "after"; readonly step: Step } | "the end"

/** All that blame is decided by. */
export interface Evidence {
  readonly place: Place
  readonly finding: Finding
  /** What has to hold for the scenario to have come that far. */
  readonly prerequisites: ReadonlyArray<Prerequisite>
}

/**
 * What is known of a clause by the scenarios that others build on: that it holds, that it is broken, the clause that
 * hides it, or nothing.
 */
export type Standing = "holds" | "broken" | "unknown" | { readonly hiddenBy: ClauseId }

/** Tells the standing of a clause, as far as the scenarios before this one show it. */
export type AskStanding = (prerequisite: Prerequisite) => Effect.Effect<Standing>

type Verdicts = ReadonlyMap<ClauseId, ClauseVerdict>

/**
 * Says which clause a failure is held against. What the scenario leans on comes first: where that is broken, its own clauses
 * are not reached. Then the clause that the finding contradicts by itself: it is to blame where the scenario is about
 * it, and where it is broken in plain circumstances, too, it hides the others. Otherwise the plain behaviour holds, and
 * what breaks it here is the circumstance that the scenario is about.
 */
export const blame = Effect.fnUntraced(function* (
  scenario: Scenario,
  { finding, place, prerequisites }: Evidence,
  standingOf: AskStanding
): Effect.fn.Return<Verdicts> {
  const { level, proves } = scenario
  if (proves.length === 0) return new Map()
  for (const prerequisite of prerequisites) {
    if (proves.includes(prerequisite.clause)) continue
    if (prerequisite.loses === true && finding.lost !== true) continue
    const standing = yield* standingOf(prerequisite)
    if (standing === "broken") return hidden(scenario, place, prerequisite.clause)
  }
  const { breaks, isCertain, otherwise } = finding
  if (breaks === undefined) return byPlace(scenario, place)
  if (proves.includes(breaks)) return only(scenario, place, breaks)
  if (level === "must" && levelOf[breaks] !== "must") return byPlace(scenario, place)
  const standing = yield* standingOf({ clause: breaks })
  if (standing === "broken") return hidden(scenario, place, breaks)
  if (typeof standing === "object")
    return level === "must" ? hidden(scenario, place, standing.hiddenBy) : byPlace(scenario, place)
  if (standing === "unknown") return only(scenario, place, breaks)
  if (otherwise !== undefined && !proves.includes(otherwise)) {
    const standing = yield* standingOf({ clause: otherwise })
    if (standing === "broken") return hidden(scenario, place, otherwise)
    if (standing === "unknown") return only(scenario, place, otherwise)
  }
  if (isCertain === true) return only(scenario, place, breaks)
  const verdicts = byPlace(scenario, place)
  return isBlaming(verdicts) ? verdicts : only(scenario, place, breaks)
})

/** The clause that stands in the way where a scenario blames none of its own. */
export const hiderIn = (verdicts: Verdicts): string | undefined => {
  if (isBlaming(verdicts)) return undefined
  for (const one of verdicts.values()) if (one.verdict === "not_reached") return one.by
  return undefined
}

const isBlaming = (verdicts: Verdicts): boolean =>
  [...verdicts.values()].some(({ verdict }) => verdict === "failed")

/** One clause is to blame; those of the scenario that were not shown before are not reached because of it. */
const only = (scenario: Scenario, place: Place, clause: ClauseId): Verdicts => {
  const others =
    place === "the end"
      ? scenario.proves.map((one) => [one, { verdict: "passed" }] as const)
      : hidden(scenario, place, clause)
  return new Map<ClauseId, ClauseVerdict>([...others, [clause, { verdict: "failed" }]])
}

/** A clause stands in the way of all that was not shown before. */
const hidden = (scenario: Scenario, place: Place, by: ClauseId): Verdicts => {
  const steps = flatten(scenario.steps)
  return new Map(
    scenario.proves.map((clause) => [
      clause,
      isShownBefore(clause, steps, place) ? { verdict: "passed" } : { verdict: "not_reached", by }
    ])
  )
}

/**
 * Where the finding alone does not tell: a clause fails at the steps that name it or, where none does, at all that name
 * no clause and do more than bring the cast in.
 */
const byPlace = (scenario: Scenario, place: Place): Verdicts => {
  const steps = flatten(scenario.steps)
  return new Map(
    scenario.proves.map((clause): [ClauseId, ClauseVerdict] => {
      if (isCarriedAt(place, clause, steps, scenario)) return [clause, { verdict: "failed" }]
      if (isShownBefore(clause, steps, place)) return [clause, { verdict: "passed" }]
      return [clause, { verdict: "not_reached", by: wayOf(place) }]
    })
  )
}

/** What a failing step is about, where it carries no clause of the scenario. */
const wayOf = (place: Place): string =>
  place === "the end" ? "the end" : (place.step.verb.clause ?? `line ${place.step.line}`)

const isCarriedAt = (
  place: Place,
  clause: ClauseId,
  steps: ReadonlyArray<Flat>,
  scenario: Scenario
): boolean => {
  const named = steps.filter(({ step }) => step.proves.includes(clause))
  if (place === "the end") return named.length === 0 || !hasDefaults(scenario, steps)
  if (place.part !== "steps") return false
  const carriers = named.length > 0 ? named : steps.filter(({ step }) => carriesAll(step))
  const { offset, proves, verb } = place.step
  if (carriers.some(({ step }) => step.offset === offset)) return true
  if (named.length > 0) return false
  const begun = carriers.some(({ step }) => step.offset < offset)
  return (verb.bringsIn === true && begun) || (verb.clause === clause && proves.length === 0)
}

/** Whether all steps that carry a clause by its name lie before the one that failed. */
const isShownBefore = (clause: ClauseId, steps: ReadonlyArray<Flat>, place: Place): boolean => {
  if (place === "the end") return steps.some(({ step }) => step.proves.includes(clause))
  if (place.part === "after") return true
  if (place.part === "before") return false
  const named = steps.filter(({ step }) => step.proves.includes(clause))
  const failedAt = steps.find(({ step }) => step.offset === place.step.offset)?.at ?? -1
  return named.length > 0 && named.every(({ at }) => at < failedAt)
}

/** Whether some clause is named by no step: then the end is held against those alone. */
const hasDefaults = (scenario: Scenario, steps: ReadonlyArray<Flat>): boolean =>
  scenario.proves.some((clause) => !steps.some(({ step }) => step.proves.includes(clause)))
