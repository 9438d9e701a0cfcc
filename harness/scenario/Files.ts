import { existsSync } from "node:fs"
import { readdir, readFile, stat } from "node:fs/promises"
import { join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { FileInvalid, type Mistake, mistakesMax } from "../yaml/Mistake.ts"
import { nameOf } from "./Name.ts"
import { type Scenario } from "./Scenario.ts"
import { parseScenario } from "./ScenarioReader.ts"

/** A folder of scenarios that come with the harness. */
export const suite = (folder: string): string =>
  relative(".", fileURLToPath(new URL(`../../${folder}`, import.meta.url)))

/**
 * Where scenarios are looked for when no path is named: `scenarios` in the current folder, or the suite where there is no
 * such folder. The folders inside it are not searched.
 */
export const scenariosFolder = (): string => (existsSync("scenarios") ? "scenarios" : suite("scenarios"))

/** Where those are that judge a client. */
export const clientsFolder = (): string => join(scenariosFolder(), "client")

/** Where scenarios for servers and for clients are, as far as these folders are there. */
export const everyFolder = (): ReadonlyArray<string> =>
  [scenariosFolder(), clientsFolder()].filter((folder) => existsSync(folder))

/** Reads the scenarios of these files and folders (`PATH:LINE` is the one that stands at that line), or all mistakes in them. */
export const loadScenarios = Effect.fnUntraced(function* (paths: ReadonlyArray<string>) {
  const named = paths.length > 0 ? paths : [scenariosFolder()]
  const places = (yield* Effect.forEach(named, placesOf)).flat()
  const files = Map.groupBy(places, ({ file }) => resolve(file))
  const parsed = yield* Effect.forEach(files.values(), check)
  const scenarios = parsed.flatMap((one) => ("scenario" in one ? [one.scenario] : []))
  const mistakes = [
    ...parsed.flatMap((one) => ("mistakes" in one ? one.mistakes : [])),
    ...sameTitles(scenarios)
  ]
  const unlisted = parsed.reduce((sum, one) => sum + ("more" in one ? one.more : 0), 0)
  if (mistakes.length > 0)
    return yield* new FileInvalid({
      mistakes: mistakes.slice(0, mistakesMax),
      more: unlisted + Math.max(0, mistakes.length - mistakesMax)
    })
  return scenarios
})

/** Bytes as text, or why they are none: only UTF-8 is one, so that no character turns into another unseen. */
const textOf = (bytes: Uint8Array): { readonly text: string } | { readonly problem: string } => {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) }
  } catch {
    return { problem: "this file is not UTF-8; save it as UTF-8" }
  }
}

interface Place {
  readonly file: string
  readonly line: number | undefined
}

/** One file, which may have been named several times, with a line each. */
const check = (places: ReadonlyArray<Place>) => {
  const [{ file }] = places as [Place]
  return Effect.map(readText(file), (read) => {
    if ("problem" in read) return { mistakes: [{ file, line: 1, column: 1, message: read.problem }] }
    const lines = read.text.split("\n").length
    const past = places.find(({ line = 1 }) => line > lines)
    if (past === undefined) return parseScenario(file, read.text)
    return {
      mistakes: [{ file, line: lines, column: 1, message: `line ${past.line} is past the end of this file` }]
    }
  })
}

/** The text of a file, or why it has none. A pipe or a device might never come to its end. */
export const readText = (file: string) =>
  Effect.promise(async () => {
    try {
      const kind = await stat(file)
      if (kind.isDirectory()) return unreadable("it is a folder")
      if (!kind.isFile()) return unreadable("it is not a regular file")
      if (kind.size > fileBytesMax) return unreadable(`it is longer than ${fileBytesMax} bytes`)
      return textOf(await readFile(file))
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException
      return unreadable(reasons[code] ?? code)
    }
  })

/** The longest file of scenarios or targets. */
export const fileBytesMax = 64 * 1024

const unreadable = (reason: string) => ({ problem: `cannot read this file: ${reason}` })

const reasons: { readonly [code: string]: string } = {
  ENOENT: "no such file, or a broken link",
  EACCES: "permission denied"
}

const placesOf = Effect.fnUntraced(function* (path: string) {
  const [, file = path, line] = /^(.+?)(?::(\d+))?(?::\d+)?$/.exec(path) ?? []
  const kind = yield* Effect.promise(() => stat(file).catch(() => undefined))
  if (kind === undefined)
    return yield* new FileInvalid({
      mistakes: [{ file, line: 1, column: 1, message: "no such file or folder" }]
    })
  if (!kind.isDirectory())
    return [{ file, line: line === undefined ? undefined : Number(line) }] satisfies Array<Place>
  const names = yield* Effect.promise(() => readdir(file))
  return names
    .filter(isScenario)
    .toSorted()
    .map((name): Place => ({ file: join(file, name), line: undefined }))
})

/** Editors and file managers leave files of their own beside others, whose names begin with a dot. */
export const isScenario = (name: string): boolean => /^[^.].*\.ya?ml$/.test(name)

/** Titles are test ids: no two scenarios share one. */
const sameTitles = (scenarios: ReadonlyArray<Scenario>): ReadonlyArray<Mistake> => {
  const first = new Map<string, Scenario>()
  return scenarios.flatMap((scenario) => {
    const { file, line, title } = scenario
    const other = first.get(title)
    if (other === undefined) {
      first.set(title, scenario)
      return []
    }
    return [
      {
        file,
        line,
        column: 1,
        message: `${other.file}:${other.line} has the same title; titles must be unique`
      }
    ]
  })
}

/** The short names of all scenarios. */
export const scenarioNames: Effect.Effect<ReadonlyArray<string>> = Effect.promise(async () => {
  const names = await Promise.all(everyFolder().map((folder) => readdir(folder)))
  return names.flat().filter(isScenario).map(nameOf)
})
