import type { ClauseId } from "../language/Clauses.ts"
import { carriesAll, type Flat, flatten } from "../scenario/Carriers.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Step } from "../verbs/Step.ts"

/** The verdict of a scenario on one clause; a clause that was not reached names the obstacle. */
export type ClauseVerdict =
  | { readonly verdict: "passed" | "failed" | "skipped" | "inconclusive" }
  | { readonly verdict: "not_reached"; readonly by: string }

/** Where a scenario failed: a step of one of its parts, or the end, when everything else had gone as written. */
export type Place = { readonly part: "before" | "steps" | "after"; readonly step: Step } | "the end"

/**
 * Says which clauses a failure is held against. A clause fails only at a step that carries it: those that name it, or
 * where none does, all that name no clause and do more than bring the cast in. Whatever fails on the way to such a step
 * leaves the clause not reached.
 */
export const blame = (scenario: Scenario, place: Place | undefined): ReadonlyMap<ClauseId, ClauseVerdict> => {
  const steps = flatten(scenario.steps)
  return new Map(scenario.proves.map((clause) => [clause, verdictOn(clause, steps, place, scenario)]))
}

/** The subject of a failing step that carries no clause of the scenario. */
export const wayOf = (place: Place): string =>
  place === "the end" ? "the end" : (place.step.verb.clause ?? `line ${place.step.line}`)

const verdictOn = (
  clause: ClauseId,
  steps: ReadonlyArray<Flat>,
  place: Place | undefined,
  scenario: Scenario
): ClauseVerdict => {
  if (place === undefined) return { verdict: "passed" }
  const named = steps.filter(({ step }) => step.proves.includes(clause))
  const carriers = named.length > 0 ? named : steps.filter(({ step }) => carriesAll(step))
  if (place === "the end")
    return named.length === 0 || !hasDefaults(scenario, steps) ? { verdict: "failed" } : { verdict: "passed" }
  if (place.part === "after") return { verdict: "passed" }
  const notReached: ClauseVerdict = { verdict: "not_reached", by: wayOf(place) }
  if (place.part === "before") return notReached
  const { offset, verb } = place.step
  if (carriers.some(({ step }) => step.offset === offset)) return { verdict: "failed" }
  const begun = carriers.some(({ step }) => step.offset < offset)
  if (named.length === 0 && verb.bringsIn === true && verb.clause === undefined && begun)
    return { verdict: "failed" }
  if (named.length === 0 && verb.clause === clause && place.step.proves.length === 0)
    return { verdict: "failed" }
  const failedAt = steps.find(({ step }) => step.offset === offset)?.at ?? -1
  return named.length > 0 && named.every(({ at }) => at < failedAt) ? { verdict: "passed" } : notReached
}

/** True if no step names some clause: then the end is held against such clauses alone. */
const hasDefaults = (scenario: Scenario, steps: ReadonlyArray<Flat>): boolean =>
  scenario.proves.some((clause) => !steps.some(({ step }) => step.proves.includes(clause)))
