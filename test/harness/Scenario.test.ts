import { assert, describe, it } from "@effect/vitest"
import { type Scenario } from "../../harness/scenario/Scenario.ts"
import { parseScenario } from "../../harness/scenario/ScenarioReader.ts"

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
        scenario(
          `scenario: a test\nproves: [${proves}]\ncast: [alice]\nsteps:\n  - alice logs in\n  - alice receives nothing\n`
        ).level
    )
    assert.deepStrictEqual(levels, ["must", "should", "may"])
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
    assert.include(JSON.stringify(bomb), "this alias is a part of what it stands for")
  })

  it("may not nest brackets without end", () => {
    const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`
    const parsed = parseScenario(
      "deep.yaml",
      `scenario: a\ncast: [alice]\nsteps:\n  - alice sends: { x: ${deep} }\n`
    )
    assert.include(JSON.stringify(parsed), "brackets are nested too deep here")
  })

  it("may not unroll loops without end", () => {
    const values = Array.from({ length: 20 }, (_, n) => n).join(", ")
    const loops = ["a", "b", "c", "d", "e"].reduce(
      (inside, name) => `for each: { ${name}: [${values}], steps: [${inside}] }`,
      "note: <a>"
    )
    const parsed = parseScenario("loops.yaml", `scenario: a\ncast: [alice]\nsteps:\n  - ${loops}\n`)
    assert.include(
      JSON.stringify(parsed),
      "more than 20000 steps, counting each turn of a loop and all that aliases stand for"
    )
  })

  it("may not end its lines in CR alone", () => {
    const parsed = parseScenario("cr.yaml", "scenario: a test\rcast: [alice]\rsteps:\r  - alice logs in\r")
    const message = "this line ends in a bare CR; save the file with LF or CRLF line endings"
    assert.deepStrictEqual(parsed, {
      mistakes: [{ file: "cr.yaml", line: 1, column: 17, message }],
      more: 0
    })
  })

  it("is told its mistakes from top to bottom", () => {
    const parsed = parseScenario(
      "test.yaml",
      "scenario: a\nlevl: must\nproves: [LOGIN-77]\ntag: [x]\ncast: [alice]\nsteps:\n  - alic logs in\n"
    )
    assert.deepStrictEqual("mistakes" in parsed && parsed.mistakes.map(({ line }) => line), [2, 3, 4, 7])
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

describe("what is told of a step is what the file tells", () => {
  const table: ReadonlyArray<readonly [name: string, steps: ReadonlyArray<string>]> = [
    ["who has logged out is off the books", ["alice and bob log in", "bob logs out", "bob logs in"]],
    [
      "a capture of all alternatives is bound",
      [
        "alice logs in",
        "alice asks who is there",
        "alice receives one of: [{ status: $x }, { status: $x, code: $y }]",
        "alice says: $x"
      ]
    ],
    [
      "a capture of any branch is bound after all of them",
      [
        "alice and bob log in",
        "at the same time: [[alice asks who is there, alice receives: { status: $x }], bob says: hello]",
        "alice receives: { type: message }",
        "alice says: $x"
      ]
    ],
    [
      "a new connection has nothing of the old one",
      [
        "alice logs in",
        "alice sends part of: { message: { type: list }, bytes: 5 }",
        "alice stops reading",
        "alice reconnects",
        "alice logs in as carol",
        "alice says: hello"
      ]
    ],
    [
      "after the rest, anything may be sent",
      [
        "alice logs in",
        "alice sends part of: { message: { type: list }, bytes: 5 }",
        "alice sends the rest",
        "alice says: hello"
      ]
    ],
    [
      "how long an object with captures is, only the play tells",
      [
        "alice logs in",
        "alice asks who is there",
        "alice receives: { status: success, users: [$name] }",
        "alice sends in pieces: { message: { type: message, content: $name }, at: [39] }"
      ]
    ],
    [
      "who was told to be gone is off the books",
      [
        "alice and bob log in",
        "bob disconnects",
        "alice receives: { type: left, username: bob }",
        "alice asks who is there",
        "alice receives: { status: success, users: [alice] }"
      ]
    ],
    [
      "who reads again receives",
      ["alice logs in", "alice stops reading", "alice reads again", "alice says: hello"]
    ],
    [
      "who has half-closed may be seen to be gone",
      ["alice and bob log in", "bob half-closes", "alice sees that bob is gone"]
    ],
    [
      "a login of a name that was captured is one, too",
      [
        "alice logs in",
        "alice asks who is there",
        "alice receives: { status: success, users: [$name] }",
        "bob connects",
        "bob sends: { type: login, username: $name }",
        "bob disconnects",
        "alice sees that bob is gone"
      ]
    ]
  ]
  for (const [name, steps] of table)
    it(name, () => {
      withSteps(...steps)
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
    const turns = steps[0]!.value as ReadonlyArray<ReadonlyArray<{ readonly subject: unknown }>>
    assert.deepStrictEqual(
      turns.map(([step]) => step!.subject),
      [
        { _tag: "Actors", names: ["alice"] },
        { _tag: "Actors", names: ["bob"] }
      ]
    )
  })
})
