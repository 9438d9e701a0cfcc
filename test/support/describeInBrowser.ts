import { afterAll, beforeAll, describe } from "@effect/vitest"
import type { Browser } from "playwright-core"
import { hasBrowser, launch } from "./Browser.ts"

/** A group of tests of pages, with a browser for them all; it is skipped where none is installed. */
export const describeInBrowser = (name: string, tests: (browser: () => Browser) => void): void => {
  describe.skipIf(!hasBrowser)(name, () => {
    let started: Browser | undefined
    beforeAll(async () => {
      started = await launch()
    })
    afterAll(() => started?.close())
    tests(() => started!)
  })
}
