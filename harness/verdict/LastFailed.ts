import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"

/** Where the scenarios that did not pass are remembered for `--last-failed`. */
const memory = "node_modules/.cache/palabre/last-failed.json"

/** The files of the scenarios that did not pass when they were last played, as whole paths; `undefined` where that is not known. */
export const readLastFailed = (): ReadonlySet<string> | undefined => {
  try {
    const files: unknown = JSON.parse(readFileSync(memory, "utf8"))
    return isListOfFiles(files) ? new Set(files) : undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? new Set() : undefined
  }
}

/** Remembers which of the scenarios that were played did not pass; what was not played stays as it was. */
export const writeLastFailed = (played: ReadonlyMap<string, boolean>): void => {
  try {
    const here = resolve(".")
    if (!existsSync(here)) return // making the folder of the memory would make this one anew, or never end
    const all = new Map([...played].map(([file, passed]) => [resolve(file), passed]))
    const kept = [...(readLastFailed() ?? [])].filter((file) => !all.has(file))
    const failed = [...all].flatMap(([file, passed]) => (passed ? [] : [file]))
    const file = resolve(here, memory)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify([...kept, ...failed]))
  } catch {
    // A folder that cannot be written costs only the convenience of --last-failed.
  }
}

const isListOfFiles = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((file) => typeof file === "string")
