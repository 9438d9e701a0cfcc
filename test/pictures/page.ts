import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { chromium as driver, type Page } from "playwright-core"
import { chromium } from "../support/Browser.ts"

// Takes the pictures of pages, docs/report.png and docs/gradebook.png: pnpm pictures

const root = join(import.meta.dirname, "../..")
const folder = mkdtempSync(join(tmpdir(), "palabre-pictures-"))

/** Runs the harness, which may end with any of these codes. */
const harness = (args: ReadonlyArray<string>, codes: ReadonlyArray<number>): void => {
  try {
    execFileSync(process.execPath, ["harness/main.ts", ...args], { cwd: root, stdio: "ignore" })
  } catch (error) {
    if (!codes.includes((error as { readonly status?: number }).status ?? 0)) throw error
  }
}

/** A picture of a page in some state. */
interface Shot {
  readonly file: string
  readonly height: number
  /** Makes the page, and gives its file. */
  readonly make: () => string
  readonly prepare: (page: Page) => Promise<void>
}

const report: Shot = {
  file: "docs/report.png",
  height: 860,
  make: () => {
    const page = join(folder, "report.html")
    const scenarios = ["login", "broadcast", "duplicate-login", "list"].map(
      (name) => `scenarios/${name}.yaml`
    )
    const server = "exec node mutants/serve.ts {port} --fault duplicates"
    // the server is wrong on purpose: 1 is what a scenario that failed comes to
    harness(["scenario", ...scenarios, "--spawn", server, "--seed", "1", "--reporter", `html=${page}`], [1])
    return page
  },
  prepare: async (page) => {
    await page.locator("#duplicate-login a.failed").last().click()
    await page.locator("#bytes").waitFor()
  }
}

const gradebook: Shot = {
  file: "docs/gradebook.png",
  height: 680,
  make: () => {
    harness(["grade", "examples/class/class.yaml", "--out", folder, "--locale", "en"], [])
    return join(folder, "index.html")
  },
  prepare: async (page) => {
    await page.locator("[data-name=python] .failed").first().click()
    await page.locator("#detail").waitFor()
  }
}

const executablePath = chromium()
if (executablePath !== undefined) {
  const browser = await driver.launch({ executablePath, args: ["--no-sandbox"] })
  for (const { file, height, make, prepare } of [report, gradebook]) {
    const page = await browser.newPage({ viewport: { width: 1280, height }, colorScheme: "light" })
    await page.goto(pathToFileURL(make()).href)
    await prepare(page)
    await page.screenshot({ path: join(root, file) })
  }
  await browser.close()
}
rmSync(folder, { recursive: true })
