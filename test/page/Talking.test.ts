import { assert, it } from "@effect/vitest"
import { describeInBrowser } from "../support/describeInBrowser.ts"
import { Chatroom, contentsOf, enterAs, enterChat, heardUntil, openChat, say, seen } from "./page.ts"

describeInBrowser("The page", (browser) => {
  it("talks with another page and with one on TCP, and asks nobody else for anything", async () => {
    await using room = await Chatroom.open()
    const bob = await room.enter("bob")
    const alice = await enterChat(browser(), room.web.port, "alice")
    const carol = await enterChat(browser(), room.web.port, "carol")
    await say(alice.page, "one")
    await heardUntil(bob, "one")
    bob.send({ type: "message", content: "two" })
    await seen(carol.page, "two")
    await say(carol.page, "three")
    for (const { page, trouble } of [alice, carol]) {
      await seen(page, "three")
      assert.deepStrictEqual([await contentsOf(page), trouble], [["one", "two", "three"], []])
    }
    assert.deepStrictEqual(await heardUntil(bob, "three"), ["three"])
    assert.deepStrictEqual(await alice.page.locator(".person bdi").allTextContents(), [
      "bob",
      "alice",
      "carol"
    ])
  })

  it("says who came and went", async () => {
    await using room = await Chatroom.open()
    const { page } = await enterChat(browser(), room.web.port, "alice")
    const bob = await room.enter("bob")
    await page.locator(".note", { hasText: "bob" }).waitFor()
    await page.locator(".person", { hasText: "bob" }).waitFor()
    bob.send({ type: "logout" })
    await page.locator(".person", { hasText: "bob" }).waitFor({ state: "detached" })
    assert.match(await page.locator(".note").innerText(), /bob.* joined · .*bob.* left/)
  })

  it("joins a room, counts what is unread elsewhere, and leaves", async () => {
    await using room = await Chatroom.open()
    const bob = await room.enter("bob", "rooms")
    bob.send({ type: "join", room: "lab" }, { type: "message", room: "lab", content: "before" })
    const { page } = await enterChat(browser(), room.web.port, "alice")
    await page.getByRole("button", { name: "All rooms" }).click()
    await page.locator("dialog .place", { hasText: "lab" }).click()
    await seen(page, "before")
    await say(page, "Hi")
    await seen(page, "Hi")
    bob.send({ type: "message", content: "in the lobby" })
    await page.locator(".place", { hasText: "Lobby" }).locator(".unread", { hasText: "1" }).waitFor()
    assert.strictEqual(await page.title(), "(1) palabre")
    await page.locator(".place", { hasText: "Lobby" }).click()
    await seen(page, "in the lobby")
    assert.strictEqual(await page.locator(".unread:visible").count(), 0)
    await page.locator(".sidebar .place", { hasText: "lab" }).click()
    await page.locator("[title='Leave the room']").click()
    await page.locator(".sidebar .place", { hasText: "lab" }).waitFor({ state: "detached" })
    assert.strictEqual(await page.locator(".title").innerText(), "Lobby")
  })

  it("says in words why a room or a person cannot be reached", async () => {
    await using room = await Chatroom.open()
    const bob = await room.enter("bob")
    const { page } = await enterChat(browser(), room.web.port, "alice")
    await page.getByRole("button", { name: "All rooms" }).click()
    await page.locator("#room").fill("@")
    await page.keyboard.press("Enter")
    await page.locator("dialog .trouble", { hasText: "cannot be the name of a room" }).waitFor()
    await page.keyboard.press("Escape")
    await page.locator(".people .person", { hasText: "bob" }).click()
    await say(page, "psst")
    await page.locator(".message .trouble", { hasText: "cannot get direct messages" }).waitFor()
    await page.getByRole("button", { name: "Discard" }).click()
    bob.send({ type: "logout" })
    await page.locator(".message").waitFor({ state: "detached" })
  })

  it("says what is written where one has just gone, however fast one writes", async () => {
    await using room = await Chatroom.open()
    const alice = await enterChat(browser(), room.web.port, "alice")
    const bob = await enterChat(browser(), room.web.port, "bob")
    await alice.page.locator(".people .person", { hasText: "bob" }).waitFor()
    await alice.page.evaluate(`
      [...document.querySelectorAll(".people .person")].find((one) => one.textContent.includes("bob")).click()
      document.querySelector("#message").value = "psst"
      document.querySelector("#message").dispatchEvent(new Event("input"))
      new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    `)
    await alice.page.locator("#message").press("Enter")
    await bob.page.locator(".place", { hasText: "alice" }).click()
    await seen(bob.page, "psst")
  })

  it("writes to one person alone", async () => {
    await using room = await Chatroom.open()
    const alice = await enterChat(browser(), room.web.port, "alice")
    const bob = await enterChat(browser(), room.web.port, "bob")
    const carol = await enterChat(browser(), room.web.port, "carol")
    await alice.page.locator(".people .person", { hasText: "bob" }).click()
    await say(alice.page, "psst")
    await bob.page.locator(".place", { hasText: "alice" }).click()
    await seen(bob.page, "psst")
    await say(bob.page, "what?")
    await seen(alice.page, "what?")
    assert.deepStrictEqual(await contentsOf(alice.page), ["psst", "what?"])
    assert.deepStrictEqual(await contentsOf(bob.page), ["psst", "what?"])
    assert.strictEqual(await carol.page.locator(".place", { hasText: "alice" }).count(), 0)
  })

  it("refuses a name in words, and takes another", async () => {
    await using room = await Chatroom.open()
    await room.enter("alice")
    const { page, trouble } = await openChat(browser(), room.web.port)
    await page.locator("#name").fill("Alice")
    await page.keyboard.press("Enter")
    await page.locator("#trouble", { hasText: "Someone has this name" }).waitFor()
    assert.strictEqual(await page.locator("#name").inputValue(), "Alice")
    await enterAs(page, "Zoé")
    assert.deepStrictEqual(trouble, [])
  })

  it("speaks the language of the browser, and the other one when asked", async () => {
    await using room = await Chatroom.open()
    const { page } = await enterChat(browser(), room.web.port, "alice", { locale: "fr-FR" })
    assert.strictEqual(await page.locator(".title").innerText(), "Accueil")
    await say(page, "Salut")
    await page.locator("#message").fill("à moitié")
    await page.getByRole("button", { name: "English" }).click()
    await page.locator(".title", { hasText: "Lobby" }).waitFor()
    assert.strictEqual(await page.locator("html").getAttribute("lang"), "en")
    assert.strictEqual(await page.locator("#message").inputValue(), "à moitié")
    await seen(page, "Salut")
  })

  it("shows what others send as text, whatever it is", async () => {
    await using room = await Chatroom.open()
    const bob = await room.enter("bob")
    const { page, trouble } = await enterChat(browser(), room.web.port, "alice")
    const hostile = [
      "<script>document.title = 'taken'</script><img src=x onerror=\"document.title='taken'\">",
      "\u202eevil\u202c \u2067left\u2069 \u0000\u001b[31m",
      "é".repeat(4_096),
      "👩‍👩‍👧‍👦🏳️‍🌈 \u{1f1eb}\u{1f1f7}",
      "javascript:alert(1) data:text/html,x //evil.example [x](javascript:alert(1))",
      "https://example.org/a_(b)?c=d#e. (https://example.com) <https://example.net/\u202egpj.exe>"
    ]
    for (const content of hostile) bob.send({ type: "message", content })
    await seen(page, "https://example.org")
    const contents = await contentsOf(page)
    for (const [index, content] of hostile.entries())
      if (content.length < 4_000) assert.strictEqual(contents[index], content)
    await page.getByRole("button", { name: "Show all of it" }).click()
    assert.strictEqual((await contentsOf(page))[2], hostile[2])
    const links = await page
      .locator(".text a")
      .evaluateAll((all) => all.map((link) => [link.getAttribute("href"), link.getAttribute("rel")]))
    const rel = "noopener noreferrer nofollow"
    assert.deepStrictEqual(links, [
      ["https://example.org/a_(b)?c=d#e", rel],
      ["https://example.com", rel],
      ["https://example.net/", rel]
    ])
    assert.deepStrictEqual(
      [await page.title(), await page.locator("img, main script").count(), trouble],
      ["palabre", 0, []]
    )
    assert.strictEqual(await page.evaluate("document.documentElement.scrollWidth"), 1280)
  })
})
