import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { Mistake } from "./Mistake.ts"
import { parseScenario, type Scenario } from "./Scenario.ts"

/** Where scenarios are looked for when no path is named. */
export const scenariosFolder = "scenarios"

/** Reads scenario files: those named, or all of the folder; mistakes are answered, not thrown. */
export const loadScenarios = (paths: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const files = (await Promise.all((paths.length > 0 ? paths : [scenariosFolder]).map(filesOf))).flat()
    const scenarios: Array<Scenario> = []
    const mistakes: Array<Mistake> = []
    for (const file of files) {
      const parsed = parseScenario(file, await readFile(file, "utf8"))
      if ("scenario" in parsed) scenarios.push(parsed.scenario)
      else mistakes.push(...parsed.mistakes)
    }
    return { scenarios, mistakes }
  })

const filesOf = async (path: string): Promise<ReadonlyArray<string>> => {
  const file = path.replace(/:\d+$/, "")
  if ((await stat(file)).isFile()) return [file]
  const names = await readdir(file)
  return names
    .filter((name) => name.endsWith(".yaml"))
    .toSorted()
    .map((name) => join(file, name))
}
