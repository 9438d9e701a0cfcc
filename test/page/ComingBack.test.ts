import { assert, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import { describeInBrowser } from "../support/describeInBrowser.ts"
import { CuttingProxy } from "../support/CuttingProxy.ts"
import { SlowLine } from "./SlowLine.ts"
import { ask, Chatroom, contentsOf, enterChat, heardUntil, say, seen } from "./page.ts"

/** Has a page wait for ever before it tries again by itself. */
const tireOut = (page: Page) =>
  page.evaluate(
    "const after = setTimeout; window.setTimeout = (what, millis) => (millis < 500 ? after(what, millis) : 0)"
  )

const online = (page: Page) => page.locator(".status.well").waitFor({ state: "attached" })

describeInBrowser("A page that was cut off", (browser) => {
  it("says so, and comes back with all that was said and written meanwhile, once", async () => {
    await using room = await Chatroom.open()
    await using proxy = await CuttingProxy.before(room.web.port)
    const bob = await room.enter("bob")
    const { page } = await enterChat(browser(), proxy.address.port, "alice")
    await say(page, "one")
    await seen(page, "one")
    await tireOut(page)
    proxy.port = 1 // nobody is there
    proxy.cut()
    await page.locator(".status", { hasText: "The server cannot be reached" }).waitFor()
    await page.locator(".status", { hasText: "Trying again in" }).waitFor()
    await ask(bob, { type: "message", content: "two" })
    await say(page, "three")
    await page.locator(".message.sending", { hasText: "three" }).waitFor()
    proxy.port = room.web.port
    await page.getByRole("button", { name: "Try now" }).click()
    await seen(page, "three")
    assert.deepStrictEqual(await contentsOf(page), ["one", "two", "three"])
    assert.deepStrictEqual(await heardUntil(bob, "three"), ["three"])
  })

  it("says nothing twice where only the ack was lost", async () => {
    await using room = await Chatroom.open()
    await using proxy = await CuttingProxy.before(room.web.port)
    const bob = await room.enter("bob")
    const { page } = await enterChat(browser(), proxy.address.port, "alice")
    await online(page)
    await ask(bob, { type: "message", content: "zero" })
    await seen(page, "zero")
    proxy.cutAfter(1, "down") // the ack is what comes next
    await say(page, "one")
    assert.deepStrictEqual(await heardUntil(bob, "one"), ["one"])
    await seen(page, "one") // it tries again by itself
    await say(page, "two")
    await seen(page, "two")
    assert.deepStrictEqual(await contentsOf(page), ["zero", "one", "two"])
    assert.deepStrictEqual(await heardUntil(bob, "two"), ["two"])
  })

  it("waits where the network is slow, shows what is on its way, and keeps the order", async () => {
    await using room = await Chatroom.open()
    await using line = await SlowLine.before(room.web.port)
    const bob = await room.enter("bob")
    const { page } = await enterChat(browser(), line.address.port, "alice")
    await online(page)
    line.hold()
    for (const content of ["one", "two", "three"]) await say(page, content)
    await page.locator(".message.sending", { hasText: "three" }).waitFor()
    assert.strictEqual(await page.getByText("sending…").count(), 3)
    await ask(bob, { type: "message", content: "zero" })
    line.release()
    await seen(page, "three")
    assert.deepStrictEqual(await contentsOf(page), ["zero", "one", "two", "three"])
    assert.deepStrictEqual(await heardUntil(bob, "three"), ["one", "two", "three"])
  })

  it("enters a server that was started anew, with its rooms, and says what may be missing", async () => {
    const first = await Chatroom.open()
    const { page } = await enterChat(browser(), first.web.port, "alice")
    await page.getByRole("button", { name: "All rooms" }).click()
    await page.locator("#room").fill("lab")
    await page.keyboard.press("Enter")
    await page.locator(".title", { hasText: "lab" }).waitFor()
    await say(page, "before")
    await seen(page, "before")
    await first.end()
    await page.locator(".status", { hasText: "Trying again" }).waitFor()
    await say(page, "meanwhile")
    await using second = await first.restarted()
    await seen(page, "meanwhile")
    await page.locator(".note", { hasText: "begun anew" }).waitFor()
    assert.deepStrictEqual(await contentsOf(page), ["before", "meanwhile"])
    const bob = await second.enter("bob", "rooms")
    await ask(bob, { type: "join", room: "lab" })
    await say(page, "after")
    await heardUntil(bob, "after")
  })

  it("goes on after a reload as if nothing had been", async () => {
    await using room = await Chatroom.open()
    const { page } = await enterChat(browser(), room.web.port, "alice")
    const bob = await enterChat(browser(), room.web.port, "bob")
    await say(page, "in the lobby")
    await seen(page, "in the lobby")
    await page.locator(".people .person", { hasText: "bob" }).click()
    await say(page, "psst")
    await seen(page, "psst")
    await page.locator("#message").fill("half a dra")
    await page.reload()
    await seen(page, "psst")
    await online(page)
    assert.strictEqual(await page.locator("#message").inputValue(), "half a dra")
    await page.locator(".place", { hasText: "Lobby" }).click()
    await seen(page, "in the lobby")
    await say(bob.page, "welcome")
    await seen(page, "welcome")
    assert.deepStrictEqual(await contentsOf(page), ["in the lobby", "welcome"])
  })

  it("stops where another tab goes on with its session, and takes it back when asked", async () => {
    await using room = await Chatroom.open()
    const context = await browser().newContext({ locale: "en-GB" })
    const one = (await enterChat(context, room.web.port, "alice")).page
    await one.reload() // keeps what another tab gets
    await online(one)
    const two = await context.newPage()
    await two.goto(one.url())
    const kept = await one.evaluate("JSON.stringify({ ...sessionStorage })")
    await two.evaluate(`Object.assign(sessionStorage, ${kept as string})`) // a tab that was duplicated begins so
    await two.reload()
    await online(two)
    await one.locator(".status", { hasText: "another tab" }).waitFor()
    await one.getByRole("button", { name: "Go on here" }).click()
    await two.locator(".status", { hasText: "another tab" }).waitFor()
    await online(one)
    await say(one, "here")
    await seen(one, "here")
    await context.close()
  })

  it("does without history: comes back under its name, and says what may have been lost", async () => {
    await using room = await Chatroom.open({ historyMax: undefined })
    await using proxy = await CuttingProxy.before(room.web.port)
    const bob = await room.enter("bob")
    const { page, trouble } = await enterChat(browser(), proxy.address.port, "alice")
    await say(page, "one")
    await seen(page, "one")
    assert.deepStrictEqual(trouble, [])
    proxy.cutAfter(1, "down")
    await say(page, "two")
    await page.locator(".message .trouble", { hasText: "does not know whether this came" }).waitFor()
    await online(page)
    await page.getByRole("button", { name: "Discard" }).click()
    await say(page, "three")
    await seen(page, "three")
    await heardUntil(bob, "three")
    assert.deepStrictEqual(await contentsOf(page), ["one", "three"])
  })
})
