import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Browser, chromium as driver, type Page } from "playwright-core"
import { chromium } from "../support/Browser.ts"
import { everyNameIsFree, hostileScenario, pageOf, taken, traced } from "./html.ts"
import { chat, steps } from "./playing.ts"

const executablePath = chromium()
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
const folder = mkdtempSync(join(tmpdir(), "palabre-html-"))
const file = join(folder, "report.html")
let browser: Browser

/** The page in a new tab, and everything that it complains about or asks the network for. */
const open = async (
  place = "",
  { colorScheme = "light", width = 1280 }: { colorScheme?: "light" | "dark"; width?: number } = {}
): Promise<{ readonly page: Page; readonly trouble: ReadonlyArray<string> }> => {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } })
  const trouble: Array<string> = []
  page.on("console", (message) => trouble.push(message.text()))
  page.on("pageerror", ({ message }) => trouble.push(message))
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== pathToFileURL(file).href) trouble.push(request.url())
  })
  await page.goto(pathToFileURL(file).href + place)
  return { page, trouble }
}

const current = (page: Page) => page.locator("[aria-current]").evaluateAll((all) => all.map(({ id }) => id))

describe.skipIf(executablePath === undefined)("the page in a browser", () => {
  beforeAll(async () => {
    const outcomes = Effect.all([
      traced(taken, chat(everyNameIsFree), "failed"),
      traced(hostileScenario, chat(), "failed"),
      traced(steps("- alice logs in", "proves: [LOGIN-1]\n"), chat(), "failed")
    ])
    writeFileSync(file, pageOf(await Effect.runPromise(outcomes)))
    browser = await driver.launch({ executablePath: executablePath!, args: ["--no-sandbox"] })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  it("shows from a step its arrow and its bytes, and from an arrow its step, by keyboard alone", async () => {
    const { page, trouble } = await open()
    await page.locator('[id="test:7"]').focus()
    await page.keyboard.press("Enter")
    await page.locator("#bytes pre").first().waitFor()
    assert.deepStrictEqual(await current(page), ["test:7", "test/4", "test/5"])
    assert.match(await page.locator("#bytes").innerText(), /7b 22 74 79 70 65/)
    await page.keyboard.press("ArrowDown")
    await page.waitForFunction("location.hash === '#test:8'")
    await page.keyboard.press("ArrowRight")
    await page.waitForFunction("location.hash === '#test/6'")
    assert.deepStrictEqual(await current(page), ["test:8", "test/6"])
    assert.include(await page.locator("#bytes h3").innerText(), "bob receives: success")
    await page.keyboard.press("Escape")
    await page.locator("#bytes").waitFor({ state: "hidden" })
    assert.deepStrictEqual([await current(page), trouble], [[], []])
  })

  it("opens at what its address names", async () => {
    const { page } = await open("#test~2/6")
    await page.locator("#bytes").waitFor()
    assert.deepStrictEqual(await current(page), ["test~2:6", "test~2/6"])
    assert.isTrue(await page.locator('[id="test~2"]').evaluate((element) => element.hasAttribute("open")))
  })

  it("runs nothing that was sent", async () => {
    const { page, trouble } = await open("#test~2/6")
    await page.locator("#bytes").waitFor()
    assert.deepStrictEqual([await page.locator("img").count(), trouble], [0, []])
    assert.notStrictEqual(await page.title(), "taken")
  })

  it("fits on a telephone", async () => {
    const { page } = await open("#test/6", { width: 380 })
    await page.locator("#bytes").waitFor()
    assert.strictEqual(await page.evaluate("document.documentElement.scrollWidth"), 380)
  })

  it.each(["light", "dark"] as const)("is accessible (%s)", async (colorScheme) => {
    const { page } = await open("#test/6", { colorScheme })
    await page.locator("#bytes").waitFor()
    await page.evaluate(axe)
    const found = (await page.evaluate("axe.run()")) as {
      readonly violations: ReadonlyArray<{
        readonly id: string
        readonly nodes: ReadonlyArray<{ html: string }>
      }>
    }
    assert.deepStrictEqual(
      found.violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)]),
      []
    )
  })
})
