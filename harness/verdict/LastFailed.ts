import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

/** Where the scenarios that did not pass are remembered for `--last-failed`. */
const memory = "node_modules/.cache/palabre/last-failed.json"

/** The files of the scenarios that did not pass when they were last played. */
export const readLastFailed = (): ReadonlySet<string> => {
  try {
    const files: unknown = JSON.parse(readFileSync(memory, "utf8"))
    return new Set(Array.isArray(files) ? files.map(String) : [])
  } catch {
    return new Set()
  }
}

/** Remembers which of the scenarios that were played did not pass; what was not played stays as it was. */
export const writeLastFailed = (played: ReadonlyMap<string, boolean>): void => {
  const kept = [...readLastFailed()].filter((file) => !played.has(file))
  const failed = [...played].flatMap(([file, passed]) => (passed ? [] : [file]))
  try {
    mkdirSync(dirname(memory), { recursive: true })
    writeFileSync(memory, JSON.stringify([...kept, ...failed]))
  } catch {
    // A folder that cannot be written costs only the convenience of --last-failed.
  }
}
