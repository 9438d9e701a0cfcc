import { assert, describe, it } from "@effect/vitest"
import { parseScenario } from "../../harness/scenario/ScenarioReader.ts"
import { nearestSentence, parseSentence, verbs } from "../../harness/scenario/Grammar.ts"
import { themes, type Verb } from "../../harness/verbs/Step.ts"

describe("a sentence is found in the verb table", () => {
  type Slots = {
    readonly subject?: string
    readonly name?: string
    readonly other?: string
    readonly room?: string
    readonly nameFollows?: true
  }
  const table: ReadonlyArray<readonly [sentence: string, verb: string, slots: Slots]> = [
    ["alice connects", "{subject} connects|connect", { subject: "alice" }],
    ["alice and bob connect", "{subject} connects|connect", { subject: "alice and bob" }],
    ["every guest connects", "{subject} connects|connect", { subject: "every guest" }],
    ["bob cannot connect", "{subject} cannot connect", { subject: "bob" }],
    ["alice logs in", "{subject} logs|log in", { subject: "alice" }],
    [
      "alice logs in as Jean Paul",
      "{subject} logs|log in as {name}",
      { subject: "alice", name: "Jean Paul" }
    ],
    ["alice logs in as", "{subject} logs|log in as {name}", { subject: "alice", nameFollows: true }],
    [
      "bob tries to log in as alice",
      "{subject} tries|try to log in as {name}",
      { subject: "bob", name: "alice" }
    ],
    ["the others are refused", "{subject} is|are refused", { subject: "the others" }],
    ["bob keeps trying to log in", "{subject} keeps|keep trying to log in", { subject: "bob" }],
    [
      "bob keeps trying to log in as a",
      "{subject} keeps|keep trying to log in as {name}",
      { subject: "bob", name: "a" }
    ],
    ["bob keeps trying", "{subject} keeps|keep trying", { subject: "bob" }],
    ["alice says", "{subject} says|say", { subject: "alice" }],
    ["alice sends", "{subject} sends|send", { subject: "alice" }],
    ["alice sends the rest", "{subject} sends|send the rest", { subject: "alice" }],
    ["alice sends bytes", "{subject} sends|send bytes", { subject: "alice" }],
    ["alice receives", "{subject} receives|receive", { subject: "alice" }],
    ["alice receives nothing", "{subject} receives|receive nothing", { subject: "alice" }],
    ["everyone else receives", "{subject} receives|receive", { subject: "everyone else" }],
    ["one of a, b and c receives", "{subject} receives|receive", { subject: "one of a, b and c" }],
    [
      "alice sees that bob is gone",
      "{subject} sees|see that {other} is|are gone",
      { subject: "alice", other: "bob" }
    ],
    ["alice joins lab", "{subject} joins|join {room}", { subject: "alice", room: "lab" }],
    ["alice and bob leave lab", "{subject} leaves|leave {room}", { subject: "alice and bob", room: "lab" }],
    ["alice says in lab", "{subject} says|say in {room}", { subject: "alice", room: "lab" }],
    ["alice says to bob", "{subject} says|say to {other}", { subject: "alice", other: "bob" }],
    [
      "everyone else receives in lab",
      "{subject} receives|receive in {room}",
      { subject: "everyone else", room: "lab" }
    ],
    ["alice receives in any order", "{subject} receives|receive in any order", { subject: "alice" }],
    [
      "alice receives from bob privately",
      "{subject} receives|receive from {other} privately",
      { subject: "alice", other: "bob" }
    ],
    ["alice asks who is there", "{subject} asks|ask who is there", { subject: "alice" }],
    ["alice asks who is in lab", "{subject} asks|ask who is in {room}", { subject: "alice", room: "lab" }],
    ["alice comes back", "{subject} comes|come back", { subject: "alice" }],
    [
      "phone takes over from alice",
      "{subject} takes|take over from {other}",
      { subject: "phone", other: "alice" }
    ],
    ["every guest's network", "{subject}'s network", { subject: "every guest" }],
    ["at the same time", "at the same time", {}],
    ["note", "note", {}]
  ]
  for (const [sentence, verb, slots] of table)
    it(sentence, () => {
      const parsed = parseSentence(sentence)
      const { name, nameFollows, other, room, subject } = parsed!
      assert.strictEqual(parsed!.verb.sentence, verb)
      assert.deepStrictEqual({ subject, name, other, room, nameFollows }, {
        subject: undefined,
        name: undefined,
        other: undefined,
        room: undefined,
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
    ["alice say in lab", "alice says in lab"],
    ["alice joines lab", "alice joins lab"],
    ["alice recieves in lab", "alice receives in lab"],
    ["alice come back", "alice comes back"],
    ["alice dances on the table all night long", undefined]
  ]
  for (const [written, meant] of table)
    it(`${written} → ${meant ?? "nothing near"}`, () => {
      assert.strictEqual(nearestSentence(written, cast), meant)
    })
})

/** The steps that the example of a row needs before it. */
const before = ({ feature, needs, part, resumes, seesGone, steps }: Verb): ReadonlyArray<string> => [
  ...(needs === "connected" || steps !== undefined
    ? [`  - alice and bob and guest1 log in${feature === undefined ? "" : `: { features: [${feature}] }`}`]
    : []),
  ...(resumes === true ? ["  - alice logs in: { features: [history] }"] : []),
  ...(feature !== undefined && resumes === true ? ["  - alice is cut off"] : []),
  ...(part === "ends" ? ["  - alice sends part of: { message: { type: list }, bytes: 5 }"] : []),
  ...(seesGone === true ? ["  - bob disconnects"] : [])
]

/** The beginning of a file for the example of a row. */
const head = ({ onlyPrograms }: Verb): string => {
  const alice = onlyPrograms === true ? "{ program: chat }" : "{}"
  return `scenario: an example\nneeds: [rooms, direct, history]\ncast: { alice: ${alice}, bob: {}, carol: {}, dave: {}, guest1: {} }\nsteps:`
}

describe("each row of the verb table", () => {
  for (const verb of verbs) {
    it(`${verb.sentence}: its example is that sentence`, () => {
      const sentence = verb.example.split(": ")[0]!
      assert.strictEqual(parseSentence(sentence)?.verb.sentence, verb.sentence)
      assert.include(themes, verb.theme)
    })
    it(`${verb.sentence}: its example stands in a file without a mistake`, () => {
      const lines = [head(verb), ...before(verb), `  - ${verb.example}`, ""]
      const parsed = parseScenario("example.yaml", lines.join("\n"))
      assert.deepStrictEqual("mistakes" in parsed ? parsed.mistakes : [], [])
    })
  }

  it("is there once", () => {
    assert.strictEqual(new Set(verbs.map(({ sentence }) => sentence)).size, verbs.length)
  })
})
