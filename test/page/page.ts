import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { freePort } from "../../process/Port.ts"
import type { Address } from "../../src/net/Address.ts"
import { Server } from "../../src/Server.ts"
import type { Values } from "../../src/settings/Settings.ts"
import { server } from "../support/server.ts"
import { connectTo, type TestClient } from "../support/TestClient.ts"

/** A server with a page, and clients of it; all of it ends with this. */
export class Chatroom {
  readonly tcp: Address
  readonly web: Address
  private readonly settings: Partial<Values>
  private readonly scope: Scope.Closeable
  private readonly clients = Scope.makeUnsafe()

  private constructor(
    settings: Partial<Values>,
    scope: Scope.Closeable,
    { addresses, webAddresses }: Server["Service"]
  ) {
    this.settings = settings
    this.scope = scope
    this.tcp = addresses[0]!
    this.web = webAddresses[0]!
  }

  static async open(settings: Partial<Values> = {}): Promise<Chatroom> {
    const scope = Scope.makeUnsafe()
    const ports = Effect.all({ port: freePort, webPort: freePort }) // these are still free for a server that follows
    const all = {
      webHosts: ["127.0.0.1"],
      ...(await Effect.runPromise(Scope.provide(ports, scope))),
      ...settings
    }
    const context = await Effect.runPromise(Layer.buildWithScope(server(all), scope))
    return new Chatroom(settings, scope, Context.get(context, Server))
  }

  /** Ends the server. */
  end(): Promise<void> {
    return Effect.runPromise(Scope.close(this.scope, Exit.void))
  }

  /** A new server where this one was, which knows nothing. */
  restarted(): Promise<Chatroom> {
    return Chatroom.open({ ...this.settings, port: this.tcp.port, webPort: this.web.port })
  }

  /** A client over TCP that is logged in. */
  enter(username: string, ...features: ReadonlyArray<string>): Promise<TestClient> {
    const client = Effect.flatMap(connectTo(this.tcp), (each) => each.login(username, ...features))
    return Effect.runPromise(Scope.provide(client, this.clients))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Effect.runPromise(Scope.close(this.clients, Exit.void))
    await this.end()
  }
}

/** A page, and everything that it complains about or asks anybody but its server for. */
export interface Opened {
  readonly page: Page
  readonly trouble: Array<string>
}

export const openChat = async (
  browser: Browser | BrowserContext,
  port: number,
  options: { readonly width?: number; readonly colorScheme?: "light" | "dark"; readonly locale?: string } = {}
): Promise<Opened> => {
  const { colorScheme = "light", locale = "en-GB", width = 1280 } = options
  const page =
    "newContext" in browser
      ? await browser.newPage({ colorScheme, locale, viewport: { width, height: 800 } })
      : await browser.newPage()
  const trouble: Array<string> = []
  const origin = `http://127.0.0.1:${port}`
  page.on("console", (message) => trouble.push(message.text()))
  page.on("pageerror", ({ message }) => trouble.push(message))
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith("data:"))
      trouble.push(request.url())
  })
  await page.goto(`${origin}/`)
  return { page, trouble }
}

/** Opens the page and enters under a name. */
export const enterChat = async (
  browser: Browser | BrowserContext,
  port: number,
  username: string,
  options?: Parameters<typeof openChat>[2]
): Promise<Opened> => {
  const opened = await openChat(browser, port, options)
  await enterAs(opened.page, username)
  return opened
}

export const enterAs = async (page: Page, username: string): Promise<void> => {
  await page.locator("#name").fill(username)
  await page.keyboard.press("Enter")
  await page.locator("#message").waitFor()
}

/** Says something in the place that is looked at. */
export const say = async (page: Page, content: string): Promise<void> => {
  const message = page.locator("#message")
  await message.fill(content)
  await message.press("Enter")
}

/** Waits until a message is there and has been said. */
export const seen = (page: Page, content: string): Promise<void> =>
  page.locator(".message:not(.sending) .text", { hasText: content }).first().waitFor()

/** The contents of all messages in the document, in order. */
export const contentsOf = (page: Page): Promise<Array<string>> =>
  page.locator(".message .text").allTextContents()

/** Asks the TCP client until this has come; gives the contents of all messages up to it. */
export const heardUntil = async (client: TestClient, last: string): Promise<ReadonlyArray<string>> => {
  const before = await Effect.runPromise(client.takeUntil(({ content }) => content === last))
  return [...before.filter(({ type }) => type === "message").map(({ content }) => content as string), last]
}

/** Logs out of nothing and asserts success: sends a request, and gives its reply. */
export const ask = async (client: TestClient, request: object) => {
  const id = `page ${asked++}`
  client.send({ ...request, id })
  await Effect.runPromise(client.takeUntil((received) => received.id === id))
}

let asked = 0
