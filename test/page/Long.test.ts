import { assert, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import { describeInBrowser } from "../support/describeInBrowser.ts"
import { ask, Chatroom, contentsOf, enterChat, seen } from "./page.ts"

/** The most messages that may be in the document. */
const shownMax = 150

const shown = (page: Page) => page.locator(".message").count()

/** Scrolls to the top of what is in the document, until this is there. */
const scrollUpTo = async (page: Page, content: string): Promise<void> => {
  const wanted = page.locator(".text", { hasText: new RegExp(`^${content}$`) })
  while ((await wanted.count()) === 0) {
    await page.locator(".scroller").evaluate((element) => element.scrollTo(0, 0))
    await page.evaluate("new Promise(requestAnimationFrame)")
  }
}

describeInBrowser("A long conversation", (browser) => {
  it("of 10,000 messages has only what is seen in the document, and stays where one reads", async () => {
    await using room = await Chatroom.open()
    const bob = await room.enter("bob")
    const { page, trouble } = await enterChat(browser(), room.web.port, "alice")
    for (let count = 1; count <= 9_999; count++) bob.send({ type: "message", content: `m${count}` })
    await ask(bob, { type: "message", content: "m10000" })
    await seen(page, "m10000")
    assert.isBelow(await shown(page), shownMax)
    await scrollUpTo(page, "m9500")
    assert.isBelow(await shown(page), shownMax)
    const before = await contentsOf(page)
    const place = await page.locator(".text", { hasText: /^m9500$/ }).boundingBox()
    await ask(bob, { type: "message", content: "news" })
    await page.locator(".to-end", { hasText: "1 new message" }).waitFor()
    assert.deepStrictEqual(await contentsOf(page), before)
    assert.deepStrictEqual(await page.locator(".text", { hasText: /^m9500$/ }).boundingBox(), place)
    await page.locator(".to-end").click()
    await seen(page, "news")
    assert.isBelow(await shown(page), shownMax)
    assert.deepStrictEqual(trouble, [])
  })

  it("shows what was said before, page by page, up to its beginning, nothing missing and nothing twice", async () => {
    await using room = await Chatroom.open({ historyMax: 300 })
    const bob = await room.enter("bob")
    for (let count = 1; count <= 399; count++) bob.send({ type: "message", content: `m${count}` })
    await ask(bob, { type: "message", content: "m400" })
    const { page } = await enterChat(browser(), room.web.port, "alice")
    await seen(page, "m400")
    const all: Array<string> = []
    while (all[0] !== "m101") {
      const contents = await contentsOf(page)
      const known = contents.indexOf(all[0] ?? "")
      if (all.length > 0)
        assert.notStrictEqual(known, -1, "each step leaves something of the last one in sight")
      all.unshift(...(all.length === 0 ? contents : contents.slice(0, known)))
      await page.locator(".scroller").evaluate((element) => element.scrollTo(0, 0))
      await page.evaluate("new Promise(requestAnimationFrame)")
    }
    assert.deepStrictEqual(
      all,
      Array.from({ length: 300 }, (_, index) => `m${index + 101}`)
    )
    await page.locator(".beginning", { hasText: "Nothing older is kept" }).waitFor()
  })
})
