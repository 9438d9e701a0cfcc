import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { connect, connectAs, never, say, started, thrower, waitUntil } from "./support/embedded.ts"

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
