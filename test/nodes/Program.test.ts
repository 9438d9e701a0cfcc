import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer } from "../../src/index.ts"
import { announce, kick } from "../../src/requests/Program.ts"
import { hasBrokers, startBrokers } from "../../process/Brokers.ts"
import { contents } from "../rooms/Member.ts"
import { listener, startNodes } from "../support/Nodes.ts"
import { connectTo } from "../support/TestClient.ts"

/** A program that takes part, and notes what it is told. */
const listening = () => {
  const told: Array<string> = []
  const embedder = listener({
    joined: (username, address) =>
      told.push(`${username} joined ${address === undefined ? "there" : "here"}`),
    said: ({ content, room = "lobby", to = "all", username }) =>
      told.push(`${username} to ${to} in ${room}: ${content}`),
    left: (username, reason) => told.push(`${username} left: ${reason}`)
  })
  return { told, embedder }
}

const message = (content: string, fields: object = {}) => ({ type: "message", content, ...fields })

describe("Programs that embed nodes of one chat", () => {
  it.live("hear of everybody, speak to everybody, and kick everybody", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const here = listening()
        const there = listening()
        const [a, b] = yield* startNodes(2, {}, [here.embedder, there.embedder])
        const alice = yield* a!.connectAs("alice", "rooms", "direct", "presence")
        const bob = yield* b!.connectAs("bob", "rooms", "direct")
        yield* alice.ask({ type: "list" })
        const { client: carol } = yield* b!.enter("carol", ["history"])
        yield* alice.takeUntil(({ username }) => username === "carol")
        yield* bob.ask(message("hi"))
        yield* bob.ask({ type: "join", room: "lab" })
        yield* bob.ask(message("in the lab", { room: "LAB" }))
        yield* bob.ask(message("psst", { to: "ALICE" }))
        assert.strictEqual((yield* alice.next).content, "hi")
        assert.strictEqual((yield* alice.next).content, "psst")
        yield* announce(a!.house, "server", "welcome")
        for (const client of [alice, bob, carol])
          yield* client.takeUntil(({ content, username }) => username === "server" && content === "welcome")
        assert.strictEqual((yield* kick(a!.house, "nobody", "spam")).t, "done")
        assert.strictEqual((yield* kick(a!.house, "BOB", "spam")).t, "left")
        assert.deepStrictEqual(yield* bob.rest, [{ status: "error", code: "kicked", message: "spam" }])
        assert.deepStrictEqual(yield* alice.next, { type: "left", username: "bob" })
        assert.strictEqual((yield* kick(a!.house, "carol", undefined)).t, "left")
        assert.deepInclude((yield* carol.rest).at(-1), { code: "kicked" })
        assert.deepStrictEqual(yield* alice.next, { type: "left", username: "carol" })
        const again = yield* (yield* b!.connect).ask({ type: "login", username: "carol" })
        assert.strictEqual(again.status, "success", "its session is over, too")
        yield* alice.takeUntil(({ username }) => username === "carol")
        assert.strictEqual(b!.house.hub.audiences.online, 1)
        const words = [
          "bob to all in lobby: hi",
          "bob to all in lab: in the lab",
          "bob to alice in lobby: psst"
        ]
        const ends = ["bob left: kicked", "carol left: kicked"]
        assert.deepStrictEqual(here.told, [
          "alice joined here",
          "bob joined there",
          "carol joined there",
          ...words,
          ...ends,
          "carol joined there"
        ])
        assert.deepStrictEqual(there.told, [
          "alice joined there",
          "bob joined here",
          "carol joined here",
          ...words,
          "server to all in lobby: welcome",
          ...ends,
          "carol joined here"
        ])
      })
    )
  )
})

describe.skipIf(!hasBrokers)("createServer, of one chat on brokers", () => {
  it.live("tells what happens on other nodes, and kicks there", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [broker] = yield* startBrokers(1)
        const store = `nats://127.0.0.1:${broker!.port}`
        const open = Effect.acquireRelease(
          Effect.promise(() => createServer({ port: 0, store, locale: "en", logLevel: "error" })),
          (server) => Effect.promise(() => server.close())
        )
        const [a, b] = yield* Effect.all([open, open])
        const next = Effect.promise(async () => (await a.events.next()).value)
        const alice = yield* Effect.flatMap(connectTo(a.addresses[0]!), (client) => client.login("alice"))
        const bob = yield* Effect.flatMap(connectTo(b.addresses[0]!), (client) => client.login("bob"))
        assert.deepInclude(yield* next, { type: "joined", username: "alice" })
        assert.deepStrictEqual(yield* next, { type: "joined", username: "bob" })
        assert.deepStrictEqual(a.users(), ["alice", "bob"])
        yield* bob.ask(message("hi"))
        assert.deepStrictEqual(yield* next, { type: "message", username: "bob", content: "hi" })
        yield* Effect.promise(() => b.broadcast({ content: "welcome" }))
        assert.deepStrictEqual(yield* next, { type: "message", username: "server", content: "welcome" })
        assert.deepStrictEqual(contents(yield* alice.take(2)), ["hi", "welcome"])
        assert.isTrue(yield* Effect.promise(() => a.kick("bob", "spam")))
        assert.deepStrictEqual(yield* next, { type: "left", username: "bob", reason: "kicked" })
        assert.deepInclude((yield* bob.rest).at(-1), { code: "kicked", message: "spam" })
        assert.deepStrictEqual(a.users(), ["alice"])
        assert.isFalse(yield* Effect.promise(() => a.kick("bob")))
      })
    )
  )
})
