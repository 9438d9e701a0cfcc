import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"
import type { Browser, Page } from "playwright-core"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** A file in a new tab, and everything that it complains about or asks the network for; `place` goes behind its address. */
export const openPage = async (
  browser: Browser,
  file: string,
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

/** What keeps people with other senses or hands from a page: rules of axe, and elements that break them. */
export const barriersOf = async (page: Page) => {
  await page.evaluate(axe)
  const found = (await page.evaluate("axe.run()")) as {
    readonly violations: ReadonlyArray<{
      readonly id: string
      readonly nodes: ReadonlyArray<{ html: string }>
    }>
  }
  return found.violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)])
}
