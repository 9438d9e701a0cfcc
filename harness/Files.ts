import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { FileInvalid, type Mistake } from "./Mistake.ts"
import { nameOf } from "./Summary.ts"
import { parseScenario, type Scenario } from "./Scenario.ts"

/** Where scenarios are looked for when no path is named; the folders inside it are not searched. */
export const scenariosFolder = "scenarios"

/** Reads the scenarios of these files and folders (`PATH:LINE` is the one that stands at that line), or all mistakes in them. */
export const loadScenarios = Effect.fnUntraced(function* (paths: ReadonlyArray<string>) {
  const named = paths.length > 0 ? paths : [scenariosFolder]
  const files = [...new Set((yield* Effect.forEach(named, filesOf)).flat())]
  const parsed = yield* Effect.forEach(files, ({ file, line }) =>
    Effect.map(
      Effect.promise(() => readFile(file, "utf8")),
      (text) => check(file, line, text)
    )
  )
  const scenarios = parsed.flatMap((one) => ("scenario" in one ? [one.scenario] : []))
  const mistakes = parsed.flatMap((one) => ("mistakes" in one ? one.mistakes : []))
  mistakes.push(...sameTitles(scenarios))
  if (mistakes.length > 0) return yield* new FileInvalid({ mistakes })
  return scenarios
})

interface Place {
  readonly file: string
  readonly line: number | undefined
}

const check = (file: string, line: number | undefined, text: string) => {
  const parsed = parseScenario(file, text)
  const lines = text.split("\n").length
  if (line === undefined || line <= lines) return parsed
  return {
    mistakes: [{ file, line: lines, column: 1, message: `line ${line} is past the end of this file` }]
  }
}

const filesOf = Effect.fnUntraced(function* (path: string) {
  const [, file = path, line] = /^(.+?)(?::(\d+))?(?::\d+)?$/.exec(path) ?? []
  const kind = yield* Effect.promise(() => stat(file).catch(() => undefined))
  if (kind === undefined)
    return yield* new FileInvalid({
      mistakes: [{ file, line: 1, column: 1, message: "there is no such file or folder" }]
    })
  if (!kind.isDirectory())
    return [{ file, line: line === undefined ? undefined : Number(line) }] satisfies Array<Place>
  const names = yield* Effect.promise(() => readdir(file))
  return names
    .filter((name) => name.endsWith(".yaml"))
    .toSorted()
    .map((name): Place => ({ file: join(file, name), line: undefined }))
})

/** Titles are test ids: no two scenarios share one. */
const sameTitles = (scenarios: ReadonlyArray<Scenario>): ReadonlyArray<Mistake> => {
  const first = new Map<string, Scenario>()
  return scenarios.flatMap((scenario) => {
    const { file, line, title } = scenario
    const other = first.get(title)
    if (other === undefined) first.set(title, scenario)
    if (other === undefined || other.file === file) return []
    return [
      { file, line, column: 1, message: `${other.file}:${other.line} has the same title; titles are unique` }
    ]
  })
}

/** The short names of all scenarios. */
export const scenarioNames: Effect.Effect<ReadonlyArray<string>> = Effect.promise(async () => {
  const names = await readdir(scenariosFolder).catch(() => [])
  return names.filter((name) => name.endsWith(".yaml")).map(nameOf)
})
