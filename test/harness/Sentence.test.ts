import { assert, describe, it } from "@effect/vitest"
import { parseScenario } from "../../harness/scenario/ScenarioReader.ts"
import { nearestSentence, parseSentence, verbs } from "../../harness/scenario/Grammar.ts"
import { themes, type Verb } from "../../harness/verbs/Step.ts"

describe("a sentence is found in the verb table", () => {
  type Slots = {
    readonly who?: string
    readonly name?: string
    readonly other?: string
    readonly nameFollows?: true
  }
  const table: ReadonlyArray<readonly [sentence: string, verb: string, slots: Slots]> = [
    ["alice connects", "{who} connects|connect", { who: "alice" }],
    ["alice and bob connect", "{who} connects|connect", { who: "alice and bob" }],
    ["every guest connects", "{who} connects|connect", { who: "every guest" }],
    ["bob cannot connect", "{who} cannot connect", { who: "bob" }],
    ["alice logs in", "{who} logs|log in", { who: "alice" }],
    ["alice logs in as Jean Paul", "{who} logs|log in as {name}", { who: "alice", name: "Jean Paul" }],
    ["alice logs in as", "{who} logs|log in as {name}", { who: "alice", nameFollows: true }],
    ["bob tries to log in as alice", "{who} tries|try to log in as {name}", { who: "bob", name: "alice" }],
    ["the others are refused", "{who} is|are refused", { who: "the others" }],
    ["bob keeps trying to log in", "{who} keeps|keep trying to log in", { who: "bob" }],
    [
      "bob keeps trying to log in as a",
      "{who} keeps|keep trying to log in as {name}",
      { who: "bob", name: "a" }
    ],
    ["bob keeps trying", "{who} keeps|keep trying", { who: "bob" }],
    ["alice says", "{who} says|say", { who: "alice" }],
    ["alice sends", "{who} sends|send", { who: "alice" }],
    ["alice sends the rest", "{who} sends|send the rest", { who: "alice" }],
    ["alice sends bytes", "{who} sends|send bytes", { who: "alice" }],
    ["alice receives", "{who} receives|receive", { who: "alice" }],
    ["alice receives nothing", "{who} receives|receive nothing", { who: "alice" }],
    ["everyone else receives", "{who} receives|receive", { who: "everyone else" }],
    ["one of a, b and c receives", "{who} receives|receive", { who: "one of a, b and c" }],
    [
      "alice sees that bob is gone",
      "{who} sees|see that {other} is|are gone",
      { who: "alice", other: "bob" }
    ],
    ["every guest's network", "{who}'s network", { who: "every guest" }],
    ["at the same time", "at the same time", {}],
    ["note", "note", {}]
  ]
  for (const [sentence, verb, slots] of table)
    it(sentence, () => {
      const parsed = parseSentence(sentence)
      const { name, nameFollows, other, who } = parsed!
      assert.strictEqual(parsed!.verb.sentence, verb)
      assert.deepStrictEqual({ who, name, other, nameFollows }, {
        who: undefined,
        name: undefined,
        other: undefined,
        nameFollows: false,
        ...slots
      } as never)
    })
})

describe("what is no sentence", () => {
  for (const sentence of [
    "",
    "alice",
    "alice flies",
    "receives nothing",
    "alice logs in to",
    "Alice says hello"
  ])
    it(`"${sentence}"`, () => {
      assert.isUndefined(parseSentence(sentence))
    })
})

describe("the sentence that was meant", () => {
  const cast = new Map([
    ["alice", ["alice"]],
    ["guest", ["guest1", "guest2"]]
  ])
  const table: ReadonlyArray<readonly [written: string, meant: string | undefined]> = [
    ["alice recieves nothing", "alice receives nothing"],
    ["alice login", "alice logs in"],
    ["alice trys to log in as bob", "alice tries to log in as bob"],
    ["every guest conects", "every guest connects"],
    ["alice disconects", "alice disconnects"],
    ["alice is cutoff", "alice is cut off"],
    ["at same time", "at the same time"],
    ["the server restart", "the server restarts"],
    ["alice's netwrok", "alice's network"],
    ["alice’s network", "alice's network"],
    ["alice dances on the table all night long", undefined]
  ]
  for (const [written, meant] of table)
    it(`${written} → ${meant ?? "nothing near"}`, () => {
      assert.strictEqual(nearestSentence(written, cast), meant)
    })
})

/** The steps that the example of a row needs before it. */
const before = ({ needs, part, sentence, steps }: Verb): ReadonlyArray<string> => [
  ...(needs === "connected" || steps !== undefined ? ["  - alice and bob and guest1 log in"] : []),
  ...(part === "ends" ? ["  - alice sends part of: { message: { type: list }, bytes: 5 }"] : []),
  ...(sentence.includes("{other}") ? ["  - bob disconnects"] : [])
]

describe("each row of the verb table", () => {
  const head = "scenario: the example of a row\ncast: [alice, bob, carol, dave, guest1]\nsteps:"
  for (const verb of verbs) {
    it(`${verb.sentence}: its example is that sentence`, () => {
      const sentence = verb.example.split(": ")[0]!
      assert.strictEqual(parseSentence(sentence)?.verb.sentence, verb.sentence)
      assert.include(themes, verb.theme)
    })
    it(`${verb.sentence}: its example stands in a file without a mistake`, () => {
      const lines = [head, ...before(verb), `  - ${verb.example}`, ""]
      const parsed = parseScenario("example.yaml", lines.join("\n"))
      assert.deepStrictEqual("mistakes" in parsed ? parsed.mistakes : [], [])
    })
  }

  it("is there once", () => {
    assert.strictEqual(new Set(verbs.map(({ sentence }) => sentence)).size, verbs.length)
  })
})
