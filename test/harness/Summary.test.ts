import { assert, describe, it } from "@effect/vitest"
import { type Outcome, skipped, type Verdict } from "../../harness/verdict/Outcome.ts"
import type { Level } from "../../harness/language/Clauses.ts"
import { type RunResult, Summary, weigh } from "../../harness/verdict/Summary.ts"
import { TargetFailed } from "../../harness/stage/Target.ts"
import { scenarioOf } from "./playing.ts"

const outcome = (level: Level, verdict: Verdict, more: Partial<Outcome> = {}): Outcome => {
  const scenario = scenarioOf(
    `scenario: a test\nlevel: ${level}\nproves: [${level === "must" ? "LOGIN-1" : "LOGIN-2"}]\ncast: [alice]\nsteps:\n  - alice logs in\n  - alice receives nothing\n`
  )
  return {
    ...skipped(scenario, ""),
    verdict,
    clauses: new Map(scenario.proves.map((id) => [id, { verdict } as never])),
    ...more
  }
}
const crash = { failure: { crash: "exit code 1" } as never }
const lost = { targetLost: new TargetFailed({ reason: "gone", lastLines: [] }) }
const lenient = { strict: false, knownFailures: new Map<string, string>() }
const strict = { ...lenient, strict: true }
const knowing = { ...lenient, knownFailures: new Map([["test", "it is known"]]) }

describe("the result of a run", () => {
  const table: ReadonlyArray<readonly [string, ReadonlyArray<Outcome>, typeof lenient, RunResult]> = [
    ["all passed", [outcome("must", "passed"), outcome("should", "passed")], lenient, "passed"],
    ["what is skipped fails nothing", [outcome("must", "skipped")], lenient, "passed"],
    ["a must that failed", [outcome("must", "passed"), outcome("must", "failed")], lenient, "failed"],
    ["a must that was not reached", [outcome("must", "not_reached")], lenient, "failed"],
    [
      "a should that failed only warns",
      [outcome("should", "failed"), outcome("may", "not_reached")],
      lenient,
      "passed"
    ],
    ["unless the run is strict", [outcome("should", "failed")], strict, "failed"],
    [
      "a crash is the failure of the scenario that it happened in",
      [outcome("must", "failed", crash)],
      lenient,
      "failed"
    ],
    ["a crash in a should only warns", [outcome("should", "failed", crash)], lenient, "passed"],
    ["unless the run is strict", [outcome("should", "failed", crash)], strict, "failed"],
    [
      "a failure wins over a target that is lost",
      [outcome("must", "failed"), outcome("must", "inconclusive", lost)],
      lenient,
      "failed"
    ],
    [
      "a target that is lost after a pass leaves the rest open",
      [outcome("must", "passed"), outcome("must", "inconclusive", lost)],
      lenient,
      "inconclusive"
    ],
    [
      "a target that is lost before anything was judged",
      [outcome("must", "inconclusive", lost), outcome("must", "inconclusive")],
      lenient,
      "targetLost"
    ],
    ["inconclusive", [outcome("must", "inconclusive"), outcome("must", "passed")], lenient, "inconclusive"],
    [
      "a failure wins over it",
      [outcome("must", "inconclusive"), outcome("must", "failed")],
      lenient,
      "failed"
    ],
    ["a known failure fails nothing", [outcome("must", "failed")], knowing, "passed"],
    ["its unexpected pass does", [outcome("must", "passed")], knowing, "failed"]
  ]
  for (const [name, outcomes, weighing, result] of table)
    it(name, () => {
      assert.strictEqual(new Summary(outcomes, weighing).result, result)
    })
})

it("the worst verdict on a clause at a level is the one that counts", () => {
  const { clauses } = new Summary(
    [
      outcome("must", "passed"),
      outcome("must", "failed"),
      outcome("must", "passed"),
      outcome("should", "skipped"),
      outcome("should", "passed")
    ],
    lenient
  )
  assert.deepStrictEqual(
    [...clauses].map(([id, row]) => [id, [...row]]),
    [
      ["LOGIN-1", [["must", "failed"]]],
      ["LOGIN-2", [["should", "passed"]]]
    ]
  )
})

it("what was broken in passing counts, at the level of its clause", () => {
  const { clauses } = new Summary(
    [outcome("must", "passed", { broken: new Map([["PLAIN-1", "a banner"]]) })],
    lenient
  )
  assert.deepStrictEqual([...clauses.get("PLAIN-1")!], [["should", "failed"]])
})

it("an outcome is known by its file", () => {
  assert.strictEqual(weigh(outcome("must", "failed"), knowing), "known")
})
