import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { chromium as driver } from "playwright-core"
import { chromium } from "../support/Browser.ts"

// Takes docs/report.png, the picture of a failing report: pnpm pictures

const root = join(import.meta.dirname, "../..")
const folder = mkdtempSync(join(tmpdir(), "palabre-pictures-"))
const page = join(folder, "report.html")
const scenarios = ["login", "broadcast", "duplicate-login", "list"].map((name) => `scenarios/${name}.yaml`)
const server = "exec node mutants/serve.ts {port} --fault duplicates"

try {
  execFileSync(
    process.execPath,
    [
      "harness/main.ts",
      "scenario",
      ...scenarios,
      "--spawn",
      server,
      "--seed",
      "1",
      "--reporter",
      `html=${page}`
    ],
    { cwd: root, stdio: "ignore" }
  )
} catch (error) {
  // the server is wrong on purpose: 1 is what a scenario that failed comes to
  if ((error as { readonly status?: number }).status !== 1) throw error
}

const executablePath = chromium()
if (executablePath !== undefined) {
  const browser = await driver.launch({ executablePath, args: ["--no-sandbox"] })
  const tab = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme: "light" })
  await tab.goto(pathToFileURL(page).href)
  await tab.locator("#duplicate-login a.failed").last().click()
  await tab.locator("#bytes").waitFor()
  await tab.screenshot({ path: join(root, "docs/report.png") })
  await browser.close()
}
rmSync(folder, { recursive: true })
