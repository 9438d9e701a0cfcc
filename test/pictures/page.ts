import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { Page } from "playwright-core"
import { ask, Chatroom, enterAs, say, seen } from "../page/page.ts"
import { hasBrowser, launch } from "../support/Browser.ts"

// Takes the pictures of pages, docs/page.png, docs/report.png and docs/gradebook.png: pnpm pictures

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
  /** Makes the page, and gives its address. */
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
    return pathToFileURL(page).href
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
    return pathToFileURL(join(folder, "index.html")).href
  },
  prepare: async (page) => {
    await page.locator("[data-name=python] .failed").first().click()
    await page.locator("#detail").waitFor()
  }
}

const room = await Chatroom.open()

/** The page of alice, in the lobby with two people on TCP. */
const chat: Shot = {
  file: "docs/page.png",
  height: 600,
  make: () => `http://127.0.0.1:${room.web.port}/`,
  prepare: async (page) => {
    const bob = await room.enter("bob", "rooms", "direct")
    const carol = await room.enter("carol", "rooms")
    for (const client of [bob, carol]) await ask(client, { type: "join", room: "lab" })
    await enterAs(page, "alice")
    await ask(bob, { type: "message", content: "Good morning! The sheet is at https://example.org/lab-4" })
    await ask(carol, { type: "message", content: "Thanks. Is anybody done with the first part?" })
    await say(
      page,
      "Nearly: names work, and so does the list.\nI am stuck where a character comes in two halves."
    )
    await seen(page, "Nearly")
    await page.locator(".wide").click()
    await page.locator("dialog .place").click()
    await page.locator(".title", { hasText: "lab" }).waitFor()
    await page.locator(".place", { hasText: "Lobby" }).click()
    await ask(bob, { type: "message", room: "lab", content: "The lab is open until six" })
    await ask(carol, { type: "message", content: "Decode once the whole object is there, not before 😀" })
    await ask(bob, { type: "message", to: "alice", content: "Shall I have a look at yours?" })
    await page.locator(".unread:visible").nth(1).waitFor()
    await page.mouse.move(0, 0)
  }
}

if (hasBrowser) {
  const browser = await launch()
  for (const { file, height, make, prepare } of [chat, report, gradebook]) {
    const page = await browser.newPage({
      viewport: { width: 1280, height },
      colorScheme: "light",
      locale: "en-GB"
    })
    await page.goto(make())
    await prepare(page)
    await page.screenshot({ path: join(root, file) })
  }
  await browser.close()
}
await room[Symbol.asyncDispose]()
rmSync(folder, { recursive: true })
