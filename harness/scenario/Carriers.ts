import type { ClauseId } from "../language/Clauses.ts"
import type { Step } from "../verbs/Step.ts"
import type { Scenario } from "./Scenario.ts"

/** The clauses that no step could fail: a scenario that proves one proves nothing of it. */
export const uncarried = (scenario: Scenario): ReadonlyArray<ClauseId> => {
  const steps = flatten(scenario.steps).map(({ step }) => step)
  return scenario.proves.filter((clause) => {
    const named = steps.filter(({ proves }) => proves.includes(clause))
    if (named.length > 0) return !named.some(acts)
    if (inPassing.has(clause)) return !steps.some(acts)
    return !steps.some((step) => carriesAll(step) || step.verb.clause === clause)
  })
}

/** The clauses that are watched whatever the steps are about. */
const inPassing: ReadonlySet<ClauseId> = new Set(["WIRE-1", "PLAIN-1"])

export interface Flat {
  readonly step: Step
  /** The index of the step of the scenario that it is, or is inside of. */
  readonly at: number
}

export const flatten = (steps: ReadonlyArray<Step>): ReadonlyArray<Flat> => {
  const inside = (step: Step): ReadonlyArray<Step> => [
    step,
    ...(step.verb.steps?.(step) ?? []).flat().flatMap(inside)
  ]
  return steps.flatMap((step, at) => inside(step).map((inner) => ({ step: inner, at })))
}

/** True if a step carries the clauses that no step names. */
export const carriesAll = (step: Step): boolean =>
  step.proves.length === 0 && step.verb.bringsIn !== true && acts(step)

/** True if a step does something itself: it is no remark, and no block of others. */
const acts = ({ verb }: Step): boolean => verb.remark !== true && verb.steps === undefined
