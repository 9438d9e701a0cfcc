import { once } from "node:events"
import { readFileSync, writeFileSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { assert, describe, it, onTestFinished } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { converse } from "../../harness/repl/Prompt.ts"
import { coloured } from "../../harness/report/Style.ts"
import { assertSafe, assertSafeInCi, foreign } from "../support/foreign.ts"
import { foreignServer, type Way } from "../support/foreignServer.ts"
import { online } from "../support/terminals.ts"
import { keys, VirtualTerminal } from "../support/VirtualTerminal.ts"
import { node, type Ran } from "./command.ts"
import { session } from "./playing.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const folder = temporaryFolder()

/** What a title, a name of a file and a tag may hold of it: no controls. */
const odd = foreign.replaceAll(/[\p{Cc}\p{Cs}/]/gu, "")

const scenario = join(folder, `${odd.replaceAll(/\s/g, "")}.yaml`)
const quoted = JSON.stringify(foreign)
writeFileSync(
  scenario,
  `scenario: ${JSON.stringify(odd)}
story: ${quoted}
proves: [LIST-1]
tags: [${quoted}]
cast: [alice]
steps:
  - alice logs in
  - note: ${quoted}
  - alice asks who is there
  - alice receives: { status: success, ${quoted}: ${quoted}, message: { contains: ${quoted} } }
    because: ${quoted}
    within: 300ms
`
)
const mistaken = join(folder, "mistaken.yaml")
writeFileSync(mistaken, `scenario: x\ncast: [${quoted}]\nsteps:\n  - "${odd.replaceAll(/["\\]/g, "")}"\n`)

const run = (args: ReadonlyArray<string>, input = "", env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  node(args, { FORCE_COLOR: "1", ...env }, input)

/** What a terminal was sent, without the cursor's ways while a line is edited. */
const withoutEditor = (written: string): string =>
  // oxlint-disable-next-line no-control-regex
  written.replaceAll(/\u001b\[(?:\d*[ABCDGK]|0J|\?2004[hl])|\r/g, "")

const server = `"${process.execPath}" test/harness/foreignServer.ts`
const spawning = ["--spawn", `${server} {port}`]
const harness = (...args: ReadonlyArray<string>) => ["harness/main.ts", ...args]
const playing = harness("scenario", scenario, ...spawning)

describe("a text of others that abuses terminals and CI servers is shown and never obeyed", () => {
  const runs: ReadonlyArray<readonly [what: string, args: ReadonlyArray<string>, input?: string]> = [
    ["the report", playing],
    ["a list that is wrong", harness("scenario", "scenarios/list.yaml", ...spawning)],
    ["everything", [...playing, "--all"]],
    ["a target that does not start", harness("scenario", scenario, "--spawn", `${server} 0 ends # {port}`)],
    ["a server that ends", harness("repl", ...spawning), "alice logs in\nalice says: hello\n"],
    ["a session", harness("repl", ...spawning), `alice logs in\nalice receives: { status: ${quoted} }\n`],
    ["a session as JSON", harness("repl", "--json", ...spawning), `alice logs in\nnote: ${quoted}\n`],
    ["mistakes", harness("scenario", "check", mistaken)],
    ["a mistake in a session", harness("repl"), `${odd}\n`],
    ["explain", harness("scenario", "explain", scenario)],
    ["explain nothing", harness("scenario", "explain", odd)],
    ["list", harness("scenario", "list", scenario)],
    ["list as JSON", harness("scenario", "list", "--json", scenario)],
    ["no such file", harness("scenario", foreign)],
    ["no such flag", harness("scenario", `--${foreign}`)],
    ["no such address", harness("scenario", "--connect", foreign)],
    ["a client's address", ["bin/palabre.js", "client", "--username", "x", foreign]],
    ["a client's host", ["bin/palabre.js", "client", "--username", "x", `${odd}:1`]]
  ]
  for (const [what, args, input] of runs)
    it(what, async () => {
      const { stderr, stdout } = await run(args, input)
      assertSafeInCi(stdout, "stdout")
      assertSafeInCi(stderr, "stderr")
      assert.match(stdout + stderr, /\\u(202e|001b)/, "it is shown")
    })

  const clients: ReadonlyArray<readonly [way: Way, flags: ReadonlyArray<string>, code: number]> = [
    ["welcomes", [], 1],
    ["welcomes", ["--json"], 1],
    ["refuses", [], 1],
    ["says goodbye", [], 1],
    ["says goodbye", ["--json"], 1]
  ]
  for (const [way, flags, code] of clients)
    it(`a client whose server ${way} ${flags.join(" ")}`, async () => {
      const listener = foreignServer(way, () => undefined).listen(0, "127.0.0.1")
      onTestFinished(() => void listener.close())
      await once(listener, "listening")
      const address = `127.0.0.1:${(listener.address() as AddressInfo).port}`
      const args = ["bin/palabre.js", "client", address, "--username", "alice", ...flags]
      const ran = await run(args, `/list\n${odd}\n`)
      assertSafeInCi(ran.stdout, "stdout")
      assertSafeInCi(ran.stderr, "stderr")
      assert.strictEqual(ran.code, code, ran.stderr)
      assert.match(ran.stdout + ran.stderr, /␛|\\u001b/, "it is shown")
    })

  it.live("a client at a terminal, to its end", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online()
      peer.send({ type: "message", username: foreign, content: foreign })
      peer.send({ type: "joined", username: foreign })
      yield* terminal.shows("joined")
      terminal.type("/list", keys.enter)
      yield* peer.next
      peer.send({ status: "success", users: [foreign] })
      yield* terminal.shows('1 here: "␛')
      terminal.type("hello", keys.enter)
      yield* peer.next
      peer.send({ status: "error", code: "constructor", message: foreign })
      yield* terminal.shows("was refused: ␛")
      peer.send({ status: "error", code: foreign, message: foreign })
      peer.socket.end()
      yield* terminal.shows("the server ended the connection")
      assertSafe(withoutEditor(terminal.written), "terminal")
    })
  )

  it.live("a session at a terminal", () =>
    Effect.gen(function* () {
      const live = yield* session
      const terminal = new VirtualTerminal({ columns: 120 })
      const { input, output } = terminal
      yield* Effect.forkScoped(converse(live, { input, output, isDumb: false }, coloured), {
        startImmediately: true
      })
      for (const name of ["alice", "bob"]) {
        terminal.type(`${name} logs in`, keys.enter)
        yield* terminal.shows(`${name} ← {"status":"success"`)
      }
      live.stage.transcript.onHappening({
        atMillis: 0,
        actor: "alice",
        kind: "note",
        text: foreign,
        caption: "",
        label: ""
      })
      Object.assign(live.stage.server, { ended: () => foreign, lastLines: () => foreign.split("\n") })
      terminal.type("bob receives: { status: error }", keys.enter)
      yield* terminal.shows("the server ended")
      assertSafe(withoutEditor(terminal.written), "terminal")
    })
  )

  it("reports in files, beside annotations of GitHub", async () => {
    const files = ["pretty", "dot", "tap", "junit", "json", "html"].map(
      (name) => [name, join(folder, `report.${name}`)] as const
    )
    const reporters = files.flatMap(([name, path]) => ["--reporter", `${name}=${path}`])
    const { stderr } = await run([...playing, ...reporters], "", { GITHUB_ACTIONS: "true" })
    assert.match(stderr, /^::error file=/m)
    assertSafeInCi(stderr, "stderr")
    for (const [name, path] of files) {
      const text = readFileSync(path, "utf8")
      assertSafeInCi(text, name)
      assert.notMatch(text, /^<x>/m, "no line of its own")
      assert.include(text, "\\u202e", name)
    }
    const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as {
      scenarios: ReadonlyArray<object>
    }
    assert.deepInclude(report.scenarios[0], { scenario: odd, file: scenario })
  })
})
