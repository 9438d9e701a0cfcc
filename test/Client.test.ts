import { assert, describe, it, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { type Client, clientSettings, connect, keepAlive, login } from "../src/client/Client.ts"
import type { Received } from "../src/client/Received.ts"
import { Server } from "../src/Server.ts"
import { scriptedServer } from "./support/ScriptedServer.ts"
import { server } from "./support/server.ts"
import type { TestClient } from "./support/TestClient.ts"

/** A client of a scripted server, the server's side of its connection, and what it received. */
const connected = Effect.fnUntraced(function* (
  options: { readonly onReceived?: (received: Received) => Effect.Effect<void> } = {},
  limits: Partial<typeof clientSettings> = {}
) {
  const scripted = yield* scriptedServer
  const received: Array<Received> = []
  const client = yield* connect({
    address: scripted.address,
    onReceived: (one) => Effect.sync(() => received.push(one)),
    settings: { ...clientSettings, ...limits },
    ...options
  })
  return { client, peer: yield* scripted.accept, received, scripted }
})

/** How else a correct server may write an object. */
const styles: Readonly<Record<string, (object: object) => string>> = {
  "one line each": (object) => `${JSON.stringify(object)}\n`,
  "no newline at all": (object) => JSON.stringify(object),
  CRLF: (object) => `${JSON.stringify(object)}\r\n`,
  "pretty-printed": (object) => JSON.stringify(object, undefined, 2),
  "pretty-printed with CRLF": (object) =>
    `${JSON.stringify(object, undefined, "\t").replaceAll("\n", "\r\n")}\r\n`,
  "escaped characters": (object) =>
    JSON.stringify(object).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
  "extra fields, and fields of other types": (object) =>
    JSON.stringify({ time: 12, ...object, code: 200, retryAfterMs: "soon", nested: { status: "success" } })
}

const content = 'héllo 👋 {"}\\ \u2028'
const conversation = [
  { status: "success", message: "Welcome aboard" },
  { type: "message", username: "bób", content },
  { status: "success", users: ["alice", "bób"] },
  { status: "failure", message: "no" }
]

describe("A client understands every correct server", () => {
  for (const [style, write] of Object.entries(styles))
    for (const [cut, every] of [
      ["in one segment", Infinity],
      ["byte by byte", 1]
    ] as const)
      it.effect(`FRAME-1, FRAME-2, WIRE-1: ${style}, ${cut}`, () =>
        Effect.gen(function* () {
          const { client, peer, received } = yield* connected()
          const asked = yield* Effect.forkChild(
            Effect.all(
              [
                client.request({ type: "login", username: "alice" }),
                client.request({ type: "list" }),
                client.request({ type: "message", content: "x" })
              ],
              { concurrency: "unbounded" }
            )
          )
          yield* peer.take(3)
          const bytes = Buffer.from(conversation.map(write).join(""))
          for (let at = 0; at < bytes.length; at += every) peer.send(bytes.subarray(at, at + every))
          const [welcome, list, refusal] = yield* Fiber.join(asked)
          assert.strictEqual(welcome?.message, "Welcome aboard")
          assert.deepStrictEqual(list?.users, ["alice", "bób"])
          assert.strictEqual(refusal?.status, "failure")
          assert.strictEqual(refusal?.code, undefined)
          assert.deepStrictEqual(
            received.map((one) => one.kind),
            ["reply", "event", "reply", "reply"]
          )
          assert.deepStrictEqual(received[1]?.kind === "event" && received[1].event, {
            type: "message",
            username: "bób",
            content
          })
        })
      )

  it.effect("PLAIN-1: what is neither reply nor event is handed on, and answers nothing", () =>
    Effect.gen(function* () {
      const { client, peer, received } = yield* connected()
      const asked = yield* Effect.forkChild(client.request({ type: "list" }))
      yield* peer.next
      const others = [
        '"banner"',
        "[1]",
        "null",
        "7 ",
        '{"hello":"world"}',
        '{"type":"joined"}',
        '{"type":"message","username":"x"}'
      ]
      peer.send(others.join(""), { status: "success", users: [] })
      assert.deepStrictEqual((yield* Fiber.join(asked)).users, [])
      assert.deepStrictEqual(
        received.map((one) => [one.kind, one.text]),
        [...others.map((text) => ["other", text.trim()]), ["reply", '{"status":"success","users":[]}']]
      )
    })
  )

  it.effect("LOGIN-3: any status but success is a refusal, also one that is no string", () =>
    Effect.gen(function* () {
      for (const status of ["failure", false, 409, null, { toString: 1 }]) {
        const { client, peer } = yield* connected()
        const refused = yield* Effect.forkChild(
          Effect.flip(Effect.scoped(login(client, { username: "alice" })))
        )
        yield* peer.next
        peer.send({ status, message: "taken" })
        const error = yield* Fiber.join(refused)
        assert(error._tag === "LoginRefused")
        assert.strictEqual(error.reply.message, "taken")
      }
    })
  )
})

describe("Requests", () => {
  it.effect("REQ-2: replies find their requests in order, whoever asks and whatever comes between", () =>
    Effect.gen(function* () {
      const { client, peer } = yield* connected()
      const contents = Array.from({ length: 50 }, (_, i) => `m${i}`)
      const asked = yield* Effect.forkChild(
        Effect.forEach(contents, (content) => client.request({ type: "message", content }), {
          concurrency: "unbounded"
        })
      )
      assert.deepStrictEqual(
        (yield* peer.take(50)).map(({ content }) => content),
        contents
      )
      for (const message of contents)
        peer.send({ type: "message", username: "bob", content: "between" }, { status: "success", message })
      assert.deepStrictEqual(
        (yield* Fiber.join(asked)).map(({ message }) => message),
        contents
      )
    })
  )

  it.effect("REQ-2: a request that nobody waits for any more still takes its reply", () =>
    Effect.gen(function* () {
      const { client, peer } = yield* connected()
      const given = yield* Effect.forkChild(client.request({ type: "list" }))
      yield* peer.next
      yield* Fiber.interrupt(given)
      const asked = yield* Effect.forkChild(client.request({ type: "ping" }))
      yield* peer.next
      peer.send({ status: "success", users: [] }, { status: "success", message: "pong" })
      assert.strictEqual((yield* Fiber.join(asked)).message, "pong")
    })
  )

  it.effect(
    "what is received is handled in order, before the request is answered, and nothing is read meanwhile",
    () =>
      Effect.gen(function* () {
        const gate = yield* Deferred.make<void>()
        const log: Array<string> = []
        const onReceived = ({ kind }: Received) =>
          Effect.andThen(
            Deferred.await(gate),
            Effect.sync(() => log.push(kind))
          )
        const { client, peer } = yield* connected({ onReceived })
        const asked = yield* Effect.forkChild(
          Effect.tap(client.request({ type: "list" }), () => Effect.sync(() => log.push("answered")))
        )
        yield* peer.next
        peer.send({ type: "message", username: "bob", content: "x" }, { status: "success", users: [] })
        // The answer is late by far more than is allowed, but it is not the server that is slow.
        yield* TestClock.adjust(clientSettings.answerMillisMax * 3)
        assert.deepStrictEqual(log, [])
        yield* Deferred.succeed(gate, undefined)
        yield* Fiber.join(asked)
        assert.deepStrictEqual(log, ["event", "reply", "answered"])
      })
  )
})

const goodbye = { status: "error", code: "shutting_down", message: "bye" }

describe("The end of a connection has a reason", () => {
  it.effect("END-1: the goodbye, which answers no request that is under way", () =>
    Effect.gen(function* () {
      const { client, peer } = yield* connected()
      const asked = yield* Effect.forkChild(Effect.flip(client.request({ type: "list" })))
      yield* peer.next
      peer.send(goodbye)
      peer.socket.end()
      const ended = yield* client.ended
      assert.strictEqual(ended.reason, "closed")
      assert.strictEqual(ended.lastWords?.code, "shutting_down")
      assert.strictEqual(yield* Fiber.join(asked), ended)
      assert.strictEqual(yield* Effect.flip(client.request({ type: "list" })), ended)
    })
  )

  it.effect("END-1: the refusal that came last, from a server without codes", () =>
    Effect.gen(function* () {
      const { client, peer } = yield* connected()
      const asked = yield* Effect.forkChild(client.request({ type: "message", content: "x" }))
      yield* peer.next
      peer.send({ status: "error", message: "too long for me" })
      peer.socket.end()
      assert.strictEqual((yield* Fiber.join(asked)).status, "error")
      assert.strictEqual((yield* client.ended).lastWords?.message, "too long for me")
    })
  )

  it.effect("an error that was not the last thing said is no reason", () =>
    Effect.gen(function* () {
      const { client, peer } = yield* connected()
      peer.send(goodbye, { type: "message", username: "bob", content: "still here" })
      peer.socket.end()
      assert.strictEqual((yield* client.ended).lastWords, undefined)
    })
  )

  it.effect("closed without a word, reset, no JSON, an object without end", () =>
    Effect.gen(function* () {
      const ends = {
        closed: ({ socket }: TestClient) => socket.end(),
        lost: ({ socket }: TestClient) => socket.resetAndDestroy(),
        not_json: (peer: TestClient) => peer.send("SSH-2.0-OpenSSH_9.2\r\n"),
        speaks_http: (peer: TestClient) => peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"),
        too_large: (peer: TestClient) => peer.send(`{"type":"${"x".repeat(5_000)}`)
      }
      for (const [reason, end] of Object.entries(ends)) {
        const { client, peer } = yield* connected({}, { objectBytesMax: 4_096 })
        const asked = yield* Effect.forkChild(Effect.flip(client.request({ type: "list" })))
        yield* peer.next
        end(peer)
        assert.strictEqual((yield* Fiber.join(asked)).reason, reason)
      }
    })
  )

  it.effect("no answer in time: the server is taken for dead, and the connection is given up", () =>
    Effect.gen(function* () {
      const { client, peer } = yield* connected()
      const asked = yield* Effect.forkChild(Effect.flip(client.request({ type: "list" })))
      yield* peer.next
      yield* TestClock.adjust(clientSettings.answerMillisMax)
      assert.strictEqual((yield* Fiber.join(asked)).reason, "no_answer")
      yield* peer.ended
    })
  )

  it.effect("a fault in the handler of what is received is not taken for an end", () =>
    Effect.gen(function* () {
      const { client, peer } = yield* connected({ onReceived: () => Effect.die("a bug") })
      peer.send(goodbye)
      const exit = yield* Effect.exit(client.ended)
      assert.include(JSON.stringify(exit), "a bug")
    })
  )

  it.effect("no server: the reason is the system's code", () =>
    Effect.gen(function* () {
      const scripted = yield* scriptedServer
      yield* scripted.close
      const error = yield* Effect.flip(connect({ address: scripted.address }))
      assert.deepInclude(error, { ...scripted.address, code: "ECONNREFUSED" })
    })
  )
})

/** Logs in through the script, and stays logged in until the fiber is told to go on. */
const loggedIn = Effect.fnUntraced(function* (granted: object) {
  const { client, peer } = yield* connected()
  const [isIn, leave] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
  const stay = Effect.gen(function* () {
    const reply = yield* login(client, { username: "alice", features: ["presence"] })
    yield* keepAlive(client, reply)
    yield* Deferred.succeed(isIn, undefined)
    yield* Deferred.await(leave)
  })
  const session = yield* Effect.forkChild(Effect.scoped(stay))
  assert.deepStrictEqual(yield* peer.next, { type: "login", username: "alice", features: ["presence"] })
  peer.send({ status: "success", ...granted })
  yield* Deferred.await(isIn)
  return { client, peer, session, leave: Deferred.succeed(leave, undefined) }
})

describe("A login lasts as long as its scope", () => {
  it.effect("LOGOUT-1: the end logs out, and is done when that is answered", () =>
    Effect.gen(function* () {
      const { leave, peer, session } = yield* loggedIn({})
      yield* leave
      assert.deepStrictEqual(yield* peer.next, { type: "logout" })
      peer.send({ status: "success", message: "Au revoir, alice" })
      yield* Fiber.join(session)
    })
  )

  it.effect("an interruption logs out too", () =>
    Effect.gen(function* () {
      const { peer, session } = yield* loggedIn({})
      const interrupted = yield* Effect.forkChild(Fiber.interrupt(session))
      assert.deepStrictEqual(yield* peer.next, { type: "logout" })
      peer.send({ status: "success" })
      yield* Fiber.join(interrupted)
    })
  )

  it.effect("LOGOUT-1: a server that does not know logout is not waited for", () =>
    Effect.gen(function* () {
      const { leave, peer, session } = yield* loggedIn({})
      yield* leave
      yield* peer.next
      yield* TestClock.adjust(clientSettings.logoutMillisMax)
      yield* Fiber.join(session)
    })
  )

  it.effect("PING-1: pings keep it alive where features were granted", () =>
    Effect.gen(function* () {
      const { client, peer } = yield* loggedIn({ features: [] })
      for (let turn = 0; turn < 2; turn++) {
        yield* TestClock.adjust(clientSettings.pingEveryMillis)
        assert.deepStrictEqual(yield* peer.next, { type: "ping" })
        peer.send({ status: "success", message: "pong" })
        yield* answered(client, peer)
      }
    })
  )

  it.effect("PING-1: a plain server, which may not know ping, is never pinged", () =>
    Effect.gen(function* () {
      const { client, peer } = yield* loggedIn({})
      yield* TestClock.adjust(clientSettings.pingEveryMillis * 3)
      yield* answered(client, peer)
    })
  )
})

/** One whole exchange: what was on its way before has arrived. */
const answered = Effect.fnUntraced(function* (client: Client, peer: TestClient) {
  const asked = yield* Effect.forkChild(client.request({ type: "list" }))
  assert.deepStrictEqual(yield* peer.next, { type: "list" })
  peer.send({ status: "success", users: [] })
  yield* Fiber.join(asked)
})

layer(server())("A client of the real server", (it) => {
  it.effect("LOGIN-1, LOGIN-3, MSG-1, MSG-2, LIST-1, PRES-1, LOGOUT-1: a whole conversation", () =>
    Effect.gen(function* () {
      const address = (yield* Server).addresses[0]!
      const heard: Array<unknown> = []
      const onReceived = (received: Received) =>
        Effect.sync(() => {
          if (received.kind === "event") heard.push(received.event)
        })
      const alice = yield* connect({ address, onReceived })
      const welcome = yield* login(alice, { username: "alice", features: ["presence"] })
      assert.strictEqual(welcome.message, "Bienvenue, alice")
      assert.deepStrictEqual(welcome.features, ["presence"])
      const bob = yield* connect({ address })
      const refused = yield* Effect.flip(Effect.scoped(login(bob, { username: "Alice" })))
      assert(refused._tag === "LoginRefused")
      assert.strictEqual(refused.reply.code, "username_taken")
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* login(bob, { username: "bob" })
          assert.strictEqual((yield* bob.request({ type: "message", content })).status, "success")
          assert.deepStrictEqual((yield* bob.request({ type: "list" })).users, ["alice", "bob"])
        })
      )
      assert.strictEqual((yield* bob.ended).reason, "closed")
      assert.deepStrictEqual((yield* alice.request({ type: "list" })).users, ["alice"])
      assert.deepStrictEqual(heard, [
        { type: "joined", username: "bob" },
        { type: "message", username: "bob", content },
        { type: "left", username: "bob" }
      ])
    })
  )
})
