import { listed } from "../Format.ts"
import type { Step } from "../verbs/Step.ts"
import { asksForName } from "./StepFacts.ts"

/** The features that actors have asked for, as far as their sentences tell. */
export class Wishes {
  private readonly needs: ReadonlyArray<string>
  /** Of each actor that has logged in by a sentence; of others nothing is known. */
  private readonly wanted = new Map<string, ReadonlySet<string>>()

  constructor(needs: ReadonlyArray<string>) {
    this.needs = needs
  }

  /** Follows a step, and tells what it does without having asked for it. */
  follow(step: Step, subjects: ReadonlyArray<string>): ReadonlyArray<string> {
    const { feature, logsIn, resumes } = step.verb
    const wanted = featuresOf(step)
    const lacking = wanted.filter((one) => !this.needs.includes(one))
    const problems =
      lacking.length === 0
        ? []
        : [`not every server has ${listed(lacking)}; add \`needs: [${wanted.join(", ")}]\` to the scenario`]
    for (const actor of subjects) {
      const own = this.wanted.get(actor)
      if (feature !== undefined && own?.has(feature) === false) problems.push(notAsked(actor, feature))
      if (logsIn === true) this.wanted.set(actor, new Set(wanted))
      else if (resumes === true && step.other?._tag === "Actors")
        this.wanted.set(actor, this.wanted.get(step.other.names[0]!) ?? new Set())
      else if (asksForName(step)) this.wanted.delete(actor)
    }
    return problems
  }
}

/** The features that a sentence asks for. */
export const featuresOf = ({ options }: Step): ReadonlyArray<string> =>
  (options["features"] as ReadonlyArray<string> | undefined) ?? []

const notAsked = (actor: string, feature: string): string =>
  `${actor} has not asked for ${feature}; write "${actor} logs in: { features: [${feature}] }"`
