import type { Step } from "../verbs/Step.ts"
import type { Template } from "../language/Template.ts"

/** Why a step cannot be said of those of its subjects who sit at a program, or of those who do not; `undefined` where it can. */
export const whyNotSaid = (step: Step, programs: ReadonlyMap<string, string>): string | undefined => {
  const { atProgram, onlyPrograms } = step.verb
  if (step.subject?._tag !== "Actors" && step.subject?._tag !== "OneOf") return undefined
  const { names } = step.subject
  const seated = names.find((name) => programs.has(name))
  const scripted = names.find((name) => !programs.has(name))
  if (onlyPrograms === true && scripted !== undefined)
    return `${scripted} sits at no program, so this cannot be said of it; give it a \`program\` in the cast`
  if (seated === undefined) return undefined
  if (atProgram === undefined)
    return `${seated} sits at a program, where nobody can do this; "Judging a client" in docs/HARNESS.md has what people can do`
  const option = ["features", "cid"].find((key) => Object.hasOwn(step.options, key))
  if (option !== undefined)
    return `${seated} sits at a program, which sends what it likes; leave out \`${option}\``
  if (step.subject._tag === "OneOf") return `"one of" cannot stand for ${seated}, who sits at a program`
  return whyNotTyped(step)
}

/** Why a text cannot be typed on a line of a terminal, where there is one. */
const whyNotTyped = ({ name, value, verb }: Step): string | undefined => {
  const template = verb.logsIn === true ? name : verb.word === undefined ? value : undefined
  const text = literalOf(template)
  if (text === undefined) return undefined
  if (/\p{Cc}/u.test(text)) return "what is typed is one line, without control characters"
  return Buffer.byteLength(text) > typedBytesMax
    ? `a line that is typed can have at most ${typedBytesMax} bytes`
    : undefined
}

const literalOf = (value: unknown): string | undefined => {
  const template = value as Template | undefined
  return template?._tag === "Literal" && typeof template.value === "string" ? template.value : undefined
}

/** The longest line that terminals take in one piece is 4,095 bytes. */
const typedBytesMax = 1_000
