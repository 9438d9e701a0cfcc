import { readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { parseScenario, type Scenario } from "../../harness/Scenario.ts"

const folder = "scenarios/invalid"

describe("a file in scenarios/invalid is refused with just the mistakes that stand at its top", () => {
  for (const name of readdirSync(folder))
    it(name.replace(".yaml", ""), () => {
      const text = readFileSync(`${folder}/${name}`, "utf8")
      const expected = [...text.matchAll(/^# error: (.+)$/gm)].map(([, mistake]) => mistake)
      const parsed = parseScenario(name, text)
      const mistakes = "mistakes" in parsed ? parsed.mistakes : []
      assert.isAbove(expected.length, 0)
      assert.deepStrictEqual(
        mistakes.map(({ column, line, message }) => `${line}:${column} ${message}`),
        expected
      )
      for (const { file } of mistakes) assert.strictEqual(file, name)
    })
})

/** A scenario that has no mistake. */
const scenario = (text: string): Scenario => {
  const parsed = parseScenario("test.yaml", text)
  if ("scenario" in parsed) return parsed.scenario
  return assert.fail(JSON.stringify(parsed.mistakes))
}

const withSteps = (...steps: ReadonlyArray<string>): Scenario =>
  scenario(`scenario: a test\ncast: [alice, bob]\nsteps:\n${steps.map((step) => `  - ${step}\n`).join("")}`)

describe("a file", () => {
  it("has a default for all that may be left out", () => {
    const { after, before, ignoring, level, needs, proves, story, tags, withinMillis } =
      withSteps("alice logs in")
    assert.deepStrictEqual(
      { after, before, ignoring, level, needs, proves, story, tags, withinMillis },
      {
        after: [],
        before: [],
        ignoring: [],
        level: "must",
        needs: [],
        proves: [],
        story: undefined,
        tags: [],
        withinMillis: 2_000
      }
    )
  })

  it("that sets no level binds as much as the weakest of its clauses", () => {
    const levels = ["LOGIN-1", "LOGIN-1, LOGIN-2", "PRES-1, LOGIN-2"].map(
      (proves) =>
        scenario(`scenario: a test\nproves: [${proves}]\ncast: [alice]\nsteps:\n  - alice logs in\n`).level
    )
    assert.deepStrictEqual(levels, ["must", "should", "may"])
  })

  it("may have plans for load and chaos", () => {
    scenario(
      "scenario: a test\ncast: [alice]\nsteps:\n  - alice logs in\n" +
        "load: { arrivals: 20/s, for: 30s, limits: { p99: 50ms, failures: 0% } }\nchaos: { allow: [slice, merge, delay] }\n"
    )
    scenario("scenario: a test\ncast: [alice]\nsteps:\n  - alice logs in\nchaos: false\n")
  })

  it("names its actors, one by one or in groups", () => {
    const { cast } = scenario(
      "scenario: a test\ncast: { alice: {}, bob: , guest: { count: 2 } }\nsteps:\n  - everyone logs in\n".replace(
        " , ",
        " {}, "
      )
    )
    assert.deepStrictEqual(
      [...cast],
      [
        ["alice", ["alice"]],
        ["bob", ["bob"]],
        ["guest", ["guest1", "guest2"]]
      ]
    )
  })

  it("may use anchors and aliases, but no endless ones", () => {
    const { steps } = withSteps("alice logs in", "alice says: &text hello", "alice says: *text")
    assert.deepStrictEqual(steps[2]!.value, { _tag: "Literal", value: "hello" })
    const bomb = parseScenario(
      "bomb.yaml",
      "scenario: a\ncast: [alice]\nsteps:\n  - alice sends: &a { x: *a }\n"
    )
    assert.include(JSON.stringify(bomb), "more than 1000 aliases")
  })
})

describe("a step", () => {
  it("knows where it stands", () => {
    const { steps } = withSteps("alice logs in", "alice says: hello")
    assert.deepStrictEqual(
      steps.map(({ column, line }) => [line, column]),
      [
        [4, 5],
        [5, 5]
      ]
    )
  })

  it("takes options beside the sentence, or behind the colon of one that has no value", () => {
    const { steps } = withSteps(
      "alice logs in",
      "alice says: hello\n    within: 500ms\n    because: it is polite",
      "alice is disconnected: { by: close, within: 5s }",
      "bob connects:\n    within: 1s",
      "bob is disconnected:\n    by: reset"
    )
    assert.deepStrictEqual(
      steps.map(({ because, options, withinMillis }) => [withinMillis, because, options]),
      [
        [undefined, undefined, {}],
        [500, "it is polite", {}],
        [5_000, undefined, { by: "close" }],
        [1_000, undefined, {}],
        [undefined, undefined, { by: "reset" }]
      ]
    )
  })

  it("may hold a hard name behind its colon", () => {
    const { steps } = withSteps('alice logs in as: "x: #y"', "bob logs in as: { text: b, times: 3 }")
    assert.deepStrictEqual(
      steps.map(({ name }) => name),
      [
        { _tag: "Literal", value: "x: #y" },
        { _tag: "Literal", value: "bbb" }
      ]
    )
  })
})

describe("for each", () => {
  it("puts its values into sentences and values, once for each turn", () => {
    const { steps } = withSteps(
      'for each:\n      name: [carol, " ", 42]\n      steps:\n        - bob connects\n        - bob sends: { type: login, username: <name>, text: "<<name>>" }\n        - bob disconnects'
    )
    const turns = steps[0]!.value as ReadonlyArray<ReadonlyArray<{ readonly value: unknown }>>
    const sent = turns.map(
      (turn) => turn[1]!.value as { readonly fields: ReadonlyArray<readonly [string, unknown]> }
    )
    assert.deepStrictEqual(
      sent.map(({ fields }) => fields.slice(1).map(([, value]) => value)),
      [
        [
          { _tag: "Literal", value: "carol" },
          { _tag: "Literal", value: "<carol>" }
        ],
        [
          { _tag: "Literal", value: " " },
          { _tag: "Literal", value: "< >" }
        ],
        [
          { _tag: "Literal", value: 42 },
          { _tag: "Literal", value: "<42>" }
        ]
      ]
    )
  })

  it("may stand for an actor", () => {
    const { steps } = withSteps("for each: { who: [alice, bob], steps: [<who> logs in] }")
    const turns = steps[0]!.value as ReadonlyArray<ReadonlyArray<{ readonly who: unknown }>>
    assert.deepStrictEqual(
      turns.map(([step]) => step!.who),
      [
        { _tag: "Actors", names: ["alice"] },
        { _tag: "Actors", names: ["bob"] }
      ]
    )
  })
})
