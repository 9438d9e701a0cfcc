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

/** Tells if a Chromium is installed here. */
export const hasBrowser = executablePath !== undefined
if (!hasBrowser)
  console.warn("SKIPPED: neither chromium nor chromium-browser is in PATH, so no page was looked at")

/** Starts the Chromium that is installed. Nothing in it has a limit of time: that is for those who wait. */
export const launch = async (): Promise<Browser> => {
  const browser = await chromium.launch({
    executablePath: executablePath!,
    args: ["--no-sandbox"],
    timeout: 0
  })
  return browser.on("context", (context) => context.setDefaultTimeout(0))
}
