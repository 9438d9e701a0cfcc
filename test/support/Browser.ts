import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"
import { type Browser, chromium } from "playwright-core"

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const executablePath = (process.env["PATH"] ?? "")
  .split(delimiter)
  .flatMap((folder) => ["chromium", "chromium-browser"].map((name) => join(folder, name)))
  .find(isExecutable)

/** True if a Chromium is installed here; if not, tests that need one are skipped, and say so. */
export const hasBrowser = executablePath !== undefined
if (!hasBrowser)
  console.warn("SKIPPED: neither chromium nor chromium-browser is in PATH, so no page was looked at")

/** Nearly as long as a test may take: a machine that has just installed a browser reads it from its disk for the first time. */
const waitMillis = 100_000

/** Starts the Chromium of this machine. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox"], timeout: waitMillis })

/** Lets what is done on a page, or on all of a context, take nearly as long as a test may. */
export const patient = <A extends { setDefaultTimeout(millis: number): void }>(pages: A): A => {
  pages.setDefaultTimeout(waitMillis)
  return pages
}
