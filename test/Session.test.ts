import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { server } from "./support/server.ts"
import { connect, connectAs } from "./support/TestClient.ts"

/** The reply must be an error with this code and a text for people. */
const assertError = (reply: { readonly [field: string]: unknown }, code: string): void => {
  assert.strictEqual(reply["status"], "error")
  assert.strictEqual(reply["code"], code)
  assert.isString(reply["message"])
  assert.isAbove((reply["message"] as string).length, 0)
}

// What the scenarios do not show. Each test has names of its own, so that they share one server and do not depend on
// their order.
layer(server({ loginTriesMax: 1_000 }))("Requests and their answers", (it) => {
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

  it.effect("REQ-1: an error names the field, and the word that was most likely meant", () =>
    Effect.gen(function* () {
      const client = yield* connect
      const told = (request: object) => Effect.map(client.ask(request), ({ message }) => message as string)
      for (const [request, words] of [
        [{ type: "LOGIN" }, "`LOGIN` ; vouliez-vous dire `login` ?"],
        [{ type: "mesage" }, "`mesage` ; vouliez-vous dire `message` ?"],
        [{ type: "quit" }, "`quit` ; vouliez-vous dire `logout` ?"],
        [{ type: "dance" }, "`dance` (il y a login, message, list, logout, ping)"],
        [{ type: "x".repeat(60_000) }, `\`${"x".repeat(40)}…\` (il y a`],
        [{ type: 7 }, "`type` doit être un texte"],
        [{ TYPE: "list" }, "`type` est absent (inconnu : `TYPE`)"],
        [{ type: "login", user: "x" }, "`username` est absent (inconnu : `user`)"],
        [{ type: "login", username: 7 }, "`username` doit être un texte"],
        [{ type: "login", username: "x", features: "presence" }, "`features` doit être une liste de textes"],
        [{ type: "message" }, "`content` est absent"],
        [{ type: "message", content: null }, "`content` doit être un texte"],
        [{ type: "message", content: "" }, "`content` est vide"],
        [{ type: "ping", id: [] }, "`id` doit être un texte de 64 caractères au plus, ou un nombre"],
        [["list"], 'Une requête est un objet JSON, par exemple {"type":"list"}']
      ] as const)
        assert.include(yield* told(request), words)
    })
  )

  it.effect("FRAME-7: without a newline so far, what is malformed is told and the last thing", () =>
    Effect.gen(function* () {
      for (const [pieces, words] of [
        [["exit"], '`exit` n\'est pas du JSON en UTF-8. Vouliez-vous dire {"type":"logout"} ?'],
        [["/QUIT\n"], '{"type":"logout"} ?'],
        [
          ['{"type":"ping"}', '{"type": nope}'],
          '`{"type": nope}` n\'est pas du JSON en UTF-8. Inattendu : `o`'
        ],
        [["GET / HTTP/1.1\r\n", 'Host: x\r\n\r\n{"type":"ping"}\n'], "pas HTTP"],
        [["\ufeff\0nope"], "`nope`"]
      ] as const) {
        const client = yield* connect
        for (const piece of pieces) client.send(piece)
        const goodbye = (yield* client.rest).at(-1)!
        assertError(goodbye, "invalid_json")
        assert.include(goodbye["message"], words)
        assert.strictEqual(yield* client.ended, "fin")
      }
      const client = yield* connect
      client.send("\nexit\n")
      assertError(yield* client.next, "invalid_json")
      assert.strictEqual((yield* client.ask({ type: "ping" })).status, "success")
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
      client.send('{"type":"ping","id":-0}\n{"type":"oops","id":-0.0e5}\n')
      for (const { id } of yield* client.take(2)) assert.isTrue(Object.is(id, -0))
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
  it.effect("LOGIN-4: of 500 simultaneous logins with one name exactly one succeeds", () =>
    Effect.gen(function* () {
      const clients = yield* Effect.all(Array.from({ length: 500 }, () => connect))
      for (const client of clients) client.send({ type: "login", username: "login-4" })
      const replies = yield* Effect.forEach(clients, (client) => client.next)
      assert.strictEqual(replies.filter(({ status }) => status === "success").length, 1)
      for (const reply of replies) if (reply.status !== "success") assertError(reply, "username_taken")
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
