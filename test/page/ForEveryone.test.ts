import { assert, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import { describeInBrowser } from "../support/describeInBrowser.ts"
import { barriersOf } from "../support/Page.ts"
import { ask, Chatroom, contentsOf, enterAs, enterChat, openChat, say, seen } from "./page.ts"

/** Presses Tab until the element that has the focus fits. */
const tabTo = async (page: Page, selector: string): Promise<void> => {
  for (let count = 0; count < 40; count++) {
    await page.keyboard.press("Tab")
    if (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)) return
  }
  assert.fail(`no way to ${selector} by keyboard`)
}

const looks = [380, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme }))
)

describeInBrowser("The page is for everyone", (browser) => {
  it.each(looks)("puts no barrier anywhere ($width, $colorScheme)", async (look) => {
    await using room = await Chatroom.open()
    const bob = await room.enter("bob", "direct", "rooms")
    const { page } = await openChat(browser(), room.web.port, look)
    const check = async (state: string) => {
      assert.deepStrictEqual(await barriersOf(page), [], state)
      assert.strictEqual(await page.evaluate("document.documentElement.scrollWidth"), look.width, state)
    }
    await page.locator("#name").fill("bob")
    await page.keyboard.press("Enter")
    await page.locator("#trouble", { hasText: "Someone" }).waitFor()
    await check("the form")
    await enterAs(page, "alice")
    await ask(bob, { type: "message", content: `see https://example.org/${"long".repeat(60)}` })
    await ask(bob, { type: "message", to: "alice", content: "psst" })
    await ask(bob, { type: "join", room: "a room with a name of 32 letters" })
    await say(page, "my own")
    await seen(page, "my own")
    await check("the lobby")
    if (look.width < 700) await page.locator(".back").click()
    await page.locator(".sidebar .unread", { hasText: "1" }).waitFor()
    await check("the places")
    await page.getByRole("button", { name: "All rooms" }).click()
    await page.locator("dialog .place").waitFor()
    await check("the rooms")
    await page.locator("dialog .place").click()
    await page.locator(".title", { hasText: "a room" }).waitFor()
    await check("a room")
    if (look.width < 700) {
      await page.locator(".talk .plain.narrow").click()
      await page.locator(".people").waitFor()
      await check("the people")
    }
    await room.end()
    await page.locator(".status", { hasText: "Trying again" }).waitFor({ state: "attached" })
    await check("cut off")
  })

  it("is used by keyboard alone", async () => {
    await using room = await Chatroom.open()
    const bob = await room.enter("bob", "direct")
    const { page } = await openChat(browser(), room.web.port)
    await page.keyboard.type("alice") // the field has the focus
    await page.keyboard.press("Enter")
    await page.locator("#message:focus").waitFor()
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await seen(page, "one")
    assert.deepStrictEqual(await contentsOf(page), ["one\ntwo"])
    await tabTo(page, ".people button.person")
    await page.keyboard.press("Enter")
    await page.locator(".title", { hasText: "bob" }).waitFor()
    await page.locator("#message:focus").waitFor()
    await page.keyboard.type("psst")
    await page.keyboard.press("Enter")
    await seen(page, "psst")
    await tabTo(page, ".sidebar .wide")
    await page.keyboard.press("Enter")
    await page.locator("#room:focus").waitFor()
    await page.keyboard.type("lab")
    await page.keyboard.press("Enter")
    await page.locator(".title", { hasText: "lab" }).waitFor()
    await tabTo(page, ".scroller")
    bob.send({ type: "message", to: "alice", content: "what?" })
    await page.locator(".sidebar .unread", { hasText: "1" }).waitFor()
  })

  it("reads out what comes, and a crowd as a number", async () => {
    await using room = await Chatroom.open()
    const bob = await room.enter("bob", "direct")
    const { page } = await enterChat(browser(), room.web.port, "alice")
    const live = page.locator("[aria-live=polite]")
    bob.send({ type: "message", content: "hello" })
    await live.getByText("bob: hello").waitFor()
    bob.send({ type: "message", to: "alice", content: "psst" })
    await live.getByText("bob, to you alone: psst").waitFor()
    for (let count = 0; count < 40; count++) bob.send({ type: "message", content: "flood" })
    await live
      .getByText(/\d+ new messages/)
      .first()
      .waitFor()
    assert.isBelow(await live.locator("p").count(), 4)
  })

  it("moves nothing for those who want no motion", async () => {
    await using room = await Chatroom.open()
    const { page } = await openChat(browser(), room.web.port)
    await page.emulateMedia({ reducedMotion: "reduce" })
    const moving = `[...document.querySelectorAll("*")].filter((element) => {
      const { animationName, transitionDuration } = getComputedStyle(element)
      return animationName !== "none" || transitionDuration !== "0s"
    }).length`
    assert.strictEqual(await page.evaluate(moving), 0)
  })
})
