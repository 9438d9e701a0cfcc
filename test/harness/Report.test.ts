import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Ajv } from "ajv"
import * as Effect from "effect/Effect"
import { safe } from "../../src/client/Printable.ts"
import { type Outcome, skipped } from "../../harness/verdict/Outcome.ts"
import { type ReporterName, reporters } from "../../harness/report/Reporters.ts"
import { coloured, colourless, type Style } from "../../harness/report/Style.ts"
import { Summary } from "../../harness/verdict/Summary.ts"
import type { Change } from "../../mutants/chat/Chat.ts"
import { chat, playing, scenarioOf, steps } from "./playing.ts"
import { runInfo, weighing } from "./reporting.ts"

const everyNameIsFree: Change = (base) => ({ key: (name) => `${name}${base.clients.size}` })

const taken = scenarioOf(`scenario: a name is refused while it is in use
proves: [LOGIN-3, LEAVE-2]
level: must
cast: [alice, bob]
steps:
  - alice logs in
  - bob tries to log in as alice
  - bob is refused:
    because: two users <may> never hold "one" name
    proves: LOGIN-3
  - alice is cut off
  - bob keeps trying to log in as alice
`)
const welcome = scenarioOf(`scenario: "the welcome, 100% of it: #1"
proves: [LOGIN-2]
cast: [alice]
steps:
  - alice tries to log in
  - alice receives: { status: success, message: Welcome }
`)

/** What reporters are given: a pass, a failure, a warning, a skip. */
const outcomes: Effect.Effect<ReadonlyArray<Outcome>> = Effect.gen(function* () {
  const passed = yield* playing(steps("- alice logs in", "proves: [LOGIN-1]\n"), chat())
  const failed = yield* playing(taken, chat(everyNameIsFree))
  const warned = yield* playing(welcome, chat())
  return [
    passed,
    failed,
    warned,
    skipped(
      steps("- alice logs in\n- alice receives nothing", "proves: [PRES-1]\nlevel: may\n"),
      "nobody claims presence"
    )
  ]
})

/** All that a reporter writes, with the times made equal. */
const written = Effect.fnUntraced(function* (
  name: ReporterName,
  told: ReadonlyArray<Outcome>,
  style: Style = colourless
) {
  const make = yield* Effect.promise(reporters[name])
  const reporter = make(runInfo({ scenarios: told.length, style }))
  const text = [
    reporter.begin?.(),
    ...told.map((outcome) => reporter.outcome?.(outcome)),
    reporter.end?.(new Summary(told, weighing))
  ]
  return text
    .join("")
    .replaceAll(/\d+(\.\d+)? m?s\b/g, "0 ms")
    .replaceAll(/time="[\d.]+"/g, 'time="0"')
})

const frames = (count: number) => Array.from({ length: count }, (_, index) => `  frame ${index + 1}`)

describe("pretty", () => {
  it.live("shows a failure so that nobody has to run it again", () =>
    Effect.gen(function* () {
      const text = yield* written("pretty", [(yield* outcomes)[1]!])
      assert.strictEqual(
        text,
        `
FAIL  LOGIN-3  a name in use is refused  (must)
  scenarios/test.yaml:8:5  a name is refused while it is in use
  ▸ 8 │ - bob is refused:
      │   expected  a refusal: status other than "success", or the end of the
      │             connection
      │   received  {"status":"success","message":"Bienvenue, alice"}
      │             0 ms after bob's login (line 7)
      │   because   two users <may> never hold "one" name
  alice   → login alice         ← success
  bob     → login alice         ← success  ✗

Mend first:
1. LOGIN-3  a name in use is refused
   pnpm scenario scenarios/test.yaml:8 --spawn './chat {port}' --seed 7
   pnpm scenario explain LOGIN-3
`
      )
    })
  )

  it.live("ends with the verdict on each clause, the counts, and what all this means", () =>
    Effect.gen(function* () {
      const text = yield* written("pretty", yield* outcomes)
      assert.strictEqual(
        text.slice(text.indexOf("        must")),
        `        must    should   may
LOGIN   1✓ 3✗   2✗
LEAVE   2○
PRES                     1–
        ✓ passed  ✗ failed  ○ not reached  – skipped  ? inconclusive

1 passed · 1 failed · 1 warned (should or may) · 1 skipped · in 0 ms

1 of 3 must clauses hold, 1 failed, 1 not reached.

Mend first:
1. LOGIN-3  a name in use is refused
   pnpm scenario scenarios/test.yaml:8 --spawn './chat {port}' --seed 7
   pnpm scenario explain LOGIN-3
2. LOGIN-2  the welcome is \`Bienvenue, <name>\`
   pnpm scenario scenarios/test.yaml:6 --spawn './chat {port}' --seed 7
   pnpm scenario explain LOGIN-2
`
      )
    })
  )

  it.live("has colours only where it is told to", () =>
    Effect.gen(function* () {
      const told = yield* outcomes
      assert.notInclude(yield* written("pretty", told), "\u001b")
      assert.include(safe(yield* written("pretty", told, coloured)), "\u001b[31m")
    })
  )

  it.live(
    "tells of a crash with the server's last lines, at most six actors, and who failed among many",
    () =>
      Effect.gen(function* () {
        const many = scenarioOf(
          "scenario: many\nproves: [CONC-1]\nlevel: should\ncast: { guest: { count: 12 } }\nsteps:\n  - everyone logs in\n  - guest12 receives: { type: message }\n    within: 100ms\n"
        )
        const { failure, ...outcome } = yield* playing(many, chat())
        const crashed = {
          ...outcome,
          failure: { ...failure!, crash: "signal SIGSEGV", lastLines: ["line one", "line two"] }
        }
        const text = yield* written("pretty", [crashed])
        assert.include(
          text,
          "  server  the server ended: signal SIGSEGV\n          line one\n          line two\n"
        )
        assert.include(text, "and 6 more")
        assert.match(text, /guest12 .*✗/)
      })
  )

  it.live("begins the log of a server with the last exception of Python, if that is not long", () =>
    Effect.gen(function* () {
      const { failure, ...outcome } = yield* playing("- alice logs in\n- bob logs in as alice", chat())
      const begins = "Traceback (most recent call last):"
      const shown = (...lastLines: ReadonlyArray<string>) =>
        Effect.map(
          written("pretty", [{ ...outcome, failure: { ...failure!, crash: undefined, lastLines } }]),
          (text) => /\n {2}server {2}([^]*?)(?=\n {2}\S|\n\n)/.exec(text)![1]!.split(/\n {10}/)
        )
      const first = [begins, ...frames(1), "KeyError: 1"]
      const second = [begins, ...frames(8), "KeyError: 2"]
      assert.deepStrictEqual(yield* shown("a line", ...first, ...second), second)
      assert.deepStrictEqual(yield* shown(begins, ...frames(12)), frames(12).slice(-6))
      assert.deepStrictEqual(yield* shown(...frames(8)), frames(8).slice(-6))
    })
  )
})

it.live("dot is a character for each, and what failed at the end", () =>
  Effect.gen(function* () {
    const text = yield* written("dot", yield* outcomes)
    assert.match(text, /^4 scenarios against chat, seed 7\n\.Fw-\n\nFAIL  /)
    assert.include(text, "\nwarn  ")
  })
)

it.live("tap numbers them, with a diagnosis where one failed; what only warns is TODO", () =>
  Effect.gen(function* () {
    assert.strictEqual(
      yield* written("tap", yield* outcomes),
      `TAP version 14
1..4
ok 1 - a test
not ok 2 - a name is refused while it is in use
  ---
  at: "scenarios/test.yaml:8"
  clauses: "LOGIN-3 (must)"
  step: "bob is refused"
  expected: "a refusal: status other than \\"success\\", or the end of the connection"
  received: "{\\"status\\":\\"success\\",\\"message\\":\\"Bienvenue, alice\\"}"
  ...
not ok 3 - the welcome, 100% of it: \\#1 # TODO should
  ---
  at: "scenarios/test.yaml:6"
  clauses: "LOGIN-2 (should)"
  step: "alice receives"
  expected: "{\\"status\\": \\"success\\", \\"message\\": \\"Welcome\\"}"
  received: "{\\"status\\":\\"success\\",\\"message\\":\\"Bienvenue, alice\\"}"
  ...
ok 4 - a test # SKIP nobody claims presence
`
    )
  })
)

describe("junit", () => {
  it.live("counts, and tells each case in well-formed XML", () =>
    Effect.gen(function* () {
      const text = yield* written("junit", yield* outcomes)
      const lines = text.split("\n")
      assert.strictEqual(lines[0], '<?xml version="1.0" encoding="UTF-8"?>')
      assert.strictEqual(lines[1], '<testsuites name="palabre" tests="4" failures="1" errors="0" time="0">')
      assert.include(lines[2], 'failures="1" errors="0" skipped="1" time="0">')
      assertJunit(text)
      assert.include(
        text,
        '<testcase name="a test" classname="scenarios/test.yaml" time="0"><properties><property name="level" value="must"/></properties></testcase>'
      )
      assert.include(text, 'type="LOGIN-3 (must)">')
      assert.include(text, "two users &lt;may&gt; never hold &quot;one&quot; name")
      assert.include(text, '<skipped message="nobody claims presence"/>')
      assert.include(text, "<system-out>warning (should): scenarios/test.yaml:6 expected")
      assert.deepStrictEqual(unclosed(text), [])
    })
  )

  it.live("replaces what XML cannot hold", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        "- alice connects\n- alice receives: { status: success }\n  within: 100ms",
        chat(() => ({
          accept: (socket) =>
            void socket.on("error", () => undefined).write('{"status":"a\\u0000b\\uffff]]>"}')
        }))
      )
      const text = yield* written("junit", [outcome])
      assert.notInclude(text, "\u0000")
      assert.notInclude(text, "\uffff")
      assertJunit(text)
      assert.deepStrictEqual(unclosed(text), [])
    })
  )
})

/**
 * Elements with the attributes that they must and may have: https://github.com/jenkinsci/xunit-plugin, junit-10.xsd, and
 * properties of a case, as pytest writes them. */
const junitElements: Readonly<Record<string, { readonly must?: string; readonly may?: string }>> = {
  testsuites: { may: "name time tests failures errors" },
  testsuite: {
    must: "name tests failures errors",
    may: "group time skipped timestamp hostname id package file log url"
  },
  testcase: { must: "name", may: "time classname group" },
  skipped: { may: "type message" },
  error: { may: "type message" },
  failure: { may: "type message" },
  "system-out": {},
  properties: {},
  property: { must: "name value" }
}

const assertJunit = (xml: string): void => {
  for (const [, name, attributes] of xml.matchAll(/<([a-z-]+)((?:\s[a-z]+="[^"]*")*)\/?>/g)) {
    const { may = "", must = "" } = junitElements[name!]!
    const found = Array.from(attributes!.matchAll(/([a-z]+)="/g), ([, attribute]) => attribute!)
    for (const attribute of must.split(" ").filter(Boolean)) assert.include(found, attribute, name)
    for (const attribute of found) assert.include(`${must} ${may}`.split(" "), attribute, name)
  }
}

/** Elements that are opened and not closed in their order: none in well-formed XML. */
const unclosed = (xml: string): ReadonlyArray<string> => {
  const open: Array<string> = []
  for (const [, closing, name, empty] of xml.matchAll(/<(\/?)([a-z-]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (closing === "/") assert.strictEqual(open.pop(), name)
    else if (empty !== "/") open.push(name!)
  }
  return open
}

describe("json", () => {
  const document = Effect.fnUntraced(function* (told: ReadonlyArray<Outcome>) {
    const report = JSON.parse(yield* written("json", told)) as {
      readonly [key: string]: unknown
      readonly scenarios: ReadonlyArray<Record<string, unknown>>
    }
    if (!isReport(report)) assert.fail(JSON.stringify(isReport.errors, null, 2))
    return report
  })

  it.live(
    "is one document, as its schema says: the run, its causes, then each scenario with its clauses",
    () =>
      Effect.gen(function* () {
        const { causes, ms, scenarios, ...run } = yield* document(yield* outcomes)
        assert.typeOf(ms, "number")
        assert.deepStrictEqual(run, {
          version: "1.2.3",
          date: "2026-01-02T03:04:05.000Z",
          target: "chat",
          seed: 7,
          exitCode: 1,
          totals: { passed: 1, failed: 1, notReached: 0, warned: 1, known: 0, skipped: 1, inconclusive: 0 },
          musts: { all: 3, hold: 1, failed: 1, notReached: 1 }
        })
        assert.deepStrictEqual((causes as ReadonlyArray<unknown>)[0], {
          clause: "LOGIN-3",
          level: "must",
          title: "a name in use is refused",
          best: {
            file: "scenarios/test.yaml",
            line: 8,
            replay: "pnpm scenario scenarios/test.yaml:8 --spawn './chat {port}' --seed 7"
          },
          others: [],
          hides: []
        })
        const { ms: scenarioMs, transcript, ...failed } = scenarios[1]!
        assert.typeOf(scenarioMs, "number")
        assert.deepStrictEqual(failed, {
          file: "scenarios/test.yaml",
          line: 1,
          scenario: "a name is refused while it is in use",
          level: "must",
          verdict: "failed",
          clauses: { "LOGIN-3": { verdict: "failed" }, "LEAVE-2": { verdict: "not_reached", by: "LOGIN-3" } },
          cause: "LOGIN-3",
          step: { line: 8, sentence: "bob is refused" },
          expected: 'a refusal: status other than "success", or the end of the connection',
          received: '{"status":"success","message":"Bienvenue, alice"}'
        })
        const { actor, kind, line, text } = (transcript as ReadonlyArray<Record<string, unknown>>).at(-2)!
        assert.deepStrictEqual([actor, kind, line], ["bob", "sent", 7])
        assert.include(text, '"username": "alice"')
        assert.deepStrictEqual(
          scenarios.map(({ reason, verdict }) => [verdict, reason]),
          [
            ["passed", undefined],
            ["failed", undefined],
            ["failed", undefined],
            ["skipped", "nobody claims presence"]
          ]
        )
      })
  )

  it.live("bounds what it tells of an exchange and of the server's log", () =>
    Effect.gen(function* () {
      const { failure, happenings, ...outcome } = (yield* outcomes)[1]!
      const long = { ...happenings[0]!, text: "x".repeat(10_000) }
      const [told] = (yield* document([
        {
          ...outcome,
          happenings: Array.from({ length: 1_000 }, () => long),
          failure: {
            ...failure!,
            crash: "exit code 1",
            lastLines: Array.from({ length: 99 }, () => long.text)
          }
        }
      ])).scenarios
      const transcript = told!["transcript"] as ReadonlyArray<{ readonly text: string }>
      const server = told!["server"] as ReadonlyArray<string>
      assert.deepStrictEqual([transcript.length, server.length], [100, 20])
      for (const text of [transcript[0]!.text, server[0]!]) {
        assert.isAtMost(text.length, 500)
        assert.match(text, /x … \+9\d+$/)
      }
    })
  )
})

const isReport = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync("docs/report.schema.json", "utf8"))
)

it.live("github puts each failure on the line of its step", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual((yield* written("github", yield* outcomes)).trim().split("\n"), [
      '::error file=scenarios/test.yaml,line=8,col=5,title=a name is refused while it is in use · LOGIN-3 (must)::expected a refusal: status other than "success", or the end of the connection%0Areceived {"status":"success","message":"Bienvenue, alice"}',
      '::warning file=scenarios/test.yaml,line=6,col=5,title=the welcome%2C 100%25 of it%3A #1 · LOGIN-2 (should)::expected {"status": "success", "message": "Welcome"}%0Areceived {"status":"success","message":"Bienvenue, alice"}'
    ])
  })
)
