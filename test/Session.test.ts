import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { server } from "./support/server.ts"
import { connect, connectAs } from "./support/TestClient.ts"

const SENT = "Message envoyé à tous les clients"

/** The reply must be an error with this code and a text for people. */
const assertError = (reply: { readonly [field: string]: unknown }, code: string): void => {
  assert.strictEqual(reply["status"], "error")
  assert.strictEqual(reply["code"], code)
  assert.isString(reply["message"])
  assert.isAbove((reply["message"] as string).length, 0)
}

// Each test has names of its own, so that they share one server and do not depend on their order.
layer(server())("Requests and their answers", (it) => {
  it.effect("REQ-1: what is no request is answered with an error, and the connection goes on", () =>
    Effect.gen(function* () {
      const client = yield* connect
      assertError(yield* client.ask({ type: "dance" }), "unknown_type")
      assertError(yield* client.ask({ type: "__proto__" }), "unknown_type")
      assertError(yield* client.ask({}), "invalid_request")
      assertError(yield* client.ask({ type: 7 }), "invalid_request")
      for (const value of ["null", "[]", "3", '"login"', "true"]) {
        client.send(`${value}\n`)
        assertError(yield* client.next, "invalid_request")
      }
      yield* client.login("req-1")
    })
  )

  it.effect("REQ-2: every request has exactly one reply, in request order", () =>
    Effect.gen(function* () {
      const client = yield* connect
      client.send(
        { type: "ping", id: 1 },
        { type: "list", id: 2 },
        { type: "login", username: "req-2", id: 3 },
        { type: "message", content: "hello", id: 4 },
        { type: "list", id: 5 },
        { type: "nonsense", id: 6 },
        { type: "login", username: "req-2-b", id: 7 },
        { type: "ping", id: 8 }
      )
      const replies = yield* client.take(8)
      assert.deepStrictEqual(
        replies.map(({ id, status }) => [id, status]),
        [1, 2, 3, 4, 5, 6, 7, 8].map((id) => [id, [2, 6, 7].includes(id) ? "error" : "success"])
      )
      assert.deepStrictEqual(yield* client.before, [])
    })
  )

  it.effect("REQ-3: unknown fields are ignored", () =>
    Effect.gen(function* () {
      const [alice, bob] = [yield* connect, yield* connectAs("req-3-b")]
      const login = {
        type: "login",
        username: "req-3-a",
        colour: "red",
        nested: { type: ["list"] },
        __proto__: null
      }
      assert.strictEqual((yield* alice.ask(login)).status, "success")
      assert.strictEqual((yield* alice.ask({ type: "message", content: "x", to: "all" })).status, "success")
      assert.deepStrictEqual(yield* bob.before, [{ type: "message", username: "req-3-a", content: "x" }])
    })
  )

  it.effect("ID-1: a request's id comes back in its reply; none in, none out", () =>
    Effect.gen(function* () {
      const client = yield* connect
      for (const id of ["", "a", "é".repeat(64), 0, -1.5, 1e300, 9007199254740991]) {
        assert.deepStrictEqual((yield* client.ask({ type: "ping", id })).id, id)
        assert.deepStrictEqual((yield* client.ask({ type: "list", id })).id, id)
        assert.deepStrictEqual((yield* client.ask({ type: "oops", id })).id, id)
        assert.deepStrictEqual((yield* client.ask({ type: "login", id })).id, id)
      }
      for (const id of ["x".repeat(65), null, [], {}, true]) {
        const reply = yield* client.ask({ type: "ping", id })
        assertError(reply, "invalid_request")
        assert.notProperty(reply, "id")
      }
      client.send('{"type":"ping","id":1e999}\n')
      assertError(yield* client.next, "invalid_request")
      yield* client.login("id-1")
      assert.strictEqual((yield* client.ask({ type: "message", content: "x", id: "m" })).id, "m")
      assert.notProperty(yield* client.ask({ type: "list" }), "id")
    })
  )

  it.effect("PING-1: ping is answered, also before login", () =>
    Effect.gen(function* () {
      const client = yield* connect
      assert.deepStrictEqual(yield* client.ask({ type: "ping" }), { status: "success", message: "pong" })
      yield* client.login("ping-1")
      assert.deepStrictEqual(yield* client.ask({ type: "ping" }), { status: "success", message: "pong" })
    })
  )

  it.effect("WIRE-1: every object is one line that ends with a newline", () =>
    Effect.gen(function* () {
      const [alice, bob] = [yield* connectAs("wire-1-a"), yield* connectAs("wire-1-b")]
      yield* alice.ask({ type: "message", content: "two\nlines\u2028\r\n" })
      yield* alice.ask({ type: "list", id: "x" })
      yield* alice.ask({ type: "oops" })
      yield* bob.before
      for (const client of [alice, bob]) {
        const lines = Buffer.concat(client.chunks).toString().split("\n")
        assert.strictEqual(lines.pop(), "")
        assert.isAbove(lines.length, 1)
        for (const line of lines) assert.isObject(JSON.parse(line))
      }
    })
  )
})

layer(server({ loginTriesMax: 1_000 }))("Login", (it) => {
  it.effect("LOGIN-1, LOGIN-2: a free name is granted, with the lab's own words", () =>
    Effect.gen(function* () {
      const client = yield* connect
      const reply = yield* client.ask({ type: "login", username: "Zoé" })
      assert.deepStrictEqual(reply, { status: "success", message: "Bienvenue, Zoé" })
    })
  )

  it.effect("LOGIN-3: a name in use is refused, and its owner notices nothing and keeps it", () =>
    Effect.gen(function* () {
      const [owner, thief] = [yield* connectAs("login-3"), yield* connect]
      assertError(yield* thief.ask({ type: "login", username: "login-3" }), "username_taken")
      assert.deepStrictEqual(yield* owner.before, [])
      assert.strictEqual((yield* owner.ask({ type: "message", content: "still here" })).status, "success")
      assertError(yield* thief.ask({ type: "login", username: "login-3" }), "username_taken")
    })
  )

  it.effect("LOGIN-4: of 500 simultaneous logins with one name exactly one succeeds", () =>
    Effect.gen(function* () {
      const clients = yield* Effect.all(Array.from({ length: 500 }, () => connect))
      for (const client of clients) client.send({ type: "login", username: "login-4" })
      const replies = yield* Effect.forEach(clients, (client) => client.next)
      assert.strictEqual(replies.filter(({ status }) => status === "success").length, 1)
      for (const reply of replies) if (reply.status !== "success") assertError(reply, "username_taken")
    })
  )

  it.effect("LOGIN-5: a refused client may try another name", () =>
    Effect.gen(function* () {
      yield* connectAs("login-5")
      const client = yield* connect
      assertError(yield* client.ask({ type: "login", username: "login-5" }), "username_taken")
      assertError(yield* client.ask({ type: "login", username: "" }), "invalid_username")
      yield* client.login("login-5 b")
    })
  )

  it.effect("LOGIN-6: names are 1 to 32 visible code points with no blank at their ends", () =>
    Effect.gen(function* () {
      const client = yield* connect
      const bad = [
        "",
        " a",
        "a ",
        "\u00a0a",
        "a\tb",
        "a\nb",
        "\0",
        "a\u200bb",
        "a\u202eb",
        "\ufeffa",
        "\ud800",
        "\u3164",
        "\ue000",
        "\uffff",
        "\u0301a"
      ]
      const long = ["x".repeat(33), "😀".repeat(33), "\u0958".repeat(17), "a\u0323\u0301".repeat(10_000)]
      for (const username of [...bad, ...long])
        assertError(yield* client.ask({ type: "login", username }), "invalid_username")
      for (const username of [undefined, null, 7, {}, ["a"]])
        assertError(yield* client.ask({ type: "login", username }), "invalid_request")
      for (const username of [
        "é".repeat(32),
        "😀".repeat(32),
        "e\u0301".repeat(31) + "f",
        "toString",
        "a b",
        "O'Neil \"\\"
      ]) {
        const reply = yield* (yield* connect).ask({ type: "login", username })
        assert.strictEqual(reply.message, `Bienvenue, ${username}`)
      }
    })
  )

  it.effect("LOGIN-7: before login, message and list are refused, and the message reaches nobody", () =>
    Effect.gen(function* () {
      const [member, stranger] = [yield* connectAs("login-7"), yield* connect]
      assertError(
        yield* stranger.ask({ type: "message", username: "login-7", content: "boo" }),
        "not_logged_in"
      )
      assertError(yield* stranger.ask({ type: "list" }), "not_logged_in")
      assertError(yield* stranger.ask({ type: "logout" }), "not_logged_in")
      assert.deepStrictEqual(yield* member.before, [])
    })
  )

  it.effect("LOGIN-8: a second login on a connection is refused and changes nothing", () =>
    Effect.gen(function* () {
      const [client, other] = [yield* connectAs("login-8"), yield* connectAs("login-8-other")]
      for (const username of ["login-8", "login-8-new"])
        assertError(yield* client.ask({ type: "login", username }), "already_logged_in")
      yield* client.ask({ type: "message", content: "me" })
      assert.deepStrictEqual((yield* other.next).username, "login-8")
      yield* (yield* connect).login("login-8-new")
    })
  )

  it.effect("LOGIN-9: names equal after NFKC and case folding are one name, shown as given", () =>
    Effect.gen(function* () {
      yield* connectAs("Straße ﬁ")
      const client = yield* connect
      for (const username of ["STRASSE FI", "straße fi", "Straße\u00a0ﬁ", "STRAẞE FI"])
        assertError(yield* client.ask({ type: "login", username }), "username_taken")
      yield* connectAs("Ame\u0301lie")
      assertError(yield* client.ask({ type: "login", username: "AM\u00c9LIE" }), "username_taken")
      yield* client.login("login-9")
      const { users } = yield* client.ask({ type: "list" })
      assert.include(users, "Straße ﬁ")
      assert.include(users, "Ame\u0301lie")
    })
  )
})

layer(server())("Message", (it) => {
  it.effect(
    "MSG-1, MSG-2, MSG-3: everyone else receives it exactly once, the sender gets the lab's words alone",
    () =>
      Effect.gen(function* () {
        const clients = yield* Effect.forEach(["a", "b", "c", "d"], (name) => connectAs(`msg-1-${name}`))
        const [, sender] = clients
        const reply = yield* sender!.ask({ type: "message", username: "msg-1-b", content: "Hello" })
        assert.deepStrictEqual(reply, { status: "success", message: SENT })
        for (const client of clients) {
          const expected =
            client === sender ? [] : [{ type: "message", username: "msg-1-b", content: "Hello" }]
          assert.deepStrictEqual(yield* client.before, expected)
        }
      })
  )

  it.effect("MSG-6: content survives unchanged", () =>
    Effect.gen(function* () {
      const [alice, bob] = [yield* connectAs("msg-6-a"), yield* connectAs("msg-6-b")]
      const contents = [
        "é 😀 ﷺ",
        '"\\"',
        "a\nb\r\n\t\0\u001f",
        "\u2028\u2029",
        "  both ends  ",
        "\ud83d",
        "x".repeat(8192)
      ]
      for (const content of contents) {
        yield* alice.ask({ type: "message", content })
        assert.deepStrictEqual(yield* bob.next, { type: "message", username: "msg-6-a", content })
      }
      alice.send('{"type":"message","content":"\\u00e9\\ud83d\\ude00\\/\\b"}')
      assert.strictEqual((yield* bob.next).content, "é😀/\b")
    })
  )

  it.effect("MSG-7: the name delivered is the connection's own; another is refused", () =>
    Effect.gen(function* () {
      const [alice, bob] = [yield* connectAs("Msg-7"), yield* connectAs("msg-7-b")]
      for (const username of ["msg-7-b", "nobody", ""])
        assertError(yield* alice.ask({ type: "message", username, content: "x" }), "username_mismatch")
      yield* alice.ask({ type: "message", username: "MSG-7", content: "same name" })
      yield* alice.ask({ type: "message", content: "none given" })
      assert.deepStrictEqual(yield* bob.before, [
        { type: "message", username: "Msg-7", content: "same name" },
        { type: "message", username: "Msg-7", content: "none given" }
      ])
    })
  )

  it.effect("MSG-8: connections that are not logged in receive nothing", () =>
    Effect.gen(function* () {
      const [stranger, alice] = [yield* connect, yield* connectAs("msg-8-a")]
      const bob = yield* connectAs("msg-8-b")
      yield* alice.ask({ type: "message", content: "members only" })
      yield* bob.next
      assert.strictEqual((yield* stranger.ask({ type: "ping" })).message, "pong")
    })
  )

  it.effect("MSG-9: content that is missing, empty or no string is refused", () =>
    Effect.gen(function* () {
      const [alice, bob] = [yield* connectAs("msg-9-a"), yield* connectAs("msg-9-b")]
      for (const content of [undefined, "", null, 7, {}, ["x"]])
        assertError(yield* alice.ask({ type: "message", content }), "invalid_request")
      assert.deepStrictEqual(yield* bob.before, [])
    })
  )
})

layer(server())("List", (it) => {
  it.effect("LIST-1, LIST-2: every logged-in user once, in login order, and nobody else", () =>
    Effect.gen(function* () {
      const alice = yield* connectAs("alice")
      yield* connect
      const bob = yield* connectAs("bob")
      const taken = yield* connect
      yield* taken.ask({ type: "login", username: "bob" })
      const carol = yield* connectAs("Carol")
      const expected = { status: "success", users: ["alice", "bob", "Carol"] }
      for (const client of [alice, bob, carol])
        assert.deepStrictEqual(yield* client.ask({ type: "list" }), expected)
      bob.socket.end()
      yield* alice.sees("alice", "Carol")
      yield* connectAs("bob")
      yield* alice.sees("alice", "Carol", "bob")
    })
  )
})

layer(server())("Features", (it) => {
  it.effect("PRES-1: who asked for presence is told who came and who left, once the name is free again", () =>
    Effect.gen(function* () {
      const watcher = yield* connect
      const reply = yield* watcher.ask({
        type: "login",
        username: "pres",
        features: ["presence", "teleport"]
      })
      assert.deepStrictEqual(reply.features, ["presence"])
      for (let round = 0; round < 3; round++) {
        const bob = yield* connectAs("pres-bob")
        assert.deepStrictEqual(yield* watcher.next, { type: "joined", username: "pres-bob" })
        bob.socket.resetAndDestroy()
        assert.deepStrictEqual(yield* watcher.next, { type: "left", username: "pres-bob" })
      }
      assert.deepStrictEqual(yield* watcher.before, [])
    })
  )

  it.effect("PLAIN-1: who asked for no feature sees only replies and messages", () =>
    Effect.gen(function* () {
      const plain = yield* connect
      assert.notProperty(yield* plain.ask({ type: "login", username: "plain-1" }), "features")
      const watcher = yield* connectAs("plain-1-w", "presence")
      const bob = yield* connectAs("plain-1-b")
      yield* bob.ask({ type: "logout" })
      yield* watcher.takeUntil(({ type, username }) => type === "left" && username === "plain-1-b")
      assert.deepStrictEqual(yield* plain.before, [])
    })
  )
})

layer(server({ locale: "en" }))("Locale", (it) => {
  it.effect("CODE-1: codes stay the same in English, the texts are English", () =>
    Effect.gen(function* () {
      const client = yield* connect
      const reply = yield* client.ask({ type: "list" })
      assert.deepStrictEqual(reply, { status: "error", code: "not_logged_in", message: "Log in first" })
      assert.strictEqual((yield* client.ask({ type: "login", username: "x" })).message, "Welcome, x")
    })
  )
})
