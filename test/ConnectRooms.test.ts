import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import type { Change } from "../mutants/chat/Chat.ts"
import { listen, makeChat } from "../mutants/chat/makeChat.ts"
import { type ChatClient, ChatError, connect } from "../src/index.ts"
import { CuttingProxy } from "./support/CuttingProxy.ts"
import { dial } from "./support/dial.ts"

/** The server of the proofs, with these changes, while it is in use. */
const serve = async (...changes: ReadonlyArray<Change>) => {
  const server = await listen(makeChat(...changes), 0)
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.close()
  }
  return { port, [Symbol.asyncDispose]: close }
}

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const reason: unknown = await promise.then(
    () => new Error("it was kept"),
    (error: unknown) => error
  )
  assert.instanceOf(reason, ChatError)
  return reason.code
}

const take = async (client: ChatClient) => (await client.events.next()).value

const message = (username: string, content: string) => ({ type: "message", username, content }) as const

const quick = { reconnect: true, retryMillis: 1, retryMillisMax: 5 }

describe("connect, to a server that has rooms", () => {
  it("ROOM-2, DM-1, HIST-2: joins, speaks, lists, leaves and looks back", async () => {
    await using server = await serve()
    await using alice = await connect({ port: server.port, username: "alice", reconnect: true })
    await using bob = await connect({ port: server.port, username: "bob" })
    assert.deepStrictEqual(alice.features, ["presence", "rooms", "direct", "history"])
    assert.deepStrictEqual(bob.features, ["presence", "rooms", "direct"])
    await alice.join("Lab")
    assert.deepStrictEqual(await bob.join("lab"), { room: "Lab", users: ["alice", "bob"] })
    await alice.say("in the room", { room: "lab" })
    await alice.say("psst", { to: "bob" })
    assert.deepStrictEqual(await take(bob), { ...message("alice", "in the room"), room: "Lab" })
    assert.deepStrictEqual(await take(bob), { ...message("alice", "psst"), to: "bob" })
    const [kept] = await alice.history({ room: "lab" })
    assert.deepInclude(kept, { seq: 1, username: "alice", content: "in the room" })
    assert.isNumber(kept?.at)
    assert.deepInclude((await bob.rooms())[0], { room: "Lab", users: 2, joined: true })
    assert.deepStrictEqual(await bob.list("lab"), ["alice", "bob"])
    await bob.leave("lab")
    assert.strictEqual(await codeOf(bob.say("x", { room: "lab" })), "not_in_room")
    assert.strictEqual(await codeOf(bob.history()), "not_offered")
  })

  it("connects to the first of several servers that is there", async () => {
    const gone = await serve()
    await gone[Symbol.asyncDispose]()
    await using server = await serve()
    const servers = [`:${gone.port}`, `127.0.0.1:${server.port}`]
    await using alice = await connect({ servers, username: "alice" })
    assert.deepStrictEqual(await alice.list(), ["alice"])
    for (const wrong of [[], ["a,,b"], ["host:http"]])
      assert.match(
        String(await connect({ servers: wrong, username: "bob" }).catch((error: unknown) => error)),
        /servers must not be empty|HOST:PORT such as/
      )
  })

  it("HIST-1: shows what was said before, as events, where it is asked for", async () => {
    await using server = await serve()
    await using bob = await connect({ port: server.port, username: "bob" })
    await bob.join("lab")
    for (const content of ["1", "2", "3"]) await bob.say(content, { room: "lab" })
    await using alice = await connect({ port: server.port, username: "alice", reconnect: true })
    await alice.join("lab", { recent: 2 })
    for (const content of ["2", "3"])
      assert.deepInclude(await take(alice), { ...message("bob", content), room: "lab" })
  })

  it("says nothing of a room or a person to everyone, where the server has neither", async () => {
    await using server = await serve(() => ({ offered: [] }))
    await using alice = await connect({ port: server.port, username: "alice" })
    await using bob = await connect({ port: server.port, username: "bob" })
    assert.strictEqual(await codeOf(bob.say("x", { room: "lab" })), "not_offered")
    assert.strictEqual(await codeOf(bob.say("x", { to: "alice" })), "not_offered")
    assert.strictEqual(await codeOf(bob.join("lab")), "not_offered")
    await bob.say("all")
    assert.deepStrictEqual(await take(alice), message("bob", "all"))
  })
})

describe("connect, where the connection is lost", () => {
  it("ends without the option to come back, and leaves no session behind", async () => {
    await using server = await serve()
    await using proxy = await CuttingProxy.before(server.port)
    await using alice = await connect({ port: proxy.address.port, username: "alice" })
    proxy.cut()
    assert.strictEqual(await codeOf(alice.events.next()), "lost")
    await using _ = await connect({ port: server.port, username: "alice" })
  })

  it("RESUME-3: comes back, tells so, and then what was missed", async () => {
    await using server = await serve()
    await using proxy = await CuttingProxy.before(server.port)
    await using alice = await connect({ port: proxy.address.port, username: "alice", ...quick })
    await using bob = await connect({ port: server.port, username: "bob" })
    assert.deepInclude(await take(alice), { type: "joined", username: "bob" })
    proxy.cut()
    await bob.say("missed")
    assert.deepStrictEqual(await take(alice), { type: "reconnected", resumed: true })
    assert.deepInclude(await take(alice), message("bob", "missed"))
  })

  it("RESUME-4: tells what may be missing, and what may not have been said, where the session is lost", async () => {
    await using server = await serve()
    await using another = await serve()
    await using proxy = await CuttingProxy.before(server.port)
    await using alice = await connect({ port: proxy.address.port, username: "alice", ...quick })
    await alice.join("lab")
    proxy.port = another.port
    proxy.cutAfter(20, "up")
    assert.strictEqual(await codeOf(alice.say("was it?", { room: "lab" })), "unsent")
    assert.deepStrictEqual(await take(alice), { type: "reconnected", resumed: false })
    const reasons = [await take(alice), await take(alice)]
    for (const gap of reasons) assert.deepInclude(gap, { type: "gap", reason: "epoch" })
    await alice.say("again", { room: "lab" })
    assert.deepStrictEqual(await alice.list("lab"), ["alice"])
  })

  it("RESUME-2: never comes back after it was replaced", async () => {
    await using server = await serve()
    await using proxy = await CuttingProxy.before(server.port)
    await using alice = await connect({ port: proxy.address.port, username: "alice", ...quick })
    proxy.cut()
    assert.deepInclude(await take(alice), { type: "reconnected" })
    const [session] = /(?<="session":")[^"]+/.exec(proxy.received)!
    const another = dial(server.port)
    another.write(JSON.stringify({ type: "login", username: "alice", features: ["history"], session }))
    assert.strictEqual(await codeOf(alice.events.next()), "session_replaced")
    assert.strictEqual(await codeOf(alice.say("hello")), "session_replaced")
    assert.strictEqual(proxy.connections, 2)
    another.destroy()
  })

  it("gives up after a while, with the reason", async () => {
    const server = await serve()
    const proxy = await CuttingProxy.before(server.port)
    await using alice = await connect({
      port: proxy.address.port,
      username: "alice",
      ...quick,
      awayMillisMax: 50
    })
    await proxy[Symbol.asyncDispose]()
    const said = codeOf(alice.say("hello"))
    assert.strictEqual(await codeOf(alice.events.next()), "ECONNREFUSED")
    assert.strictEqual(await said, "ECONNREFUSED")
    assert.strictEqual(await codeOf(alice.list()), "ECONNREFUSED")
    await server[Symbol.asyncDispose]()
  })
})
