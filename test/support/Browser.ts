import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

/** A Chromium that is installed here, or nothing: then tests that need one are skipped, and say so. */
export const chromium = (): string | undefined => {
  const found = (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => ["chromium", "chromium-browser"].map((name) => join(folder, name)))
    .find(isExecutable)
  if (found === undefined)
    console.warn("SKIPPED: neither chromium nor chromium-browser is in PATH, so no page was looked at")
  return found
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
