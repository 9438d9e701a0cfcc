import type { Captures, Json, Scalar } from "./Json.ts"
import { assign, type Unplaced } from "./Matching.ts"
import type { PatternTexts } from "./PatternTexts.ts"
import type { WholeText } from "./BoundedRegExp.ts"
import { show, visible } from "../Format.ts"

/** A pattern for a received value. */
export type Pattern =
  | { readonly _tag: "Literal"; readonly value: Scalar }
  | { readonly _tag: "Anything" }
  | { readonly _tag: "Capture"; readonly name: string }
  | { readonly _tag: "Matches"; readonly text: WholeText }
  | { readonly _tag: "Contains"; readonly text: string }
  | { readonly _tag: "OneOf"; readonly patterns: ReadonlyArray<Pattern> }
  | { readonly _tag: "Not"; readonly pattern: Pattern }
  | { readonly _tag: "Length"; readonly length: number }
  | { readonly _tag: "InAnyOrder"; readonly patterns: ReadonlyArray<Pattern> }
  | { readonly _tag: "Includes"; readonly patterns: ReadonlyArray<Pattern> }
  | { readonly _tag: "Absent" }
  | { readonly _tag: "List"; readonly items: ReadonlyArray<Pattern> }
  | ObjectPattern
export interface ObjectPattern {
  readonly _tag: "Object"
  readonly fields: ReadonlyArray<readonly [key: string, pattern: Pattern]>
  /** True if fields that are not listed are forbidden. */
  readonly exactly: boolean
}

/** Where a value and a pattern part ways: the path of the field, what was expected there and what stood there. */
export class Mismatch {
  readonly path: string
  /** Details that the eye would miss: invisible or differently composed characters, where two long texts part. */
  readonly hint: Hint | undefined
  private readonly pattern: Pattern
  private readonly captures: Captures
  private readonly received: Json | undefined

  constructor(path: string, pattern: Pattern, captures: Captures, received: Json | undefined, hint?: Hint) {
    this.path = path
    this.pattern = pattern
    this.captures = captures
    this.received = received
    this.hint = hint
  }

  /** One line for a person: `users[1]: expected "bob", received "bobby"`. */
  tell(texts: PatternTexts): string {
    const where = this.path === "" ? "" : `${visible(this.path)}: `
    const hint = this.hint === undefined ? "" : ` (${this.hint(texts)})`
    const isSecret = /(?:^|\.)session$/.test(this.path)
    const received = this.received === undefined ? texts.nothing : show(isSecret ? "***" : this.received)
    const expected = isSecret ? "***" : describe(this.pattern, texts, this.captures)
    return `${where}${texts.mismatch(expected, received)}${hint}`
  }
}

type Hint = (texts: PatternTexts) => string

/** Compares a value with a pattern: the captures it leads to, or where it parts ways. */
export const match = (
  pattern: Pattern,
  value: Json | undefined,
  captures: Captures,
  path = ""
): Captures | Mismatch => {
  if (value === undefined && pattern._tag !== "Absent" && pattern._tag !== "OneOf")
    return new Mismatch(path, pattern, captures, undefined)
  const wrong = (hint?: Hint) => new Mismatch(path, pattern, captures, value, hint)
  const check = (holds: boolean) => (holds ? captures : wrong())
  switch (pattern._tag) {
    case "Anything":
      return captures
    case "Literal":
      return pattern.value === value ? captures : wrong(difference(pattern.value, value))
    case "Absent":
      return check(value === undefined)
    case "Matches":
      if (typeof value === "string" && pattern.text.matches(value)) return captures
      return wrong(pattern.text.tooSlow ? tooSlow : undefined)
    case "Contains":
      return check(typeof value === "string" && value.includes(pattern.text))
    case "Length":
      return check(lengthOf(value) === pattern.length)
    case "Not":
      if (!(match(pattern.pattern, value, captures, path) instanceof Mismatch)) return wrong()
      return isTooSlow(pattern.pattern) ? wrong(tooSlow) : captures
    case "Capture": {
      if (typeof value === "object" && value !== null) return wrong()
      const bound = captures.get(pattern.name)
      if (bound === undefined) return new Map([...captures, [pattern.name, value!]])
      return bound === value ? captures : wrong(difference(bound, value))
    }
    case "OneOf": {
      for (const option of pattern.patterns) {
        const found = match(option, value, captures, path)
        if (!(found instanceof Mismatch)) return found
      }
      return wrong()
    }
    case "List":
      return matchList(pattern.items, value, captures, path) ?? wrong()
    case "InAnyOrder":
    case "Includes":
      return matchSet(pattern, value, captures, path) ?? wrong()
    case "Object":
      return matchObject(pattern, value, captures, path) ?? wrong()
  }
}

/** True if a pattern holds a regular expression that was given up: that it did not match means nothing. */
const isTooSlow = (pattern: Pattern): boolean => {
  switch (pattern._tag) {
    case "Matches":
      return pattern.text.tooSlow
    case "Not":
      return isTooSlow(pattern.pattern)
    case "OneOf":
    case "InAnyOrder":
    case "Includes":
      return pattern.patterns.some(isTooSlow)
    case "List":
      return pattern.items.some(isTooSlow)
    case "Object":
      return pattern.fields.some(([, field]) => isTooSlow(field))
    default:
      return false
  }
}

const tooSlow: Hint = (texts) => texts.tooSlow

/** A pattern on one line, as a person would write it. */
export const describe = (pattern: Pattern, texts: PatternTexts, captures: Captures = new Map()): string => {
  const one = (pattern: Pattern) => describe(pattern, texts, captures)
  const all = (patterns: ReadonlyArray<Pattern>) => `[${patterns.map(one).join(", ")}]`
  switch (pattern._tag) {
    case "Literal":
      return show(pattern.value)
    case "Anything":
      return texts.anything
    case "Capture":
      return captures.has(pattern.name)
        ? `${show(captures.get(pattern.name))} ($${pattern.name})`
        : texts.anyScalar(pattern.name)
    case "Matches":
      return texts.matches(pattern.text.source)
    case "Contains":
      return texts.contains(show(pattern.text))
    case "OneOf":
      return texts.oneOf(all(pattern.patterns))
    case "Not":
      return texts.not(one(pattern.pattern))
    case "Length":
      return texts.length(pattern.length)
    case "InAnyOrder":
      return texts.inAnyOrder(all(pattern.patterns))
    case "Includes":
      return texts.includes(all(pattern.patterns))
    case "Absent":
      return texts.absent
    case "List":
      return all(pattern.items)
    case "Object": {
      const fields = pattern.fields.map(
        ([key, value]) =>
          `${JSON.stringify(key)}: ${key === "session" ? describeToken(value, texts) : one(value)}`
      )
      const object = `{${fields.join(", ")}}`
      return pattern.exactly ? texts.exactly(object) : object
    }
  }
}

/** What is compared with the token of a session, which is not shown. */
const describeToken = (pattern: Pattern, texts: PatternTexts): string =>
  pattern._tag === "Literal" || pattern._tag === "Capture" ? '"***"' : describe(pattern, texts)

/**
 * Gives each of the values a pattern of its own, or says which value found none: the first one that cannot be placed
 * together with all before it. There may be more patterns than values.
 */
export const place = (
  patterns: ReadonlyArray<Pattern>,
  values: ReadonlyArray<Json>,
  captures: Captures
): Captures | Unplaced =>
  assign(values.length, patterns.length, captures, (value, n, bound) =>
    fits(patterns[n]!, values[value]!, bound)
  )

const matchList = (
  items: ReadonlyArray<Pattern>,
  value: Json | undefined,
  captures: Captures,
  path: string
): Captures | Mismatch | undefined => {
  if (!Array.isArray(value)) return undefined
  if (value.length !== items.length) return undefined
  let bound = captures
  for (const [index, item] of items.entries()) {
    const found = match(item, value[index], bound, `${path}[${index}]`)
    if (found instanceof Mismatch) return found
    bound = found
  }
  return bound
}

const matchSet = (
  pattern: Extract<Pattern, { readonly _tag: "InAnyOrder" | "Includes" }>,
  value: Json | undefined,
  captures: Captures,
  path: string
): Captures | Mismatch | undefined => {
  if (!Array.isArray(value)) return undefined
  const { patterns } = pattern
  if (pattern._tag === "Includes") {
    const found = assign(patterns.length, value.length, captures, (n, item, bound) =>
      fits(patterns[n]!, value[item]!, bound)
    )
    return "unplaced" in found ? undefined : found
  }
  if (value.length !== patterns.length) return undefined
  const found = place(patterns, value, captures)
  return "unplaced" in found
    ? new Mismatch(path, pattern, captures, value, (texts) => texts.oneTooMany(show(value[found.unplaced])))
    : found
}

const fits = (pattern: Pattern, value: Json, captures: Captures): Captures | undefined => {
  const found = match(pattern, value, captures)
  return found instanceof Mismatch ? undefined : found
}

const matchObject = (
  pattern: ObjectPattern,
  value: Json | undefined,
  captures: Captures,
  path: string
): Captures | Mismatch | undefined => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const object = value as { readonly [key: string]: Json }
  const inside = (key: string) => (path === "" ? key : `${path}.${key}`)
  let bound = captures
  for (const [key, field] of pattern.fields) {
    const found = match(field, Object.hasOwn(object, key) ? object[key] : undefined, bound, inside(key))
    if (found instanceof Mismatch) return found
    bound = found
  }
  if (!pattern.exactly) return bound
  const listed = new Set(pattern.fields.map(([key]) => key))
  const extra = Object.keys(object).find((key) => !listed.has(key))
  return extra === undefined ? bound : new Mismatch(inside(extra), { _tag: "Absent" }, bound, object[extra])
}

const lengthOf = (value: Json | undefined): number | undefined => {
  if (typeof value === "string") return [...value].length
  return Array.isArray(value) ? value.length : undefined
}

/** Says what the eye would miss between two texts. */
const difference = (expected: Scalar, received: Json | undefined): Hint | undefined => {
  if (typeof expected !== "string" || typeof received !== "string") {
    const [a, b] = [kind(expected), kind(received)]
    return a === b ? undefined : (texts) => texts.otherKind(texts.kinds[a], texts.kinds[b])
  }
  if (expected.normalize("NFC") === received.normalize("NFC")) return (texts) => texts.composedDifferently
  if (expected.trim() === received.trim()) return (texts) => texts.spacesAround
  const [a, b] = [[...expected], [...received]]
  if (Math.max(a.length, b.length) < 40) return undefined
  const at = a.findIndex((character, index) => character !== b[index])
  if (at === -1) return (texts) => texts.tooManyCharacters(b.length - a.length)
  return (texts) => (at >= b.length ? texts.charactersArrived(b.length, a.length) : texts.differAt(at + 1))
}

const kind = (value: Json | undefined): keyof PatternTexts["kinds"] => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "list"
  const type = typeof value
  return type === "string" || type === "number" || type === "boolean" ? type : "object"
}
