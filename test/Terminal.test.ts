import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { Server } from "../src/Server.ts"
import { waitMillis } from "../src/client/Reconnect.ts"
import { terminalSettings } from "../src/client/Chat.ts"
import { scriptedServer } from "./support/ScriptedServer.ts"
import { server } from "./support/server.ts"
import { admit, expectLogin, online, says, start } from "./support/terminals.ts"
import { connectAs, type TestClient } from "./support/TestClient.ts"
import { keys } from "./support/VirtualTerminal.ts"

describe("What is typed", () => {
  it.effect("/list, /help, an unknown one, and // for a text that starts with a slash", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online()
      terminal.type("/list", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { type: "list" })
      peer.send({ status: "success", users: ["alice", ...Array.from({ length: 30 }, (_, i) => `u${i}`)] })
      yield* terminal.shows("31 here: alice, u0, u1")
      yield* terminal.shows("and 11 more")
      terminal.type("/help", keys.enter)
      yield* terminal.shows("/quit  log out")
      terminal.type("/lsit", keys.enter)
      yield* terminal.shows("! unknown command /lsit")
      terminal.type("   ", keys.enter, "//lsit", keys.enter)
      assert.deepStrictEqual(yield* peer.next, says("alice", "/lsit"))
    })
  )

  it.effect("a refusal is told with its reason and what to do", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({ columns: 120 })
      const refusals: ReadonlyArray<readonly [object, string]> = [
        [
          { code: "rate_limited", message: "Trop vite", retryAfterMs: 1500 },
          "Trop vite (rate_limited). Send it again in 1.5 s"
        ],
        [
          { code: "too_large", message: "Trop long" },
          "Trop long (too_large). Shorten it or send it in parts"
        ],
        [{ message: "niet" }, "niet"],
        [{}, 'it answered "error"']
      ]
      for (const [reply, told] of refusals) {
        terminal.type("hello", keys.enter)
        yield* peer.next
        peer.send({ status: "error", ...reply })
        yield* terminal.shows(`! "hello" was refused: ${told}`)
      }
    })
  )

  it.effect("LOGOUT-1: Ctrl-C, Ctrl-D and /quit log out, and leave no prompt behind", () =>
    Effect.gen(function* () {
      for (const [typed, key] of [
        ["half a line", keys.ctrlC],
        ["", keys.ctrlD],
        ["/quit", keys.enter]
      ] as const) {
        const { peer, running, terminal } = yield* online()
        terminal.type(typed)
        yield* terminal.shows(`alice> ${typed}`.trimEnd())
        terminal.type(key)
        assert.deepStrictEqual(yield* peer.next, { type: "logout" })
        peer.send({ status: "success", message: "Au revoir, alice" })
        yield* Fiber.join(running)
        yield* terminal.until(() => true)
        assert.deepStrictEqual(terminal.lines.slice(2), typed === "/quit" ? ["alice> /quit"] : [])
      }
    })
  )
})

const taken = { status: "error", code: "username_taken", message: "Ce nom est déjà pris" }
const { retryMillis, retryMillisMax, steadyMillis, takenTriesMax } = terminalSettings

describe("The name", () => {
  it.effect("LOGIN-3, LOGIN-5: is asked for, and again when it is taken", () =>
    Effect.gen(function* () {
      const scripted = yield* scriptedServer
      const { terminal } = yield* start(scripted.address)
      yield* terminal.shows("Your name:")
      terminal.type(keys.enter, "bob", keys.enter)
      const refused = yield* expectLogin(scripted, "bob")
      refused.send(taken)
      yield* terminal.shows(
        "! the name bob was refused: Ce nom est déjà pris (username_taken). Choose another name, or wait a few minutes if it is yours"
      )
      yield* terminal.until(({ lines }) => lines.at(-1) === "Your name:")
      terminal.type("  robert ", keys.enter, "early bird", keys.enter)
      yield* terminal.shows("not connected: the line is kept")
      yield* admit(scripted, "robert")
      yield* terminal.until(({ lines }) => lines.at(-1) === "robert> early bird")
    })
  )

  it.effect("LOGIN-3: is asked for again when a plain server refuses without a word", () =>
    Effect.gen(function* () {
      const scripted = yield* scriptedServer
      const { terminal } = yield* start(scripted.address, { username: "bob" })
      const refused = yield* expectLogin(scripted, "bob")
      refused.socket.end()
      yield* terminal.shows("is the name bob taken, or does it speak TLS (--tls)?")
      terminal.type("robert", keys.enter)
      yield* admit(scripted, "robert")
    })
  )

  it.effect("Ctrl-C leaves also while it is asked for", () =>
    Effect.gen(function* () {
      const scripted = yield* scriptedServer
      const { running, terminal } = yield* start(scripted.address)
      yield* terminal.shows("Your name:")
      terminal.type("bo", keys.ctrlC)
      yield* Fiber.join(running)
    })
  )
})

const waits = (random: number) =>
  [0, 1, 2, 3, 4, 5, 6, 99].map((tries) => waitMillis(tries, random, terminalSettings))

describe("A connection that is lost", () => {
  it.effect(
    "LEAVE-4: is tried again with growing waits, with the same name and the line that was being typed",
    () =>
      Effect.gen(function* () {
        const { peer, scripted, terminal } = yield* online()
        terminal.type("half typed")
        yield* terminal.shows("half typed")
        yield* scripted.close
        peer.send({ status: "error", code: "shutting_down", message: "Le serveur s'arrête" })
        peer.socket.end()
        yield* terminal.shows("! the server ended the connection: Le serveur s'arrête (shutting_down)")
        yield* terminal.shows("(not connected)> half typed")
        terminal.type(keys.enter)
        yield* terminal.shows("not connected: the line is kept")
        yield* TestClock.adjust(retryMillis)
        yield* terminal.shows("nothing is listening there")
        yield* scripted.reopen
        yield* TestClock.adjust(retryMillis * 2)
        const again = yield* admit(scripted)
        yield* terminal.until(({ lines }) => lines.at(-1) === "alice> half typed")
        terminal.type(keys.enter)
        assert.deepStrictEqual(yield* again.next, says("alice", "half typed"))
      })
  )

  for (const [how, refuse, told] of [
    ["with an error", (peer: TestClient) => peer.send(taken), "still holds the name alice"],
    ["without a word", (peer: TestClient) => peer.socket.end(), "the server closed the connection"]
  ] as const)
    it.effect(
      `LEAVE-3: may still hold the name: ${how} it is refused for long before another one is asked for`,
      () =>
        Effect.gen(function* () {
          const { peer, scripted, terminal } = yield* online()
          peer.socket.resetAndDestroy()
          yield* terminal.shows("the connection broke. Trying again")
          for (let tries = 1; tries < takenTriesMax; tries++) {
            yield* TestClock.adjust(retryMillisMax)
            refuse(yield* expectLogin(scripted))
            yield* terminal.until(({ text }) => text.split(told).length === tries + 1)
            assert.notInclude(terminal.text, "Your name:")
          }
          yield* TestClock.adjust(retryMillisMax)
          refuse(yield* expectLogin(scripted))
          yield* terminal.shows("Your name:")
          terminal.type("alicia", keys.enter)
          yield* admit(scripted, "alicia")
        })
    )

  it.effect("is waited for ever longer while it is lost again at once, and not so once it lasted", () =>
    Effect.gen(function* () {
      const { peer, scripted, terminal } = yield* online()
      const waits = () =>
        Array.from(terminal.text.matchAll(/Trying again in ([\d.]+) s/g), ([, wait]) => Number(wait))
      const lose = (connection: typeof peer, times: number) => {
        connection.socket.end()
        return terminal.until(() => waits().length === times)
      }
      yield* lose(peer, 1)
      for (let times = 2; times <= 5; times++) {
        yield* TestClock.adjust(retryMillis * 2 ** (times - 2))
        yield* lose(yield* admit(scripted), times)
      }
      assert.isAtLeast(waits().at(-1)!, (retryMillis * 2 ** 4) / 2 / 1_000)
      yield* TestClock.adjust(retryMillis * 2 ** 4)
      const again = yield* admit(scripted)
      yield* terminal.until(({ lines }) => lines.at(-1) === "alice>")
      yield* TestClock.adjust(steadyMillis)
      yield* lose(again, 6)
      assert.isAtMost(waits().at(-1)!, retryMillis / 1_000)
    })
  )

  it.effect("tells of a message that may be lost", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online()
      terminal.type("are you there?", keys.enter)
      yield* peer.next
      peer.socket.end()
      yield* terminal.shows('! the connection ended before "are you there?" was answered; it may be lost')
    })
  )

  it.effect("can be left while it is waited for", () =>
    Effect.gen(function* () {
      const { peer, running, terminal } = yield* online()
      peer.socket.end()
      yield* terminal.shows("Trying again")
      terminal.type("/quit", keys.enter)
      yield* Fiber.join(running)
    })
  )

  it("is tried again after waits that double up to a limit, shortened by up to half", () => {
    assert.deepStrictEqual(waits(0), [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
    assert.deepStrictEqual(waits(1), [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
  })
})

describe("No chat at all", () => {
  it.effect("no server: told at once", () =>
    Effect.gen(function* () {
      const scripted = yield* scriptedServer
      yield* scripted.close
      const { running } = yield* start(scripted.address, { username: "alice" })
      assert.strictEqual((yield* Effect.flip(Fiber.join(running)))._tag, "CannotConnect")
    })
  )

  it.effect.each([
    { greeting: "SSH-2.0-OpenSSH_9.2\r\n", reason: "not_json" },
    { greeting: "HTTP/1.1 400 Bad Request\r\n\r\n", reason: "speaks_http" }
  ])("a server of another protocol: told at once ($reason)", ({ greeting, reason }) =>
    Effect.gen(function* () {
      const scripted = yield* scriptedServer
      const { running } = yield* start(scripted.address, { username: "alice" })
      const peer = yield* expectLogin(scripted)
      peer.send(greeting)
      const error = yield* Effect.flip(Fiber.join(running))
      assert(error._tag === "ConnectionEnded")
      assert.strictEqual(error.reason, reason)
    })
  )

  it.effect("a full server: tried again", () =>
    Effect.gen(function* () {
      const scripted = yield* scriptedServer
      const { terminal } = yield* start(scripted.address, { username: "alice" })
      const full = yield* expectLogin(scripted)
      full.send({ status: "error", code: "server_full", message: "Le serveur est complet" })
      full.socket.end()
      yield* terminal.shows("Le serveur est complet (server_full). Trying again")
      yield* TestClock.adjust(retryMillis)
      yield* admit(scripted)
    })
  )
})

layer(server())("Two people at terminals of the real server", (it) => {
  it.effect("MSG-1, LIST-1, PRES-1, LOGOUT-1: see each other come, talk and leave", () =>
    Effect.gen(function* () {
      const address = (yield* Server).addresses[0]!
      const alice = yield* start(address, { username: "alice" })
      yield* alice.terminal.shows("* 1 here: alice")
      const bob = yield* start(address, { username: "bob" })
      yield* bob.terminal.shows("* 2 here: alice, bob")
      yield* alice.terminal.shows("* bob joined")
      alice.terminal.type("héllo 👋", keys.enter)
      yield* bob.terminal.shows("<alice> héllo 👋")
      bob.terminal.type("/list", keys.enter, "/quit", keys.enter)
      yield* Fiber.join(bob.running)
      yield* alice.terminal.shows("* bob left")
      const eve = yield* connectAs("eve")
      eve.send(says("eve", "\u001b[2J\u001b[H"))
      yield* alice.terminal.shows("<eve> ␛[2J␛[H")
      alice.terminal.type(keys.ctrlD)
      yield* Fiber.join(alice.running)
      yield* eve.sees("eve")
    })
  )
})
