import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { assert, beforeAll, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import { writeBook } from "../../../harness/grade/book/Book.ts"
import { filesOf, type Result } from "../../../harness/grade/Grade.ts"
import { clauses, type ClauseId } from "../../../harness/language/Clauses.ts"
import { describeInBrowser } from "../../support/describeInBrowser.ts"
import { barriersOf, openPage } from "../../support/Page.ts"
import { bookOf, gradeOf, type Shown } from "./grades.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const folder = temporaryFolder()
const index = join(folder, "index.html")

/** Everything is asked for; of each clause this is the result. */
const all = (resultOf: (clause: ClauseId) => Result): ReadonlyArray<Shown> =>
  (Object.keys(clauses) as ReadonlyArray<ClauseId>).map((clause) => [
    clause,
    clauses[clause],
    resultOf(clause)
  ])

const grades = [
  gradeOf(
    all(() => "passed"),
    { name: "zoe" }
  ),
  gradeOf(
    all((clause) => (clause === "FRAME-2" ? "failed" : "passed")),
    { name: "ada" }
  ),
  gradeOf(
    all(() => "not_played"),
    { name: "a name that is longer than any telephone is wide, and wider", outcome: "not_built" }
  )
]

const names = (page: Page) => page.locator("tbody th > a").allInnerTexts()

describeInBrowser("the page about a class in a browser", (browser) => {
  beforeAll(async () => {
    for (const { name } of grades) {
      const { report } = filesOf(folder, name)
      mkdirSync(dirname(report), { recursive: true })
      writeFileSync(report, "the report")
    }
    writeBook(bookOf(grades, { folder }))
  })

  it("tells by keyboard alone what went wrong in a cell, and opens the report there", async () => {
    const { page, trouble } = await openPage(browser(), index)
    await page.locator("tbody td[tabindex='0']").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowRight")
    const detail = await page.locator("#detail").innerText()
    assert.include(detail, "ada · FRAME-2 (must)")
    assert.include(detail, "it is about FRAME-2: FRAME-2 does not hold")
    assert.deepStrictEqual(trouble, [])
    await page.keyboard.press("Escape")
    await page.locator("#detail").waitFor({ state: "hidden" })
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await page.waitForURL("**/ada/report.html#about-frame-2")
  })

  it("sorts by name and by marks", async () => {
    const { page } = await openPage(browser(), index)
    await page.getByRole("button", { name: "Submission" }).click()
    assert.deepStrictEqual((await names(page)).at(-1), "zoe")
    await page.getByRole("button", { name: "Marks" }).click()
    assert.deepStrictEqual((await names(page)).slice(0, 2), ["zoe", "ada"])
    await page.getByRole("button", { name: "Marks" }).click()
    assert.deepStrictEqual((await names(page)).at(-1), "zoe")
  })

  it("keeps its heads in sight", async () => {
    const { page } = await openPage(browser(), index, "", { width: 380 })
    const placeOf = async (selector: string) => (await page.locator(selector).first().boundingBox())!
    await page.locator(".book").evaluate((book) => (book.style.maxHeight = "9rem"))
    const [clause, name] = [await placeOf(".clauses th"), await placeOf("tbody th")]
    await page.locator(".book").evaluate((book) => book.scrollTo(300, 40))
    assert.approximately((await placeOf(".clauses th")).y, clause.y, 1)
    assert.approximately((await placeOf("tbody th")).x, name.x, 1)
    assert.isBelow((await placeOf(".clauses th")).x, clause.x)
    assert.isBelow((await placeOf("tbody th")).y, name.y)
  })

  it("fits on a telephone", async () => {
    const { page } = await openPage(browser(), index, "", { width: 380 })
    assert.strictEqual(await page.evaluate("document.documentElement.scrollWidth"), 380)
  })

  it.each(["light", "dark"] as const)("is accessible (%s)", async (colorScheme) => {
    const { page } = await openPage(browser(), index, "", { colorScheme })
    await page.locator("td.failed").first().click()
    assert.deepStrictEqual(await barriersOf(page), [])
  })
})
