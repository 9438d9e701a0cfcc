import { once } from "node:events"
import { text } from "node:stream/consumers"
import { assert, describe, it } from "@effect/vitest"
import { makeCertificate } from "../../attack/Certificate.ts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Address } from "../../src/net/Address.ts"
import { Server } from "../../src/Server.ts"
import type { Values } from "../../src/settings/Settings.ts"
import { keptLines } from "../support/logLines.ts"
import { server } from "../support/server.ts"
import { connectTo } from "../support/TestClient.ts"
import { connectWeb, openWeb } from "../support/webClient.ts"
import { dial } from "../support/dial.ts"

/** A server with a page, what it logs, and ways to it. */
const gateway = Effect.fnUntraced(function* (settings: Partial<Values> = {}) {
  const { layer, lines } = keptLines()
  const scope = yield* Scope.make()
  const context = yield* Layer.buildWithScope(
    server({ webHosts: ["127.0.0.1"], webPort: 0, ...settings }).pipe(Layer.provide(layer)),
    scope
  )
  const { addresses, webAddresses } = Context.get(context, Server)
  const [web] = webAddresses
  const end = Scope.close(scope, Exit.void)
  yield* Effect.addFinalizer(() => end)
  return { lines, end, tcp: connectTo(addresses[0]!), web: web!, connect: connectWeb(web!) }
})

/** A WebSocket that its peer speaks by hand, and keeps open whatever comes. */
const upgraded = ({ host, port }: Address) => {
  const socket = dial({ host, port, allowHalfOpen: true })
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
  )
  return socket.resume()
}

const login = (username: string) => ({ type: "login", username })

describe("A WebSocket", () => {
  it.effect("carries the conversation of TCP, to and from those on TCP", () =>
    Effect.gen(function* () {
      const { connect, tcp } = yield* gateway()
      const [alice, bob] = [yield* connect, yield* tcp]
      yield* alice.login("alice")
      yield* bob.login("bob")
      alice.send({ type: "message", content: "from a browser" })
      assert.deepInclude(yield* bob.next, { type: "message", username: "alice", content: "from a browser" })
      assert.strictEqual((yield* alice.next).status, "success")
      bob.send({ type: "message", content: "from a terminal" })
      assert.deepInclude(yield* alice.next, { type: "message", username: "bob", content: "from a terminal" })
      assert.deepStrictEqual((yield* bob.ask({ type: "ping" })).status, "success")
      assert.deepStrictEqual((yield* alice.ask({ type: "list" })).users, ["alice", "bob"])
    })
  )

  it.effect("takes requests however they are cut into messages, of text or not", () =>
    Effect.gen(function* () {
      const { connect } = yield* gateway()
      const { next, webSocket } = yield* connect
      const bytes = Buffer.from(JSON.stringify(login("Zoé")))
      const middle = bytes.indexOf(0xc3) + 1 // between the two bytes of é
      webSocket.send(bytes.subarray(0, middle))
      webSocket.send("")
      webSocket.send(bytes.subarray(middle))
      assert.strictEqual((yield* next).message, "Bienvenue, Zoé")
      webSocket.send('{"type":"ping","id":1}{"type":"ping","id":2}\n{"type":"pi', { fin: false })
      webSocket.send('ng","id":3}', { fin: true })
      assert.deepStrictEqual([(yield* next).id, (yield* next).id, (yield* next).id], [1, 2, 3])
    })
  )

  it.effect("gives each client messages of text that are whole lines", () =>
    Effect.gen(function* () {
      const { connect, tcp } = yield* gateway()
      const [alice, bob] = [yield* connect, yield* tcp]
      yield* alice.login("alice")
      yield* alice.ask({ type: "message", content: "to nobody" })
      yield* alice.before
      yield* bob.login("bob")
      for (let id = 0; id < 50; id++) bob.send({ type: "message", content: `number ${id}`, id })
      alice.send({ type: "list", id: "a long reply in parts" }, { type: "message", content: "own" })
      yield* alice.take(52)
      assert.strictEqual(alice.strangeMessages, 0)
      for (const message of alice.messages) assert.match(message, /^(?:\{.*\}\n)+$/)
    })
  )

  it.effect("is refused to pages of others, and under names that are not ours", () =>
    Effect.gen(function* () {
      const { web } = yield* gateway({ webOrigins: ["https://chat.example.org"] })
      const status = (options: object) =>
        Effect.map(openWeb(web, options), (answer) => ("status" in answer ? answer.status : 101))
      const own = `${web.host}:${web.port}`
      assert.strictEqual(yield* status({ origin: "http://evil.example" }), 403)
      assert.strictEqual(yield* status({ origin: `http://${own}.evil.example` }), 403)
      assert.strictEqual(yield* status({ origin: "null" }), 403)
      assert.strictEqual(
        yield* status({ headers: { host: "evil.example" }, origin: "http://evil.example" }),
        403
      )
      assert.strictEqual(yield* status({ headers: { host: "localhost.evil.example" } }), 403)
      assert.strictEqual(yield* status({ origin: `http://${own}` }), 101)
      assert.strictEqual(yield* status({}), 101)
      assert.strictEqual(
        yield* status({ headers: { host: "chat.example.org" }, origin: "https://chat.example.org" }),
        101
      )
    })
  )

  it.effect("says who is not allowed, and what to do", () =>
    Effect.gen(function* () {
      const { web } = yield* gateway()
      assert.deepInclude(yield* openWeb(web, { origin: "http://evil.example" }), {
        text: "pages of http://evil.example may not connect. Whoever runs the server can allow it with --web-origin."
      })
    })
  )

  it.effect("counts as a connection of its address, or of the one that a trusted proxy tells", () =>
    Effect.gen(function* () {
      const { lines, web } = yield* gateway({
        addressClientsMax: 1,
        trustedProxies: ["127.0.0.1", "10.0.0.0/8"],
        logLevel: "info"
      })
      const from = (forwardedFor: string) => connectWeb(web, { headers: { "x-forwarded-for": forwardedFor } })
      const first = yield* from("1.2.3.4, 192.0.2.1, 10.0.0.9")
      yield* first.login("first")
      yield* Effect.flatMap(from("192.0.2.2"), (other) => other.login("other"))
      assert.strictEqual((yield* (yield* from("9.9.9.9, 192.0.2.1")).next).code, "too_many_connections")
      const { facts } = lines.find(({ text }) => text === "logged in")!
      assert.match(String(facts["address"]), /^192\.0\.2\.1:/)
    })
  )

  it.effect("believes nobody else about addresses", () =>
    Effect.gen(function* () {
      const { web } = yield* gateway({ addressClientsMax: 1 })
      const headers = { "x-forwarded-for": "192.0.2.1" }
      yield* Effect.flatMap(connectWeb(web), (one) => one.login("one"))
      assert.strictEqual((yield* (yield* connectWeb(web, { headers })).next).code, "too_many_connections")
    })
  )

  it.effect("takes a seat, and gives it back", () =>
    Effect.gen(function* () {
      const { connect, tcp } = yield* gateway({ clientsMax: 1 })
      const one = yield* connect
      yield* one.login("one")
      const other = yield* tcp
      assert.strictEqual((yield* other.next).code, "server_full")
      one.webSocket.close()
      yield* one.ended
      let third = yield* tcp
      while ((yield* third.ask(login("three"))).code === "server_full") third = yield* tcp
    })
  )

  it.live("is over for one that does not read, and the others notice nothing", () =>
    Effect.gen(function* () {
      const { connect, tcp } = yield* gateway({ outboxBytesMax: 64 * 1024, stallMillis: 1 })
      const [deaf, alice] = [yield* connect, yield* tcp]
      yield* deaf.login("deaf")
      yield* alice.login("alice")
      deaf.webSocket.pause()
      const content = "x".repeat(60_000)
      for (let sent = 0; sent < 400; sent++) {
        alice.send({ type: "message", content })
        assert.strictEqual((yield* alice.next).status, "success")
      }
      yield* alice.sees("alice")
    })
  )

  it.effect("ends after a request over the limit, and after a message over its own", () =>
    Effect.gen(function* () {
      const { connect, tcp } = yield* gateway({ frameBytesMax: 1_024, webMessageBytesMax: 4_096 })
      const [long, longer, bob] = [yield* connect, yield* connect, yield* tcp]
      yield* bob.login("bob")
      long.webSocket.send(JSON.stringify({ type: "message", content: "x".repeat(2_000) }))
      assert.strictEqual((yield* long.next).code, "too_large")
      longer.webSocket.send("x".repeat(5_000))
      const [code] = yield* Effect.promise(() => once(longer.webSocket, "close"))
      assert.strictEqual(code, 1009)
      yield* bob.sees("bob")
    })
  )

  it.effect("is told goodbye when the server ends", () =>
    Effect.gen(function* () {
      const { connect, end } = yield* gateway()
      const alice = yield* connect
      yield* alice.login("alice")
      yield* end
      assert.strictEqual((yield* alice.next).code, "shutting_down")
      yield* alice.ended
    })
  )

  it.effect("speaks TLS where the chat does, with the same certificate", () =>
    Effect.gen(function* () {
      const { ca, certFile, keyFile } = yield* makeCertificate
      const { web } = yield* gateway({ tlsCertFile: certFile, tlsKeyFile: keyFile })
      const alice = yield* connectWeb({ ...web, tls: { ca } })
      yield* alice.login("alice")
      assert.deepStrictEqual((yield* alice.ask({ type: "list" })).users, ["alice"])
      for (const bytes of ["GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", '{"type":"ping"}\n']) {
        const plain = dial(web)
        plain.write(bytes)
        assert.match(yield* Effect.promise(() => text(plain)), /^HTTP\/1.1 400 [^]*\r\n\r\n[^]*https:\/\//)
      }
    })
  )

  it.effect("ends where nobody answers a ping", () =>
    Effect.gen(function* () {
      const { tcp, web } = yield* gateway({ webPingMillis: 20 })
      const socket = upgraded(web)
      yield* Effect.promise(() => new Promise((resolve) => socket.once("close", resolve)))
      yield* Effect.flatMap(tcp, (bob) => bob.login("bob"))
    })
  )

  it.effect("ends after a frame that is none, also where its peer never closes", () =>
    Effect.gen(function* () {
      const { tcp, web } = yield* gateway({ lingerMillisMax: 20 })
      const bob = yield* tcp
      yield* bob.login("bob")
      const socket = upgraded(web)
      const login = Buffer.from(JSON.stringify({ type: "login", username: "rude" }))
      const head = [0x81, 0x80 | login.length, 0, 0, 0, 0] // a text, under a mask of zeros
      socket.write(Buffer.concat([Buffer.from(head), login]))
      yield* bob.sees("bob", "rude")
      socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]))
      yield* bob.sees("bob")
    })
  )
})

describe("Over HTTP", () => {
  it.effect("/healthz answers whoever asks, and the rest is not there", () =>
    Effect.gen(function* () {
      const { web } = yield* gateway()
      const get = (path: string, init?: RequestInit) =>
        Effect.promise(() =>
          fetch(`http://${web.host}:${web.port}${path}`, init).then(({ status }) => status)
        )
      assert.strictEqual(yield* get("/healthz"), 200)
      assert.strictEqual(yield* get("/nothing"), 404)
      assert.strictEqual(yield* get("/ws"), 426)
    })
  )

  it.effect("garbage and unfinished requests lock nobody out", () =>
    Effect.gen(function* () {
      const { connect, web } = yield* gateway()
      for (let count = 0; count < 300; count++) {
        const socket = dial(web.port)
        yield* Effect.addFinalizer(() => Effect.sync(() => socket.destroy()))
        socket.write(count % 2 === 0 ? "GET /ws HTTP/1.1\r\nHost: a" : "\u0000\u0001 garbage\r\n\r\n")
      }
      yield* Effect.flatMap(connect, (alice) => alice.login("alice"))
    })
  )
})
