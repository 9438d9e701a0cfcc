import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { Process } from "../process/Process.ts"
import { serving } from "./support/program.ts"
import { terminalSettings } from "../src/client/Chat.ts"
import { scriptedServer } from "./support/ScriptedServer.ts"
import { everything, expectLogin, online, says, start } from "./support/terminals.ts"
import { connectTo } from "./support/TestClient.ts"
import { keys } from "./support/VirtualTerminal.ts"

const extent = { first: 1, last: 7 }

describe("What a server may do to the client of a person", () => {
  it.effect("a message of very many lines, or a very long one, shows its beginning", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online()
      for (const content of ["\n".repeat(32_500), "x".repeat(2_000_000)]) {
        const before = terminal.written.length
        peer.send(says("mallory", content), says("mallory", `after ${content.length}`))
        yield* terminal.shows(`after ${content.length}`)
        assert.include(terminal.text, "… and more, which is too long to be shown")
        assert.isBelow(terminal.written.length - before, 50_000)
      }
    })
  )

  it.effect("rooms without end and numbers that are none do not get in the way of coming back", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 50_000 }, (_, i) => `room ${i}`)
      const rooms = Object.fromEntries(
        ["n".repeat(500_000), "__proto__", ...names].map((name) => [name, extent])
      )
      const { peer, scripted, terminal } = yield* online({}, { ...everything, last: -0.5, rooms })
      peer.send({ ...says("mallory", "hi"), room: names[0], seq: 1e300, at: 0 })
      yield* terminal.shows('["room 0"] <mallory> hi')
      peer.socket.end()
      yield* terminal.shows("Trying again")
      yield* TestClock.adjust(terminalSettings.retryMillis)
      const { resumes } = yield* expectLogin(scripted)
      assert.isBelow(JSON.stringify(resumes).length, 10_000)
      const { "room 0": first, lobby, ...seen } = resumes.seen
      assert.deepStrictEqual([first, lobby], [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER])
      assert.isTrue(Object.hasOwn(seen, "__proto__"))
    })
  )

  it.effect("a token without end is not kept", () =>
    Effect.gen(function* () {
      const { peer, scripted, terminal } = yield* online({}, { ...everything, session: "s".repeat(100_000) })
      peer.socket.end()
      yield* terminal.shows("Trying again")
      yield* TestClock.adjust(terminalSettings.retryMillis)
      assert.isUndefined((yield* expectLogin(scripted)).resumes.session)
    })
  )

  it.effect("names that are no names are shortened, quoted and not kept", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({ columns: 200 })
      peer.send({ type: "joined", username: `1${"n".repeat(3_500_000)}` })
      yield* terminal.shows(`* 1${"n".repeat(39)}… joined`)
      peer.send({ type: "joined", username: "bob left, carol" })
      yield* terminal.shows('* "bob left, carol" joined')
      terminal.type("/list", keys.enter)
      yield* peer.next
      peer.send({ status: "success", users: ["alice", 'eve, 2 here: "mallory', "zoé-2"] })
      yield* terminal.shows('3 here: alice, "eve, 2 here: ”mallory", zoé-2')
      terminal.type("1n", keys.tab, " ok", keys.enter)
      assert.strictEqual((yield* peer.next).content, "1n ok")
    })
  )
})

describe("One's own name in a message", () => {
  it.effect("stands out as a word, and rings the bell where that is wanted", () =>
    Effect.gen(function* () {
      for (const hasBell of [false, true]) {
        const { peer, terminal } = yield* online({ hasBell })
        peer.send(says("bob", "malice, alice_2"), says("bob", "Alice? ALICE! done"))
        yield* terminal.shows("done")
        const called = terminal.written.split("\u001b[7mAlice\u001b[27m? \u001b[7mALICE\u001b[27m!")
        assert.strictEqual(called.length, 2)
        assert.notInclude(called[0], "\u001b[7m")
        assert.strictEqual(terminal.written.split("\u0007").length, hasBell ? 2 : 1)
      }
    })
  )
})

describe("A person who never got in", () => {
  it.effect("LOGIN-3: leaves with the refusal as the reason", () =>
    Effect.gen(function* () {
      const scripted = yield* scriptedServer
      const { running, terminal } = yield* start(scripted.address, { username: "alice" })
      const peer = yield* expectLogin(scripted)
      peer.send({ status: "error", code: "username_taken", message: "Ce nom est déjà pris" })
      yield* terminal.shows("Your name:")
      terminal.type(keys.ctrlD)
      assert.strictEqual((yield* Effect.flip(Fiber.join(running)))._tag, "LoginRefused")
    })
  )
})

/** `script` (util-linux) runs a program in a terminal of its own. */
const hasScript = spawnSync("script", ["--version"]).status === 0
if (!hasScript) console.warn("SKIPPED: there is no `script`, so no real terminal was tried")

describe("A real terminal", () => {
  it.live.skipIf(!hasScript)("takes 5,000 pasted lines, and says each of them, in order", () =>
    Effect.gen(function* () {
      const { port } = yield* Effect.promise(() => serving("--log-level", "error"))
      const bob = yield* connectTo({ host: "127.0.0.1", port })
      yield* bob.login("bob", "presence")
      const client = `exec "${process.execPath}" bin/palabre.js client --port ${port} --username alice`
      const input = Array.from({ length: 5_000 }, (_, i) => `line ${i}\r`).join("")
      const terminal = new Process({
        command: ["script", "-qfec", client, "/dev/null"],
        keepsInputOpen: true
      })
      yield* Effect.addFinalizer(() => terminal.kill)
      assert.strictEqual((yield* bob.next).type, "joined")
      yield* Effect.orDie(terminal.prints(/2 here: bob, alice/))
      terminal.child.stdin!.write(`${input}/quit\r`)
      const said = yield* bob.takeUntil(({ type }) => type === "left")
      assert.deepStrictEqual(
        said.map(({ content }) => content),
        Array.from({ length: 5_000 }, (_, i) => `line ${i}`)
      )
      assert.strictEqual((yield* terminal.end).code, 0)
    }).pipe(Effect.scoped)
  )
})
