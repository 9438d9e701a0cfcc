import type { AddressInfo } from "node:net"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { listen, makeChat } from "../mutants/chat/makeChat.ts"
import { type ChatClient, type ChatEvent, connect, createServer } from "../src/index.ts"
import { freePort } from "../process/Port.ts"
import { terminalSettings } from "../src/client/Chat.ts"
import { Server } from "../src/Server.ts"
import { CuttingProxy } from "./support/CuttingProxy.ts"
import { palabre } from "./support/program.ts"
import { server as realServer } from "./support/server.ts"
import { start } from "./support/terminals.ts"
import { connectAs } from "./support/TestClient.ts"
import { keys } from "./support/VirtualTerminal.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const quick = { ...terminalSettings, retryMillis: 1, retryMillisMax: 5 }

/** Our server, and the one of the proofs, which shares nothing with it. */
const servers: Readonly<
  Record<string, () => Promise<{ readonly port: number; readonly close: () => unknown }>>
> = {
  "our server": () => createServer({ hosts: ["127.0.0.1"], port: 0, logLevel: "error", roomsMax: 10_000 }),
  "the server of the proofs": async () => {
    const server = await listen(makeChat(), 0)
    return { port: (server.address() as AddressInfo).port, close: () => server.close() }
  }
}

/** The events up to the message that says this. */
const takeUntil = async (client: ChatClient, content: string) => {
  const events: Array<ChatEvent> = []
  for await (const event of client.events) {
    events.push(event)
    if (event.type === "message" && event.content === content) break
  }
  return events
}

const contentsOf = (events: ReadonlyArray<ChatEvent>) =>
  events.flatMap((event) => (event.type === "message" ? [event.content] : []))

const lines = (speaker: string) => [1, 2, 3, 4].map((number) => `${speaker} ${number}`)

/** alice talks with bob in a room of their own; her connection is cut after so many bytes. Gives the number of cuts. */
const talk = async (port: number, bytes: number, direction: "up" | "down"): Promise<number> => {
  const what = `${direction} ${bytes}`
  await using proxy = await CuttingProxy.before(port)
  const username = `alice ${what}`
  await using alice = await connect({ port: proxy.address.port, username, reconnect: true, ...quick })
  await using bob = await connect({ port, username: `bob ${what}` })
  const room = `room ${what}`
  await bob.join(room)
  proxy.cutAfter(bytes, direction)
  await alice.join(room, { recent: 5 })
  const alicesPart = async () => {
    await Promise.all(lines("alice").map((content) => alice.say(content, { room })))
    await alice.say("psst", { to: bob.username })
  }
  const bobsPart = async () => {
    for (const content of lines("bob")) await bob.say(content, { room })
    await bob.say("over", { to: alice.username })
  }
  await Promise.all([alicesPart(), bobsPart()])
  const heard = contentsOf(await takeUntil(bob, "psst"))
  assert.deepStrictEqual(heard, [...lines("alice"), "psst"], `bob, ${what}`)
  const events = await takeUntil(alice, "over")
  const inRoom = events.filter((event) => event.type === "message" && event.room === room)
  assert.deepStrictEqual(
    events.filter(({ type }) => type === "gap"),
    [],
    what
  )
  assert.deepStrictEqual(contentsOf(inRoom), lines("bob"), `alice, ${what}`)
  return proxy.connections - 1
}

describe.each(Object.keys(servers))("A client that comes back to %s", (name) => {
  let server: { readonly port: number; readonly close: () => unknown }
  beforeAll(async () => {
    server = await servers[name]!()
  })
  afterAll(() => server.close())

  for (const direction of ["up", "down"] as const)
    it(`RESUME-3, DEDUP-1: loses and doubles nothing, wherever its connection is cut (${direction})`, async () => {
      let cuts = 0
      for (let bytes = 0; bytes < 1_200; bytes += 7) {
        const more = await talk(server.port, bytes, direction)
        if (more === 0) break
        cuts += more
      }
      assert.isAbove(cuts, 50)
    })
})

describe("A person who pastes 300 lines", () => {
  it.live("DEDUP-1: says each once, in order, although the connection is cut again and again", () =>
    Effect.gen(function* () {
      const address = (yield* Server).addresses[0]!
      const proxy = yield* Effect.acquireDisposable(Effect.promise(() => CuttingProxy.before(address.port)))
      const bob = yield* connectAs("bob")
      const { port } = proxy.address
      const { terminal } = yield* start({ host: "127.0.0.1", port }, { username: "alice", settings: quick })
      yield* terminal.shows("2 here")
      const all = Array.from({ length: 300 }, (_, number) => `line ${number}`)
      proxy.cutAfter(5_000, "up")
      terminal.type(...all.flatMap((line) => [line, keys.enter]))
      const heard: Array<string> = []
      while (heard.length < all.length) {
        heard.push((yield* bob.next).content)
        if (heard.length % 100 === 0) proxy.cut()
      }
      assert.deepStrictEqual(heard, all)
      assert.isAbove(proxy.connections, 2)
    }).pipe(Effect.scoped, Effect.provide(realServer()))
  )
})

describe("Bots of a server that is killed, and started again on its file", () => {
  it("RESUME-3, DEDUP-1: go on where they were, and say again what was not confirmed, once", async () => {
    const folder = temporaryFolder()
    const start = async (port: number) => {
      const flags = ["--store", join(folder, "chat"), "--port", String(port), "--log-level", "error"]
      const program = palabre(["serve", "--host", "127.0.0.1", ...flags])
      await program.listening()
      return program
    }
    const port = await Effect.runPromise(Effect.scoped(freePort)) // no other that asks for any is given it meanwhile
    const first = await start(port)
    await using alice = await connect({ port, username: "alice", reconnect: true, ...quick })
    await using bob = await connect({ port, username: "bob", reconnect: true, ...quick })
    for (const client of [alice, bob]) await client.join("lab")
    await alice.say("one", { room: "lab" })
    first.child.kill("SIGKILL")
    await Promise.all([
      ...["two", "three"].map((content) => alice.say(content, { room: "lab" })),
      first.finished().then(() => start(port))
    ])
    await alice.say("over", { to: "bob" })
    const events = await takeUntil(bob, "over")
    assert.deepStrictEqual(contentsOf(events), ["one", "two", "three", "over"])
    assert.deepStrictEqual(
      events.filter(({ type }) => type === "gap"),
      []
    )
    assert.deepInclude(events, { type: "reconnected", resumed: true })
  })
})
