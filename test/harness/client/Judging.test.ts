import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type ClientUse, wordsOfTheSheet } from "../../../harness/client/ClientUse.ts"
import { hasTerminals } from "../../../harness/client/Terminal.ts"
import type { Outcome } from "../../../harness/verdict/Outcome.ts"
import { clientsFolder, loadScenarios } from "../../../harness/scenario/Files.ts"
import { run } from "../../../process/Process.ts"
import { client } from "../../../harness/targets/Client.ts"
import { self } from "../../../harness/targets/Self.ts"
import { chat, playerOf, scenarioOf, told } from "../playing.ts"

const timeScale = 4
const login = "alice logs in: { proves: CLIENT-1 }"
const script = fileURLToPath(new URL("../../../mutants/client/main.ts", import.meta.url))

/** The client of the mutants with these faults or variants, as a target. */
const judged = (names = "", words: Pick<ClientUse, "list" | "quit"> = wordsOfTheSheet) =>
  client({ command: `exec "${process.execPath}" "${script}" {port} ${names}`, ...words })

const play = (lines: string, target = judged(), proves = "CLIENT-3") => {
  const cast = 'cast: { alice: { program: "{client}" }, bob: {} }'
  const steps = lines.replaceAll(/^/gm, "  - ")
  const text = `scenario: a test\nproves: [${proves}]\nlevel: should\nwithin: 1s\n${cast}\nsteps:\n${steps}\n`
  return playerOf(target, timeScale).play(scenarioOf(text))
}

const failed = ({ clauses }: Outcome) =>
  [...clauses].flatMap(([clause, { verdict }]) => (verdict === "failed" ? [clause] : []))

const isPossible = await Effect.runPromise(hasTerminals)
if (!isPossible) console.error("SKIPPED: no client is judged here: there is no `script` of util-linux")

const { ended } = await Effect.runPromise(run({ command: ["python3", "--version"] }))
const hasPython = ended.code === 0
if (!hasPython) console.error("SKIPPED: the lab sheet's own client is not judged here: there is no python3")

describe.skipIf(!isPossible)("a client", () => {
  it.live("types, shows and leaves as its person does", () =>
    Effect.gen(function* () {
      const steps = [
        "alice and bob log in",
        "alice says: Hello",
        "bob receives: { type: message, username: alice, content: Hello }",
        "bob says: Hi",
        "alice shows: Hi",
        "alice asks who is there",
        "alice shows in any order: [bob, alice]",
        "alice disconnects",
        "bob sees that alice is gone"
      ]
      for (const name of ["", "client-with-prompt", "client-asks-first"])
        assert.strictEqual(told(yield* play(steps.join("\n"), judged(name))), "passed")
    })
  )

  it.live("is given its name as an argument where its command has a place for it", () =>
    Effect.gen(function* () {
      const steps =
        'alice logs in as: "Zoé"\nbob logs in\nbob asks who is there\nbob receives: { users: [Zoé, bob], status: success }'
      const command = `"${process.execPath}" -e 'const s=require("net").connect(process.argv[2],process.argv[1],()=>s.write(JSON.stringify({type:"login",username:process.argv[3]})));s.on("data",d=>process.stdout.write(d))' {host} {port} {name}`
      assert.strictEqual(
        told(yield* play(steps, client({ command, ...wordsOfTheSheet }), "CLIENT-1")),
        "passed"
      )
    })
  )

  it.live("is told on lines what its command has no place for", () =>
    Effect.gen(function* () {
      const command = `read port; exec "${process.execPath}" "${script}" "$port" client-logs-in-by-word`
      const login = ["{port}", "/login {name}"]
      const target = client({ command, login, ...wordsOfTheSheet })
      assert.strictEqual(
        target.arguments,
        `--client '${command}' --client-login '{port}' --client-login '/login {name}'`
      )
      assert.strictEqual(
        told(yield* play("alice logs in: { proves: CLIENT-1 }", target, "CLIENT-1")),
        "passed"
      )
    })
  )

  it.live("that shows less, more or something else than was said has broken CLIENT-3", () =>
    Effect.gen(function* () {
      const steps = "alice and bob log in\nbob says: Hi there\nalice shows: Hi there"
      const nothing = yield* play(steps, judged("client-shows-nothing"))
      assert.deepStrictEqual(failed(nothing), ["CLIENT-3"])
      assert.match(
        told(nothing),
        /at alice shows: expected "Hi there" on its screen, received a screen without it$/
      )
      const twice = yield* play(steps, judged("client-shows-twice"))
      assert.match(
        told(twice),
        /the end: expected "Hi there" once on its screen, received "Hi there" 2 times on/
      )
      assert.include(twice.failure!.finding.screen!, "bob: Hi there")
    })
  )

  it.live("that dies is found by what it did not do, with the way it ended", () =>
    Effect.gen(function* () {
      const outcome = yield* play(login, judged("client-dies-at-login"), "CLIENT-1")
      assert.deepStrictEqual(failed(outcome), ["CLIENT-1"])
      assert.match(told(outcome), /received its program ended \((?:exit code|signal)/)
      const absent = yield* play(
        login,
        client({ command: "no-such-client {port}", ...wordsOfTheSheet }),
        "CLIENT-1"
      )
      assert.match(told(absent), /received its program ended \(exit code 127\)/)
    })
  )

  it.live("has not told of a refusal with what it wrote before and the terminal showed late", () =>
    Effect.gen(function* () {
      const late = `s.write(JSON.stringify({type:"login",username:"bob"})),setTimeout(()=>process.stdout.write("name: "),100)`
      const command = `"${process.execPath}" -e 's=require("net").connect(process.argv[1],()=>{${late}});s.on("data",()=>{})' {port}`
      const steps = "bob logs in\nalice tries to log in as bob\nalice is refused"
      const outcome = yield* play(steps, client({ command, ...wordsOfTheSheet }), "CLIENT-10")
      assert.deepStrictEqual(failed(outcome), ["CLIENT-10"])
      assert.strictEqual(told(yield* play(steps, judged(), "CLIENT-10")), "passed")
    })
  )

  it.live("gets each object by itself, in pieces, or several at once, as the network lets it", () =>
    Effect.gen(function* () {
      const says = "bob says: One thing\nbob says: Another\nbob says: A third"
      const shows = "alice shows: [One thing, Another, A third]"
      const naive = judged("client-recv-is-a-message")
      assert.strictEqual(told(yield* play(`alice and bob log in\n${says}\n${shows}`, naive)), "passed")
      const atOnce = `alice and bob log in\nalice's network holds back: everything\n${says}\nalice's network lets go\n${shows}`
      assert.deepStrictEqual(failed(yield* play(atOnce, naive, "CLIENT-9")), ["CLIENT-9"])
      assert.strictEqual(told(yield* play(atOnce, judged(), "CLIENT-9")), "passed")
      const sliced = `alice and bob log in\nalice's network: { slice: 16 }\n${says}\n${shows}`
      assert.deepStrictEqual(failed(yield* play(sliced, naive, "CLIENT-8")), ["CLIENT-8"])
      assert.strictEqual(told(yield* play(sliced, judged(), "CLIENT-8")), "passed")
    })
  )

  it.live.skipIf(!hasPython)("of the lab sheet, unchanged, satisfies every must", () =>
    Effect.gen(function* () {
      const sheet = fileURLToPath(new URL("sheet.py", import.meta.url))
      const target = client({ command: `exec python3 "${sheet}" {port}`, ...wordsOfTheSheet })
      const musts = (yield* loadScenarios([clientsFolder()])).filter(({ level }) => level === "must")
      for (const scenario of musts)
        assert.strictEqual(told(yield* playerOf(target, timeScale).play(scenario)), "passed", scenario.file)
    })
  )

  it.live("is never blamed for what somebody else did", () =>
    Effect.gen(function* () {
      const outcome = yield* play("alice and bob log in\nbob receives: { type: message }")
      assert.strictEqual(outcome.verdict, "inconclusive")
      assert.match(told(outcome), /something else than the client went wrong/)
      const taken = yield* play("bob logs in\nalice logs in as: bob\nalice shows: nothing")
      assert.strictEqual(taken.verdict, "inconclusive")
      const own = yield* play(
        "alice and bob log in\nalice says: hello\nbob receives: { type: message, content: hello }\nbob receives nothing",
        judged("client-says-it-is-there"),
        "CLIENT-2"
      )
      assert.deepStrictEqual(failed(own), ["CLIENT-2"])
    })
  )

  it.live("may come back by itself where the server has ended", () =>
    Effect.gen(function* () {
      const steps =
        "alice and bob log in\nthe server restarts\nalice sees that the server is gone\nbob logs in"
      for (const name of ["client-comes-back", ""])
        assert.strictEqual(told(yield* play(steps, judged(name), "CLIENT-11")), "passed")
    })
  )

  it.live("without a word is not judged by what needs it", () =>
    Effect.gen(function* () {
      const steps = "alice logs in\nalice asks who is there\nalice disconnects"
      const outcome = yield* play(steps, judged("", { list: undefined, quit: "/quit" }), "CLIENT-4")
      assert.strictEqual(told(outcome), "skipped: this client has no word for the list")
    })
  )

  it.live("is judged at our server alone, and servers by nothing that is about a client", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        told(yield* play(login, chat(), "CLIENT-1")),
        "skipped: clients are judged at our own server alone"
      )
      assert.strictEqual(
        told(yield* play(login, self(), "CLIENT-1")),
        "skipped: it judges a client: name one with --client"
      )
      const none = scenarioOf("scenario: none\ncast: [alice]\nsteps:\n  - alice logs in\n")
      assert.strictEqual(told(yield* playerOf(judged()).play(none)), "skipped: nobody in it sits at a client")
    })
  )
})
