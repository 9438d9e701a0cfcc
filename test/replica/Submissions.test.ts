import { assert, describe, it } from "@effect/vitest"
import { Submissions } from "../../src/replica/Submissions.ts"

const rules = {} as never
const ignore = () => {}

describe("What was submitted", () => {
  it("has the begin of a node first in its entry, whatever else came in the same turn", () => {
    const submissions = new Submissions(true)
    submissions.add({ operation: { t: "beat" }, done: ignore })
    submissions.add({ operation: { t: "up", epoch: "e", rules, alone: true, version: "1" }, done: ignore })
    submissions.add({ operation: { t: "dead", node: "past" }, done: ignore })
    const types = submissions.take(1, 1_000_000, 0).map(({ t }) => t)
    assert.strictEqual(types[0], "up")
    assert.sameMembers(types, ["up", "beat", "dead"])
  })
})
