import { didYouMean } from "../yaml/Mistake.ts"

/** The subject of a sentence. */
export type Subject =
  | { readonly _tag: "Actors"; readonly names: ReadonlyArray<string> }
  | { readonly _tag: "Everyone" }
  | { readonly _tag: "EveryoneElse" }
  | { readonly _tag: "OneOf"; readonly names: ReadonlyArray<string> }
  | { readonly _tag: "Others" }

/** The cast of a scenario: each entry with the actors it stands for. */
export type Cast = ReadonlyMap<string, ReadonlyArray<string>>

/** Words that no member of the cast may be called. */
export const reservedNames: ReadonlySet<string> = new Set([
  "every",
  "everyone",
  "one",
  "the",
  "other",
  "others",
  "else",
  "and",
  "server",
  "note",
  "repeat",
  "for",
  "at"
])

export const castName = /^[a-z][a-z0-9_-]*$/

/** All actors of a cast, in cast order. */
export const actorsOf = (cast: Cast): ReadonlyArray<string> => [...cast.values()].flat()

/** Reads `alice`, `a and b`, `every guest`, `everyone (else)`, `one of …`, `the other(s)`; or says what is wrong. */
export const parseSubject = (phrase: string, cast: Cast): Subject | { readonly problem: string } => {
  if (phrase === "everyone") return { _tag: "Everyone" }
  if (phrase === "everyone else") return { _tag: "EveryoneElse" }
  if (phrase === "the other" || phrase === "the others") return { _tag: "Others" }
  const choice = /^one of (.+)$/.exec(phrase)?.[1]
  const names = parseNames(choice ?? phrase, cast)
  if (!Array.isArray(names)) return names as { readonly problem: string }
  if (choice === undefined) return { _tag: "Actors", names }
  return names.length > 1
    ? { _tag: "OneOf", names }
    : { problem: `"one of" needs at least two actors, not just ${choice}` }
}

/** True if this is the subject of a sentence, mistakes in names apart. */
export const looksLikeSubject = (phrase: string): boolean =>
  /^(?:everyone(?: else)?|the others?|(?:one of )?(?:every )?[^\s,]+(?:(?:, | and |, and )(?:every )?[^\s,]+)*)$/.test(
    phrase
  )

const parseNames = (phrase: string, cast: Cast): ReadonlyArray<string> | { readonly problem: string } => {
  const names: Array<string> = []
  const actors = new Set(actorsOf(cast))
  for (const part of phrase.split(/, and | and |, /)) {
    const group = /^every (.+)$/.exec(part)?.[1]
    const members = group === undefined ? (actors.has(part) ? [part] : undefined) : cast.get(group)
    if (members === undefined) return { problem: unknownActor(part, group, cast) }
    const twice = members.find((name) => names.includes(name))
    if (twice !== undefined) return { problem: `${twice} is named twice in "${phrase}"` }
    names.push(...members)
  }
  return names
}

const unknownActor = (part: string, group: string | undefined, cast: Cast): string => {
  const groups = [...cast.keys()].filter((name) => !cast.get(name)!.includes(name))
  if (group !== undefined) return `nobody in the cast is called "${group}"${didYouMean(group, groups)}`
  if (groups.includes(part)) return `"${part}" is a group; did you mean "every ${part}" or "${part}1"?`
  const known = [...actorsOf(cast), "everyone", ...groups.map((name) => `every ${name}`)]
  return `unknown actor "${part}"${didYouMean(part, known)}`
}
