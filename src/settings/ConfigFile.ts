import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml"
import { nearestOf } from "../Nearest.ts"
import { type Kind, oneOf, withoutPassword } from "./Kinds.ts"
import { type Profile, profiles, type Setting } from "./Setting.ts"
import { table, type Values } from "./Settings.ts"

/** What a file says of the settings. */
export interface ConfigFile {
  readonly profile: Profile | undefined
  readonly values: Partial<Values>
}

/** A file that is no configuration; each mistake is a line, with its place. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  mistakes: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return this.mistakes.join("\n")
  }
}

/** Reads a file in YAML: the name of a flag for each setting, and its value as the flag would have it, or a list. */
export const readConfigFile = (path: string): Effect.Effect<ConfigFile, ConfigInvalid> =>
  Effect.suspend(() => {
    const text = textOf(path)
    if (text instanceof Error)
      return Effect.fail(new ConfigInvalid({ mistakes: [`cannot read ${path}: ${text.message}`] }))
    const { config, mistakes } = parseConfig(path, text)
    return mistakes.length === 0 ? Effect.succeed(config) : Effect.fail(new ConfigInvalid({ mistakes }))
  })

const textOf = (path: string): string | Error => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    return error as Error
  }
}

/** What each name of the file is, and how its value is read. */
const kinds: ReadonlyMap<string, { readonly name: string; readonly kind: Kind<unknown> }> = new Map([
  ["profile", { name: "profile", kind: oneOf(profiles) as Kind<unknown> }],
  ...Object.entries(table).map(([name, row]) => {
    const kind = row as Setting<unknown>
    return [kind.flag, { name, kind }] as const
  })
])

const parseConfig = (path: string, text: string) => {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const values: Record<string, unknown> = {}
  const mistakes = new Map<string, string>()
  /** Tells of the first problem at a place: what follows there comes of it. */
  const mistake = (offset: number, problem: string) => {
    const { col, line } = lineCounter.linePos(offset)
    const place = `${path}:${line}:${col}`
    if (!mistakes.has(place)) mistakes.set(place, `${place}: ${problem}`)
  }
  for (const { code, message, pos } of [...document.errors, ...document.warnings])
    mistake(pos[0], code === "MULTIPLE_DOCS" ? "a second document begins here; only one is read" : message)
  const { contents } = document
  if (contents !== null && !isMap(contents))
    mistake(
      contents.range![0],
      "expected the names of settings, each with its value, such as max-clients: 500"
    )
  for (const { key, value } of isMap(contents) ? contents.items : []) {
    const flag = String(isScalar(key) ? key.value : key)
    const [offset] = (key as Node).range!
    const known = kinds.get(flag)
    if (known === undefined) {
      mistake(offset, unknownText(flag))
      continue
    }
    const { kind, name } = known
    const node = value as Node | null
    const written = writtenOf(node)
    const parsed = written === undefined ? Option.none() : kind.parse(written)
    if (Option.isSome(parsed)) values[name] = parsed.value
    else
      mistake(
        node?.range?.[0] ?? offset,
        `${flag}: ${shown(isScalar(node) ? written : sourceOf(node, text))}; expected ${kind.expected}`
      )
  }
  const { profile, ...rest } = values as Partial<Values> & { readonly profile?: Profile }
  return { config: { profile, values: rest }, mistakes: [...mistakes.values()] }
}

/** A value as its flag would have it: a list with commas between; `undefined` where there is none. */
const writtenOf = (node: Node | null): string | undefined => {
  if (isSeq(node) && node.items.length === 0) return "none"
  if (isSeq(node)) return node.items.map((item) => writtenOf(item as Node)).join(",")
  return isScalar(node) && node.value !== null ? (node.source ?? String(node.value)) : undefined
}

/** What is in the place of a value, if anything is: a list, an alias, a mapping. */
const sourceOf = (node: Node | null, text: string): string | undefined =>
  node === null ? undefined : text.slice(node.range![0], node.range![1])

const shown = (value: string | undefined): string => {
  if (value === undefined) return "no value"
  const safe = withoutPassword(value)
  return JSON.stringify(safe.length > 80 ? `${safe.slice(0, 79)}…` : safe)
}

const unknownText = (flag: string): string => {
  const nearest = nearestOf(flag, kinds.keys())
  return `there is no setting ${shown(flag)}${nearest === undefined ? "; serve --help lists them" : `; did you mean ${nearest}?`}`
}
