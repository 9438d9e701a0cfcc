import { once } from "node:events"
import { createServer as listenOnTcp, type AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type ChatServer, createServer, type ServerEvent, type ServerOptions } from "../src/index.ts"
import { connect, connectAs, connectWith, loginWith, say, started, waitUntil } from "./support/embedded.ts"

describe("The program itself", () => {
  it.effect("speaks to everyone under its own name, which nobody else gets", () =>
    Effect.gen(function* () {
      const server = yield* started({ username: "Host" })
      const [alice, bob] = [yield* connectAs(server, "alice"), yield* connectAs(server, "bob")]
      yield* Effect.promise(() => server.broadcast({ content: "welcome" }))
      const heard = { type: "message", username: "Host", content: "welcome" }
      assert.deepStrictEqual([yield* alice.next, yield* bob.next], [heard, heard])
      const late = yield* connect(server)
      assert.strictEqual((yield* late.ask({ type: "login", username: "hOST" })).code, "username_taken")
      assert.deepStrictEqual(server.users(), ["alice", "bob"], "it is on no list")
    })
  )

  it.effect("speaks in the one order of all messages", () =>
    Effect.gen(function* () {
      const server: ChatServer = yield* started({
        onMessage: ({ content }): Promise<void> => server.broadcast({ content: `re: ${content}` })
      })
      const [alice, bob] = [yield* connectAs(server, "alice"), yield* connectAs(server, "bob")]
      yield* say(alice, "hello")
      assert.deepStrictEqual(
        (yield* bob.before).map(({ content }) => content),
        ["re: hello", "hello"]
      )
    })
  )

  it.effect("removes a user, who is told why; then the name is free", () =>
    Effect.gen(function* () {
      const server = yield* started()
      const mallory = yield* connectAs(server, "mallory")
      assert.isTrue(yield* Effect.promise(() => server.kick("MALLORY", "spam")))
      assert.deepStrictEqual(server.users(), [])
      const goodbye = { status: "error", code: "kicked", message: "spam" }
      assert.deepStrictEqual(yield* mallory.rest, [goodbye])
      assert.isFalse(yield* Effect.promise(() => server.kick("mallory")))
      yield* connectAs(server, "mallory")
    })
  )

  it.effect("hears what happens, in order, until the server is closed", () =>
    Effect.gen(function* () {
      const server = yield* started({ onMessage: ({ content }) => (content === "no" ? false : undefined) })
      const alice = yield* connectAs(server, "alice")
      yield* say(alice, "no")
      yield* say(alice, "yes")
      yield* alice.ask({ type: "logout" })
      yield* waitUntil(() => server.users().length === 0)
      const port = alice.socket.localPort!
      yield* Effect.promise(server.close)
      assert.deepStrictEqual(yield* Effect.promise(() => Array.fromAsync(server.events)), [
        { type: "joined", username: "alice", address: { host: "127.0.0.1", port } },
        { type: "message", username: "alice", content: "yes" },
        { type: "left", username: "alice", reason: "logout" }
      ] satisfies Array<ServerEvent>)
    })
  )

  it.effect("hears and decides what is said in rooms and to one user alone", () =>
    Effect.gen(function* () {
      const asked: Array<object> = []
      const server = yield* started({
        onMessage: ({ content, room, to, username }) => {
          asked.push({ username, content, room, to })
          return room === "quiet" ? "not here" : { content: content.toUpperCase() }
        }
      })
      const alice = yield* connectWith(server, "alice")
      const bob = yield* connectWith(server, "bob")
      for (const room of ["Lab", "quiet"]) yield* alice.ask({ type: "join", room })
      yield* bob.ask({ type: "join", room: "lab" })
      assert.strictEqual((yield* alice.ask({ type: "message", room: "lab", content: "a" })).room, "Lab")
      assert.strictEqual((yield* alice.ask({ type: "message", to: "bob", content: "b" })).to, "bob")
      const refused = yield* alice.ask({ type: "message", room: "quiet", content: "c" })
      assert.deepInclude(refused, { code: "message_refused", message: "not here" })
      assert.deepStrictEqual(
        (yield* bob.before).map(({ content, room, to }) => [content, room, to]),
        [
          ["A", "Lab", undefined],
          ["B", "@", "bob"]
        ]
      )
      assert.deepStrictEqual(asked, [
        { username: "alice", content: "a", room: "Lab", to: undefined },
        { username: "alice", content: "b", room: undefined, to: "bob" },
        { username: "alice", content: "c", room: "quiet", to: undefined }
      ])
      yield* Effect.promise(server.close)
      const events = yield* Effect.promise(() => Array.fromAsync(server.events))
      assert.deepStrictEqual(
        events.filter(({ type }) => type === "message"),
        [
          { type: "message", username: "alice", content: "A", room: "Lab" },
          { type: "message", username: "alice", content: "B", to: "bob" }
        ] satisfies Array<ServerEvent>
      )
    })
  )

  it.effect("sees one user where a session goes on in another connection, and ends it by kicking", () =>
    Effect.gen(function* () {
      const server = yield* started()
      const { session } = yield* loginWith(server, "alice", {})
      const second = yield* Effect.flatMap(connect(server), (client) =>
        Effect.as(client.ask({ type: "login", username: "alice", features: ["history"], session }), client)
      )
      assert.deepStrictEqual(server.users(), ["alice"])
      assert.isTrue(yield* Effect.promise(() => server.kick("alice", "enough")))
      assert.deepInclude(yield* second.next, { code: "kicked", message: "enough" })
      assert.strictEqual((yield* loginWith(server, "alice", { session })).resumed, false)
      yield* Effect.promise(server.close)
      const events = yield* Effect.promise(() => Array.fromAsync(server.events))
      assert.deepStrictEqual(
        events.map((event) => [event.type, "reason" in event ? event.reason : undefined]),
        [
          ["joined", undefined],
          ["left", "kicked"],
          ["joined", undefined],
          ["left", "shutting_down"]
        ]
      )
    })
  )

  it.effect("is told how much it missed where it does not listen in time", () =>
    Effect.gen(function* () {
      const server = yield* started({ eventBytesMax: 1_000 })
      const alice = yield* connectAs(server, "alice")
      for (const content of ["1", "2", "3", "4"]) yield* say(alice, content)
      const take = () => Effect.promise(async () => (await server.events.next()).value)
      const types: Array<unknown> = []
      for (let i = 0; i < 4; i++) types.push((yield* take())?.type)
      assert.deepStrictEqual(types, ["joined", "message", "message", "missed"])
      yield* say(alice, "5")
      assert.deepStrictEqual(yield* take(), { type: "message", username: "alice", content: "5" })
    })
  )
})

describe("createServer", () => {
  it("rejects with one sentence where it cannot listen", async () => {
    const other = listenOnTcp().listen(0, "127.0.0.1")
    await once(other, "listening")
    const { port } = other.address() as AddressInfo
    const error = await createServer({ hosts: ["127.0.0.1"], port }).catch((reason: Error) => reason)
    other.close()
    assert.match(String((error as Error).message), /^Cannot listen on 127\.0\.0\.1:\d+: something else/)
  })

  it.each([
    [{ prot: 1 }, /there is no setting prot; did you mean port\?/],
    [{ port: "80" }, /port.* is '80'; expected/],
    [{ username: " x" }, /not a valid username/],
    [{ onLogin: "yes" }, /onLogin must be a function/]
  ])("rejects %j", async (options, message) => {
    const error = await createServer(options as ServerOptions).catch((reason: Error) => reason)
    assert.match((error as Error).message, message)
  })

  it("refuses to say what is not a text, and what no client could say", async () => {
    await using server = await createServer({ port: 0 })
    for (const content of ["", 1 as never, "x".repeat(65_535)]) {
      const error = await server.broadcast({ content }).catch((reason: Error) => reason)
      assert.instanceOf(error, TypeError)
    }
    await server.broadcast({ content: "x".repeat(65_534) })
  })

  it("keeps nobody waiting who asks for something once it is closed", async () => {
    const server = await createServer({ port: 0 })
    await server.close()
    await server.broadcast({ content: "nobody is there" })
    assert.isFalse(await server.kick("alice"))
    await server.close()
  })
})
