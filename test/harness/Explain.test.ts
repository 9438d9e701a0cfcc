import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type ClauseId, clauses } from "../../harness/language/Clauses.ts"
import { explainedClause, explainedScenario } from "../../harness/report/Explanation.ts"
import { colourless } from "../../harness/report/Style.ts"
import { loadScenarios } from "../../harness/scenario/Files.ts"
import { cureOf } from "../../harness/texts/Cures.ts"
import { english } from "../../harness/texts/en.ts"
import { mistakesOf } from "../../harness/texts/Mistakes.ts"
import { scenarioOf } from "./playing.ts"

const writing = { texts: english, style: colourless, width: 80 }
const ids = Object.keys(clauses) as ReadonlyArray<ClauseId>

describe("the catalogue of texts", () => {
  it("has a usual mistake for each clause, and a clause for each mistake", () => {
    for (const clause of ids) assert.isAbove(mistakesOf[clause].length, 0, clause)
    const used = new Set(Object.values(mistakesOf).flat())
    assert.sameMembers([...used], Object.keys(english.mistakes))
  })

  it("has titles that can stand within a sentence, and rules and reasons that are sentences", () => {
    for (const [clause, { rule, title, why }] of Object.entries(english.clauses)) {
      assert.match(title, /^[a-z0-9].*[^.]$/, clause)
      assert.match(rule, /[.]$/, clause)
      assert.match(why, /[.]$/, clause)
    }
  })
})

describe("the explanation of a clause", () => {
  it.effect("fits into 80 columns, whichever it is", () =>
    Effect.gen(function* () {
      const scenarios = yield* loadScenarios([])
      for (const clause of ids)
        for (const line of explainedClause(clause, scenarios, writing))
          assert.isAtMost(line.length, 80, `${clause}: ${line}`)
    })
  )

  it("has the rule, the reason, every mistake with its cure and code, and the scenarios about it", () => {
    const about = scenarioOf(
      "scenario: a title\nproves: [LEAVE-4]\ncast: [a]\nsteps:\n  - a logs in\n  - a stays connected\n"
    )
    const other = scenarioOf(
      "scenario: the other one\nproves: [MSG-1]\ncast: [a]\nsteps:\n  - a logs in\n  - a receives nothing\n"
    )
    const text = explainedClause("LEAVE-4", [about, other], writing).join("\n")
    assert.include(text, "LEAVE-4  one client's end ends nobody else  (must)")
    assert.include(text, "However a client ends, the server and all the others go on.")
    for (const mistake of mistakesOf["LEAVE-4"]) {
      assert.include(text, english.mistakes[mistake].title)
      for (const [language, code] of cureOf(mistake))
        assert.include(text, `    ${language}\n        ${code.split("\n")[0]!}\n`)
    }
    assert.include(text, "  must    test  a title")
    assert.notInclude(text, "the other one")
    assert.include(text, "pnpm scenario --proves LEAVE-4")
  })
})

it("the explanation of a scenario has its title, story, clauses, and steps with what they are for", () => {
  const scenario = scenarioOf(`scenario: nobody hears themselves
proves: [MSG-2, MSG-3]
story: >
  The sender is told,
  and that is all.
cast: [alice]
before:
  - alice logs in
steps:
  - alice says: hello
  - alice receives nothing:
      because: nobody hears their own words back
`)
  assert.deepStrictEqual(explainedScenario(scenario, writing), [
    "nobody hears themselves  (must)",
    "",
    "  The sender is told, and that is all.",
    "",
    "Clauses it is about",
    "  MSG-2     the sender is told that its message was sent",
    "  MSG-3     nobody hears their own message",
    "",
    "Steps",
    "   8 │   - alice logs in",
    "   9 │ steps:",
    "  10 │   - alice says: hello",
    "  11 │   - alice receives nothing:",
    "  12 │       because: nobody hears their own words back",
    "",
    "Play  pnpm scenario scenarios/test.yaml",
    "More  pnpm scenario explain MSG-2"
  ])
})
