import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, beforeAll, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Page } from "playwright-core"
import { describeInBrowser } from "../support/describeInBrowser.ts"
import { barriersOf, openPage } from "../support/Page.ts"
import { everyNameIsFree, hostileScenario, pageOf, taken, traced } from "./html.ts"
import { chat, steps } from "./playing.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const folder = temporaryFolder()
const file = join(folder, "report.html")

const current = (page: Page) => page.locator("[aria-current]").evaluateAll((all) => all.map(({ id }) => id))

describeInBrowser("the page in a browser", (browser) => {
  const open = (place?: string, look?: Parameters<typeof openPage>[3]) =>
    openPage(browser(), file, place, look)

  beforeAll(async () => {
    const outcomes = Effect.all([
      traced(taken, chat(everyNameIsFree), "failed"),
      traced(hostileScenario, chat(), "failed"),
      traced(steps("- alice logs in", "proves: [LOGIN-1]\n"), chat(), "failed")
    ])
    writeFileSync(file, pageOf(await Effect.runPromise(outcomes)))
  })

  it("shows from a step its arrow and its bytes, and from an arrow its step, by keyboard alone", async () => {
    const { page, trouble } = await open()
    await page.locator('[id="test:7"]').focus()
    await page.keyboard.press("Enter")
    await page.locator("#bytes pre").first().waitFor()
    assert.deepStrictEqual(await current(page), ["test:7", "test/4", "test/5"])
    assert.match(await page.locator("#bytes").innerText(), /7b 22 74 79 70 65/)
    await page.keyboard.press("ArrowDown")
    await page.locator('[id="test:8"][aria-current]').waitFor()
    await page.keyboard.press("ArrowRight")
    await page.locator("#bytes h3", { hasText: "bob receives: success" }).waitFor()
    assert.deepStrictEqual(await current(page), ["test:8", "test/6"])
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
    assert.deepStrictEqual(await barriersOf(page), [])
  })
})
