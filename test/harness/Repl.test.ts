import { Readable } from "node:stream"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Line, linesOf } from "../../src/wire/Lines.ts"
import { complete } from "../../harness/repl/Completion.ts"
import { jsonLines, plain, playScript, type ScriptEnd, type Teller } from "../../harness/repl/Script.ts"
import type { Session } from "../../harness/repl/Session.ts"
import { chat, playing, scenarioOf, session, told } from "./playing.ts"

const entering = Effect.fnUntraced(function* (session: Session, lines: ReadonlyArray<string>) {
  const tags: Array<string> = []
  for (const line of lines) tags.push((yield* session.enter(line))._tag)
  return tags
})

describe("a session", () => {
  it.live("plays each line as it comes; whoever is named joins", () =>
    Effect.gen(function* () {
      const live = yield* session
      const tags = yield* entering(live, [
        "alice logs in",
        "- bob logs in",
        "",
        "# a remark",
        "alice says: hello",
        "bob receives: { type: message, content: hello }",
        "everyone receives nothing"
      ])
      assert.deepStrictEqual(tags, ["Passed", "Passed", "Nothing", "Nothing", "Passed", "Passed", "Passed"])
      assert.deepStrictEqual([...live.stage.actors.keys()], ["alice", "bob"])
    })
  )

  it.live("plays rooms, letters and coming back, and knows the rooms that were named", () =>
    Effect.gen(function* () {
      const live = yield* session
      const lines = [
        "alice and bob log in: { features: [rooms, direct, history] }",
        "alice and bob join lab",
        "alice is cut off",
        "bob says in lab: missed",
        "bob says to alice: psst",
        "alice comes back",
        "alice receives in lab: missed",
        "alice receives from bob privately: psst"
      ]
      assert.deepStrictEqual(
        yield* entering(live, lines),
        lines.map(() => "Passed")
      )
      assert.deepStrictEqual(live.rooms, ["lab"])
    })
  )

  it.live("knows all that a file would know, and plays no mistake", () =>
    Effect.gen(function* () {
      const live = yield* session
      yield* entering(live, ["alice logs in"])
      for (const [line, message] of [
        ["alice loggs out", 'unknown sentence "alice loggs out"; did you mean "alice logs out"?'],
        ["alice connects", 'alice is already connected (line 1); "alice reconnects" opens a new connection'],
        [
          "carol says: hello",
          'carol acts before connecting; add "carol connects" or "carol logs in" before this step'
        ],
        ["exit", 'unknown sentence "exit"; did you mean ":quit"?'],
        [
          '{"type": "list"}',
          "an object is no step; say who sends or receives it, such as: alice sends: { type: list }"
        ],
        ["alice says: $what", "$what is not bound before this step, so there is nothing to send"]
      ] as const)
        assert.deepStrictEqual(yield* live.enter(line), { _tag: "Mistake", message })
    })
  )

  it.live("goes on after a failure", () =>
    Effect.gen(function* () {
      const live = yield* session
      assert.deepStrictEqual(
        yield* entering(live, [
          "alice logs in",
          "alice asks who is there",
          "alice receives: { status: error }",
          "alice receives: { status: success }"
        ]),
        ["Passed", "Passed", "Failed", "Passed"]
      )
    })
  )

  it.live("saves what has passed as a scenario that passes, with what nobody has asked for", () =>
    Effect.gen(function* () {
      const live = yield* session
      yield* entering(live, [
        "alice logs in as: $$_x",
        "bob logs in",
        "alice says: $$money",
        "alice receives: { status: nonsense }"
      ])
      const saved = live.save("my session")
      assert.property(saved, "text")
      const { text } = saved as { readonly text: string }
      assert.include(text, 'bob receives: {"type":"message","username":"$$_x","content":"$$money"}')
      assert.strictEqual(told(yield* playing(scenarioOf(text), chat())), "passed")
    })
  )

  it.live("a line that fails leaves all as it was: what came, what may come, what is bound", () =>
    Effect.gen(function* () {
      const live = yield* session
      const tags = yield* entering(live, [
        "alice logs in",
        "bob logs in",
        "alice says: one",
        "alice says: two",
        "bob may receive: { type: message, content: one }",
        "bob receives: [{ type: message, content: $one }, { type: message, content: $one }]"
      ])
      assert.deepStrictEqual(tags.slice(-2), ["Passed", "Failed"])
      assert.deepStrictEqual(
        live.unread().map(({ incoming }) => (incoming.value as Record<string, unknown>)["content"]),
        ["one", "two"]
      )
      const saved = live.save("my session") as { readonly text: string }
      assert.strictEqual(told(yield* playing(scenarioOf(saved.text), chat())), "passed")
      assert.deepStrictEqual(
        yield* entering(live, [
          "bob receives: { type: message, content: one }",
          "bob receives: { type: message, content: $one }"
        ]),
        ["Passed", "Passed"]
      )
    })
  )

  it.live("saves what nobody has asked for where it came: a list from before somebody left", () =>
    Effect.gen(function* () {
      const live = yield* session
      yield* entering(live, [
        "alice logs in",
        "bob logs in",
        "bob asks who is there",
        "bob asks who is there",
        "bob receives: { status: success }",
        "alice disconnects"
      ])
      const { text } = live.save("my session") as { readonly text: string }
      assert.match(
        text,
        /bob receives: \{ status: success \}\n.*bob receives: .*users.*\n.*alice disconnects/
      )
      assert.strictEqual(told(yield* playing(scenarioOf(text), chat())), "passed")
    })
  )

  it.live("does not save half the truth: a line that failed after it had begun", () =>
    Effect.gen(function* () {
      const live = yield* session
      yield* entering(live, ["alice logs in", "bob logs in as alice"])
      assert.deepStrictEqual(live.save("my session"), {
        problem: '"bob logs in as alice" failed halfway, so the saved scenario would be incomplete'
      })
    })
  )

  it.live("has nothing to save before something has passed", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* session).save("nothing"), { problem: "nothing has been played yet" })
    })
  )
})

const script = Effect.fnUntraced(function* (lines: ReadonlyArray<string>, teller: Teller) {
  const live = yield* session
  const written: Array<string> = []
  const end = yield* playScript(live, streamOf(lines), teller, (text) => written.push(text))
  return { ...end, written: written.join("") }
})

async function* streamOf(lines: ReadonlyArray<string>): AsyncGenerator<Line> {
  yield* lines.map((text) => ({ text }))
}

describe("a script", () => {
  it.live("ends like a scenario", () =>
    Effect.gen(function* () {
      const ends: Array<readonly [ScriptEnd["result"], string | undefined]> = []
      for (const lines of [
        ["alice logs in"],
        ["alice logs in", "alice receives: { status: success }"],
        ["alice logs in", "bob logs in", "alice says: hello"],
        ["alice lgos in"]
      ]) {
        const { message, result } = yield* script(lines, plain)
        ends.push([result, message])
      }
      assert.deepStrictEqual(ends, [
        ["passed", undefined],
        ["failed", "line 2 failed"],
        ["failed", "the end failed"],
        ["usage", 'line 1: unknown sentence "alice lgos in"; did you mean "alice logs in"?']
      ])
    })
  )

  it.live("ends at :quit, and at a line that cannot be read", () =>
    Effect.gen(function* () {
      const live = yield* session
      const lines = linesOf(Readable.from([Buffer.from("alice logs in\nalice says: \xff\n", "latin1")]))
      assert.deepInclude(yield* script(["alice logs in", ":quit", "nonsense"], plain), { result: "passed" })
      assert.deepStrictEqual(yield* playScript(live, lines, plain, () => undefined), {
        result: "usage",
        message: "line 2 is not UTF-8"
      })
    })
  )

  it.live("tells the exchange", () =>
    Effect.gen(function* () {
      const { written } = yield* script(["alice logs in", "note: there she is"], plain)
      assert.strictEqual(
        written,
        'alice · connects\nalice → {"type": "login", "username": "alice"}\nalice ← {"status":"success","message":"Bienvenue, alice"}\n# there she is\n'
      )
    })
  )

  it.live("tells each event as one line of JSON", () =>
    Effect.gen(function* () {
      const { written } = yield* script(["alice logs in", "alice says: hi"], jsonLines)
      const events = written
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>)
      assert.deepStrictEqual(
        events.map(({ event }) => event),
        ["connected", "sent", "received", "step", "sent", "received", "step", "end"]
      )
      assert.deepStrictEqual(events[2], {
        event: "received",
        actor: "alice",
        value: { status: "success", message: "Bienvenue, alice" }
      })
      assert.deepStrictEqual(events[6], {
        event: "step",
        line: 2,
        sentence: "alice says: hi",
        verdict: "passed"
      })
      assert.deepStrictEqual(events[7], { event: "end", verdict: "passed" })
    })
  )

  it.live("tells the script's own lines", () =>
    Effect.gen(function* () {
      const { written } = yield* script(
        [
          "# a remark",
          "alice logs in",
          "alice tries to log in as bob",
          "alice receives: { status: success }",
          ""
        ],
        jsonLines
      )
      const { after, line } = JSON.parse(written.trim().split("\n").at(-1)!) as Record<string, unknown>
      assert.match(`${String(line)} ${String(after)}`, /^4 .* after alice's login \(line 3\)$/)
    })
  )
})

describe("completion", () => {
  const actors = ["alice", "bob"]
  const table: ReadonlyArray<readonly [line: string, some: ReadonlyArray<string>]> = [
    ["al", ["alice "]],
    ["alice logs", ["alice logs in", "alice logs in as", "alice logs out"]],
    ["alice and bob recei", ["alice and bob receives", "alice and bob receives nothing"]],
    ["alice sees that b", ["alice sees that bob is gone"]],
    ["everyone e", ["everyone else "]],
    ["carol lo", ["carol logs in"]],
    ["at the", ["at the same time"]],
    [":in", [":inbox"]]
  ]
  for (const [line, some] of table)
    it(`${line}…`, () => {
      assert.includeMembers([...complete(line, actors)], [...some])
      for (const way of complete(line, actors)) assert.isTrue(way.startsWith(line))
    })
  it("goes on with the rooms that were named, and leaves others to type", () => {
    assert.deepStrictEqual(complete("alice joins ", actors, ["lab", "dev"]), [
      "alice joins lab",
      "alice joins dev"
    ])
    assert.deepStrictEqual(complete("alice joi", actors), ["alice joins "])
  })
  it("goes on with no sentence behind words that are no subject", () => {
    assert.deepStrictEqual(complete("carol logs ", actors), [
      "carol logs in",
      "carol logs in as",
      "carol logs out"
    ])
  })
})
