import type { Scenario } from "./Scenario.ts"
import { type ClauseId, clauses, isClauseId, type Level, levels } from "../language/Clauses.ts"
import { features } from "../language/Features.ts"
import { lint } from "./Lint.ts"
import { messagePattern } from "../language/Notation.ts"
import { didYouMean, type Mistake } from "../yaml/Mistake.ts"
import { readSteps } from "./StepReader.ts"
import {
  choice,
  duration,
  integer,
  list,
  oneLine,
  oneOrMore,
  options,
  type Shape,
  words
} from "../yaml/Shape.ts"
import { type Entry, type Node, Reader, Source } from "../yaml/Source.ts"
import { steps } from "../verbs/Blocks.ts"
import { type Cast, castName, reservedNames } from "../language/Subject.ts"

/** The features that a scenario may need of its target. */
const needs = [...features, "alone"] as const

/** Most actors of one scenario. */
const actorsMax = 1_000

/** The time that every expectation waits, unless the scenario says otherwise. */
export const withinMillisDefault = 2_000

/** Reads a scenario: it, or the mistakes in it and the number of those that are not listed. */
export const parseScenario = (
  file: string,
  text: string
): { readonly scenario: Scenario } | { readonly mistakes: ReadonlyArray<Mistake>; readonly more: number } => {
  const source = new Source(file, text)
  const found = source.mistakes.length === 0 ? source.attempt(() => read(source)) : undefined
  if (found !== undefined && source.mistakes.length === 0) lint(found.scenario, source, found.offsetOf)
  return found !== undefined && source.mistakes.length === 0
    ? { scenario: found.scenario }
    : {
        mistakes: source.mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column),
        more: source.mistakesMore
      }
}

/** The id of a clause. */
export const clause: Shape<ClauseId> = {
  what: "the id of a clause of docs/PROTOCOL.md",
  schema: { $ref: "#/$defs/clause" },
  read: (node, reader) => {
    const id = reader.text(node, "the id of a clause")
    return isClauseId(id)
      ? id
      : reader.fail(node, `unknown clause "${id}"${didYouMean(id, Object.keys(clauses))}`)
  }
}

/** The keys of a scenario file, with what may stand behind them; steps are read last, once the cast is known. */
const header = {
  scenario: oneLine("one sentence that names the behaviour"),
  proves: oneOrMore(clause),
  level: choice(levels),
  tags: list(words("a tag")),
  needs: list(choice(needs)),
  story: words("a paragraph"),
  within: duration,
  ignoring: list(messagePattern)
} as const

/** Keys of later versions. */
const notYetSupported: ReadonlySet<string> = new Set(["load", "chaos"])

const bodies = ["before", "steps", "after"] as const

/** The keys of a scenario file, for the JSON Schema of editors. */
export const fileShapes = { ...header, before: steps, steps, after: steps } as const

const read = (
  source: Source
): { readonly scenario: Scenario; readonly offsetOf: (key: string) => number } => {
  const { root } = source
  const plain = new Reader(source, noSteps)
  if (root === undefined || !plain.isMap(root))
    return plain.fail(
      root,
      `${root === undefined ? "this file is empty; a scenario" : "not a scenario: it"} needs at least \`scenario\`, \`cast\` and \`steps\``
    )
  const entries = new Map<string, Entry>()
  const known = [...Object.keys(header), "cast", ...bodies]
  for (const entry of plain.entries(root)) {
    if (known.includes(entry.key)) entries.set(entry.key, entry)
    else source.attempt(() => plain.fail(entry.keyNode, whyNoKey(entry.key, known)))
  }
  const valueOf = (key: string): Node | undefined => {
    const entry = entries.get(key)
    if (entry !== undefined && entry.value === undefined)
      return plain.fail(entry.keyNode, `"${key}" needs a value`)
    return entry?.value
  }
  const field = <K extends keyof typeof header>(key: K) => {
    const node = valueOf(key)
    type Value = (typeof header)[K] extends Shape<infer A> ? A : never
    return node === undefined ? undefined : source.attempt(() => header[key].read(node, plain) as Value)
  }
  const required = (key: string) => {
    const node = valueOf(key)
    return node ?? plain.fail(root, `"${key}" is missing`)
  }
  const cast = source.attempt(() => castShape.read(required("cast"), plain))
  const body = (key: (typeof bodies)[number]) => {
    const node = key === "steps" ? required(key) : valueOf(key)
    if (node === undefined || cast === undefined) return []
    const reader = new Reader(source, readSteps(cast, clause))
    return source.attempt(() => steps.read(node, reader)) ?? []
  }
  required("scenario")
  const proves = field("proves") ?? []
  const scenario: Scenario = {
    file: source.file,
    line: source.position(entries.get("scenario")!.keyNode.range![0]).line,
    title: field("scenario") ?? "",
    proves,
    level: field("level") ?? weakest(proves),
    tags: field("tags") ?? [],
    needs: field("needs") ?? [],
    story: field("story"),
    cast: cast ?? new Map(),
    programs: (cast && source.attempt(() => readPrograms(required("cast"), plain))) ?? new Map(),
    withinMillis: field("within") ?? withinMillisDefault,
    ignoring: field("ignoring") ?? [],
    before: body("before"),
    steps: body("steps"),
    after: body("after"),
    text: source.text
  }
  return { scenario, offsetOf: (key) => (entries.get(key)?.value ?? root).range![0] }
}

const noSteps = () => []

const whyNoKey = (key: string, known: ReadonlyArray<string>): string =>
  notYetSupported.has(key)
    ? `"${key}" is not supported yet; remove it`
    : `unknown key "${key}"${didYouMean(key, known, habits)}`

/** What the keys are called elsewhere. */
const habits = {
  title: "scenario",
  name: "scenario",
  test: "scenario",
  description: "story",
  actors: "cast",
  clients: "cast",
  timeout: "within",
  setup: "before",
  teardown: "after"
}

/** A scenario that sets no level binds as much as the weakest of its clauses. */
const weakest = (proves: ReadonlyArray<ClauseId>): Level =>
  levels.findLast((level) => proves.some((id) => clauses[id] === level)) ?? "must"

const member = options({ count: integer(1, actorsMax), program: words('a command, or "{client}"') })

/** The cast: a list of names, or a map of names with the number of actors that each stands for, or their program. */
export const castShape: Shape<Cast> = {
  what: 'a list of names, or a map such as { alice: {}, guest: { count: 50 }, carol: { program: "{client}" } }',
  schema: {
    anyOf: [
      { type: "array", items: { type: "string" } },
      { type: "object", additionalProperties: { anyOf: [member.schema, { type: "null" }] } }
    ]
  },
  read: readCast
}

function readCast(node: Node, reader: Reader): Cast {
  const cast = new Map<string, ReadonlyArray<string>>()
  const taken = new Set<string>()
  let total = 0
  const add = (at: Node, name: string, count: number | undefined) => {
    if (!castName.test(name))
      reader.fail(
        at,
        `"${name}" is not a valid actor name: use a lowercase letter, then lowercase letters, digits, _ and -`
      )
    if (reservedNames.has(name)) reader.fail(at, `"${name}" is a reserved word; choose another name`)
    const actors =
      count === undefined ? [name] : Array.from({ length: count }, (_, index) => `${name}${index + 1}`)
    const twice = [name, ...actors].find((actor) => taken.has(actor))
    if (twice !== undefined) reader.fail(at, `"${twice}" is in the cast twice`)
    for (const actor of new Set([name, ...actors])) taken.add(actor)
    cast.set(name, actors)
    total += actors.length
    if (total > actorsMax) reader.fail(at, `a cast can have at most ${actorsMax} actors`)
  }
  if (reader.isMap(node)) {
    for (const { key, keyNode, value } of reader.entries(node))
      add(keyNode, key, value === undefined ? undefined : member.read(value, reader).count)
  } else {
    for (const item of reader.items(node)) add(item, reader.text(item, "a name"), undefined)
  }
  return cast.size > 0 ? cast : reader.fail(node, "the cast is empty; a scenario needs at least one actor")
}

/** The programs that members of the cast sit at, with their commands. */
function readPrograms(node: Node, reader: Reader): ReadonlyMap<string, string> {
  const programs = new Map<string, string>()
  if (!reader.isMap(node)) return programs
  for (const { key, value } of reader.entries(node)) {
    const { count, program } = value === undefined ? {} : member.read(value, reader)
    if (program === undefined) continue
    if (count !== undefined) reader.fail(value, "only one can sit at a program: give each a name of its own")
    programs.set(key, program)
  }
  return programs
}
