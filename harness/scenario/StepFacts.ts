import { match, Mismatch, type ObjectPattern } from "../language/Pattern.ts"
import type { Step } from "../verbs/Step.ts"
import { field, type Template } from "../language/Template.ts"

/** The requests that a step sends, as far as the file tells. */
export const sentBy = (step: Step): ReadonlyArray<Template> => step.verb.sends?.(step) ?? []

/** The patterns that a step looks with. */
export const patternsOf = (step: Step): ReadonlyArray<ObjectPattern> => step.verb.patterns?.(step) ?? []

/** True if a step asks for a name: by its sentence, or in the requests it sends. */
export const asksForName = (step: Step): boolean =>
  step.verb.logsIn === true || sentBy(step).some((request) => field(request, "type") === "login")

/** The names that a step asks for, as far as the file tells them. */
export const namesWanted = (step: Step, subjects: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (step.verb.logsIn === true) {
    if (step.name === undefined) return subjects
    return step.name._tag === "Literal" ? [String(step.name.value)] : []
  }
  return sentBy(step).flatMap((request) => {
    const username = field(request, "username")
    return field(request, "type") === "login" && typeof username === "string" ? [username] : []
  })
}

/** True if a pattern looks at a field of this name. */
export const looksAt = ({ fields }: ObjectPattern, name: string): boolean =>
  fields.some(([key]) => key === name)

/** The name that a presence notice tells to be free again (PRES-1). */
export const toldToBeGone = ({ fields }: ObjectPattern): ReadonlyArray<string> => {
  const [type, username] = ["type", "username"].map((name) => fields.find(([key]) => key === name)?.[1])
  const left = type?._tag === "Literal" && type.value === "left"
  return left && username?._tag === "Literal" ? [String(username.value)] : []
}

/** True if a reply that matches is a `success`. */
export const grants = ({ fields }: ObjectPattern): boolean => {
  const status = fields.find(([key]) => key === "status")?.[1]
  return status !== undefined && !(match(status, "success", new Map()) instanceof Mismatch)
}
