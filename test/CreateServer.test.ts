import { once } from "node:events"
import { createServer as listenOnTcp, type AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type ChatServer, createServer, type ServerEvent, type ServerOptions } from "../src/index.ts"
import { connectTo, type TestClient } from "./support/TestClient.ts"

/** A server on a free port of loopback, closed with the scope. */
const started = (options: ServerOptions = {}) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      createServer({ hosts: ["127.0.0.1"], port: 0, locale: "en", logLevel: "error", ...options })
    ),
    (server) => Effect.promise(server.close)
  )

const connect = ({ addresses }: ChatServer) => connectTo(addresses[0]!)

const connectAs = (server: ChatServer, username: string) =>
  Effect.flatMap(connect(server), (client) => client.login(username))

/** Logs in with the features that keep something, and gives the reply. */
const loginWith = (server: ChatServer, username: string, fields: object) =>
  Effect.flatMap(connect(server), (client) =>
    client.ask({ type: "login", username, features: ["rooms", "direct", "history"], ...fields })
  )

const connectWith = (server: ChatServer, username: string) =>
  Effect.flatMap(connect(server), (client) => client.login(username, "rooms", "direct", "history"))

const say = (client: TestClient, content: string) => client.ask({ type: "message", content })

const never = new Promise<never>(() => {})

const thrower = () => {
  throw new Error("a bug")
}

describe("onLogin", () => {
  it.effect("answers true, false or a reason, at once or later, and is told who asks from where", () =>
    Effect.gen(function* () {
      const answers = {
        alice: true,
        bob: false,
        carol: "not today",
        dave: Promise.resolve("later"),
        eve: true
      }
      const asked: Array<string> = []
      const server = yield* started({
        onLogin: ({ address, username }) => {
          asked.push(`${username} ${address.host}`)
          return answers[username as keyof typeof answers]
        }
      })
      const client = yield* connect(server)
      const login = (username: string) => client.ask({ type: "login", username, id: 1 })
      const refused = { status: "error", code: "login_refused", id: 1 }
      assert.deepStrictEqual(yield* login("bob"), { ...refused, message: "Login refused" })
      assert.deepStrictEqual(yield* login("carol"), { ...refused, message: "not today" })
      assert.deepStrictEqual(yield* login("dave"), { ...refused, message: "later" })
      assert.deepStrictEqual(server.users(), [])
      assert.strictEqual((yield* login("alice")).status, "success")
      assert.deepStrictEqual(server.users(), ["alice"])
      assert.deepStrictEqual(
        asked,
        ["bob", "carol", "dave", "alice"].map((name) => `${name} 127.0.0.1`)
      )
    })
  )

  it.effect("holds no name while it decides: whoever is granted it first has it", () =>
    Effect.gen(function* () {
      const first = Promise.withResolvers<boolean>()
      const answers = [first.promise, true]
      const server = yield* started({ onLogin: () => answers.shift()! })
      const [slow, quick] = [yield* connect(server), yield* connect(server)]
      slow.send({ type: "login", username: "alice" })
      yield* waitUntil(() => answers.length === 1)
      yield* quick.login("alice")
      first.resolve(true)
      assert.strictEqual((yield* slow.next).code, "username_taken")
    })
  )

  it.effect("ends a connection whose logins were refused too often, with the reason", () =>
    Effect.gen(function* () {
      const server = yield* started({ loginTriesMax: 1, onLogin: () => "members only" })
      const client = yield* connect(server)
      client.send({ type: "login", username: "alice" })
      const refusal = { status: "error", code: "login_refused", message: "members only" }
      assert.deepStrictEqual(yield* client.rest, [refusal])
    })
  )
})

describe("onMessage", () => {
  it.effect("answers nothing, false, a reason, or another content", () =>
    Effect.gen(function* () {
      const server = yield* started({
        onMessage: async ({ content, username }) => {
          if (content === "no") return false
          if (content === "why") return `not you, ${username}`
          return content === "darn" ? { content: "****" } : undefined
        }
      })
      const [alice, bob] = [yield* connectAs(server, "alice"), yield* connectAs(server, "bob")]
      const refused = { status: "error", code: "message_refused" }
      assert.strictEqual((yield* say(alice, "hello")).status, "success")
      assert.deepStrictEqual(yield* say(alice, "no"), { ...refused, message: "Message refused" })
      assert.deepStrictEqual(yield* say(alice, "why"), { ...refused, message: "not you, alice" })
      assert.strictEqual((yield* say(alice, "darn")).status, "success")
      const contents = (yield* bob.before).map(({ content }) => content)
      assert.deepStrictEqual(contents, ["hello", "****"])
    })
  )

  it.effect("keeps the order of a sender, however long each answer takes", () =>
    Effect.gen(function* () {
      const first = Promise.withResolvers<void>()
      const asked: Array<string> = []
      const server = yield* started({
        onMessage: ({ content }) => {
          asked.push(content)
          return content === "1" ? first.promise : undefined
        }
      })
      const [alice, bob] = [yield* connectAs(server, "alice"), yield* connectAs(server, "bob")]
      alice.send({ type: "message", content: "1" }, { type: "message", content: "2" })
      yield* waitUntil(() => asked.length > 0)
      assert.deepStrictEqual(asked, ["1"], "one at a time")
      first.resolve()
      assert.deepStrictEqual(
        (yield* bob.take(2)).map(({ content }) => content),
        ["1", "2"]
      )
    })
  )
})

describe("A hook that fails", () => {
  it.effect.each([
    [
      "throws",
      () => {
        throw new Error("a bug")
      }
    ],
    ["rejects", () => Promise.reject(new Error("a bug"))],
    ["gives nonsense", () => ({ content: "" })],
    ["does not answer", () => never]
  ] as const)("that %s: the request is refused, and others lose nothing", ([, fail]) =>
    Effect.gen(function* () {
      const server = yield* started({
        hookMillisMax: 10,
        logFormat: "json",
        onMessage: ({ username }) => (username === "mallory" ? fail() : undefined)
      })
      const mallory = yield* connectAs(server, "mallory")
      const [alice, bob] = [yield* connectAs(server, "alice"), yield* connectAs(server, "bob")]
      mallory.send({ type: "message", content: "first" }, { type: "message", content: "second" })
      assert.strictEqual((yield* say(alice, "hello")).status, "success")
      assert.strictEqual((yield* bob.next).content, "hello")
      const heard = yield* mallory.take(3)
      assert.deepStrictEqual(heard.map(({ code, content }) => code ?? content).toSorted(), [
        "hello",
        "message_refused",
        "message_refused"
      ])
    })
  )

  it.effect("that throws at a login: it is refused", () =>
    Effect.gen(function* () {
      const server = yield* started({ onLogin: () => Promise.reject(new Error("a bug")) })
      const client = yield* connect(server)
      assert.strictEqual((yield* client.ask({ type: "login", username: "alice" })).code, "login_refused")
      assert.deepStrictEqual(server.users(), [])
    })
  )

  it.effect("that answers with what throws where it is looked at, or with too much: it is refused", () =>
    Effect.gen(function* () {
      // oxlint-disable-next-line unicorn/no-thenable
      const answers = [Object.defineProperty({}, "then", { get: thrower }), { then: thrower }]
      const contents = [Object.defineProperty({}, "content", { get: thrower }), { content: "x".repeat(5e6) }]
      const server = yield* started({
        onLogin: () => (answers.shift() as true | undefined) ?? true,
        onMessage: () => contents.shift() as undefined
      })
      const alice = yield* connect(server)
      for (const _ of [1, 2])
        assert.strictEqual((yield* alice.ask({ type: "login", username: "alice" })).code, "login_refused")
      yield* alice.login("alice")
      const bob = yield* connectAs(server, "bob")
      for (const _ of [1, 2]) assert.strictEqual((yield* say(alice, "hi")).code, "message_refused")
      assert.strictEqual((yield* say(alice, "passes")).status, "success")
      assert.deepStrictEqual(
        (yield* bob.before).map(({ content }) => content),
        ["passes"]
      )
    })
  )

  it.effect("that hangs is not called again for this client, which is refused at once", () =>
    Effect.gen(function* () {
      let calls = 0
      const signals: Array<AbortSignal> = []
      const server = yield* started({
        hookMillisMax: 10,
        onMessage: ({ signal }) => {
          calls++
          signals.push(signal)
          return never
        }
      })
      const alice = yield* connectAs(server, "alice")
      assert.strictEqual((yield* say(alice, "1")).code, "message_refused")
      assert.strictEqual((yield* say(alice, "2")).code, "message_refused")
      assert.strictEqual(calls, 1)
      assert.isTrue(signals[0]!.aborted)
    })
  )

  it.effect("that hangs holds up neither the end of its client nor that of the server", () =>
    Effect.gen(function* () {
      const signals: Array<AbortSignal> = []
      const server = yield* started({
        hookMillisMax: 600_000,
        drainMillisMax: 600_000,
        onMessage: ({ signal }) => {
          signals.push(signal)
          return never
        }
      })
      const [alice, bob] = [yield* connectAs(server, "alice"), yield* connectAs(server, "bob")]
      alice.send({ type: "message", content: "1" })
      bob.send({ type: "message", content: "1" })
      yield* waitUntil(() => signals.length === 2)
      alice.socket.resetAndDestroy()
      yield* waitUntil(() => signals[0]!.aborted)
      yield* waitUntil(() => !server.users().includes("alice"))
      yield* Effect.promise(server.close)
      assert.deepStrictEqual(
        (yield* bob.rest).map(({ code }) => code),
        ["shutting_down"]
      )
    })
  )
})

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

/** Waits for what the server does of itself, a turn of the event loop at a time. */
const waitUntil = (isSo: () => boolean) =>
  Effect.promise(async () => {
    while (!isSo()) await new Promise(setImmediate)
  })
