import { assert, describe, it } from "@effect/vitest"
import { type ChatClient, ChatError, connect, createServer, type ServerOptions } from "../src/index.ts"

const start = (options: ServerOptions = {}) =>
  createServer({ hosts: ["127.0.0.1"], port: 0, locale: "en", logLevel: "error", ...options })

const errorFrom = async (promise: Promise<unknown>): Promise<ChatError> => {
  const reason: unknown = await promise.then(
    () => new Error("it was kept"),
    (error: unknown) => error
  )
  assert.instanceOf(reason, ChatError)
  return reason
}

const take = async (client: ChatClient) => (await client.events.next()).value

describe("connect", () => {
  it("gives a client that says, lists and hears, in order", async () => {
    await using server = await start()
    await using alice = await connect({ port: server.port, username: "alice" })
    await using bob = await connect({ port: server.port, username: "bob" })
    assert.deepStrictEqual(await alice.list(), ["alice", "bob"])
    await bob.say("hello")
    await server.broadcast({ content: "welcome" })
    assert.deepStrictEqual(await take(alice), { type: "joined", username: "bob" })
    assert.deepStrictEqual(await take(alice), { type: "message", username: "bob", content: "hello" })
    assert.deepStrictEqual(await take(alice), { type: "message", username: "server", content: "welcome" })
    await bob.close()
    assert.deepStrictEqual(await take(alice), { type: "left", username: "bob" })
    assert.deepStrictEqual(server.users(), ["alice"])
    await alice.close()
    assert.deepStrictEqual(await alice.events.next(), { done: true, value: undefined })
  })

  it("misses nothing between the login and the loop, although both come in one piece", async () => {
    await using server = await start()
    await using alice = await connect({ port: server.port, username: "alice" })
    const joining = connect({ port: server.port, username: "bob" })
    assert.strictEqual((await take(alice))?.type, "joined")
    await alice.say("hello, bob")
    await using bob = await joining
    assert.deepStrictEqual(await take(bob), { type: "message", username: "alice", content: "hello, bob" })
  })

  it("tells the code and the words of a refusal", async () => {
    await using server = await start({
      onLogin: ({ username }) => username !== "mallory" || "you know why",
      onMessage: () => "not now"
    })
    await using alice = await connect({ port: server.port, username: "alice" })
    const taken = await errorFrom(connect({ port: server.port, username: "ALICE" }))
    assert.strictEqual(taken.code, "username_taken")
    const refused = await errorFrom(connect({ port: server.port, username: "mallory" }))
    assert.strictEqual(refused.code, "login_refused")
    assert.strictEqual(refused.message, "refused: you know why (login_refused)")
    assert.strictEqual((await errorFrom(alice.say("hello"))).message, "refused: not now (message_refused)")
    assert.deepStrictEqual(await alice.list(), ["alice"], "the connection goes on")
  })

  it("says when to try again", async () => {
    await using server = await start({ messageRate: 1, messageBurst: 1 })
    await using alice = await connect({ port: server.port, username: "alice" })
    await alice.say("1")
    const { code, retryAfterMs } = await errorFrom(alice.say("2"))
    assert.strictEqual(code, "rate_limited")
    assert.isAbove(retryAfterMs!, 0)
  })

  it("throws from the loop and from requests once the server has ended the connection, with the reason", async () => {
    await using server = await start()
    await using alice = await connect({ port: server.port, username: "alice" })
    await server.kick("alice", "spam")
    const { code, message } = await errorFrom(alice.events.next())
    assert.strictEqual(code, "kicked")
    assert.match(message, /spam/)
    assert.strictEqual((await errorFrom(alice.say("hello"))).code, "kicked")
    assert.deepStrictEqual(await alice.events.next(), { done: true, value: undefined }, "once")
  })

  it("rejects with one sentence where nobody listens", async () => {
    const server = await start()
    await server.close()
    const { code, message } = await errorFrom(connect({ port: server.port, username: "alice" }))
    assert.strictEqual(code, "ECONNREFUSED")
    assert.match(message, /nothing is listening there/)
  })

  it("drops what waits beyond its bound, and says how much", async () => {
    await using server = await start()
    await using alice = await connect({ port: server.port, username: "alice", eventBytesMax: 1_000 })
    for (const content of ["1", "2", "3", "4", "5"]) await server.broadcast({ content })
    await alice.list()
    const types = []
    for (let i = 0; i < 4; i++) types.push((await take(alice))?.type)
    assert.deepStrictEqual(types, ["message", "message", "message", "missed"])
  })
})
