import { assert, describe, it } from "@effect/vitest"
import { peers } from "../../bench/Peers.ts"
import type { Result } from "../../bench/Result.ts"
import { carried, scaling } from "../../bench/Scaling.ts"
import { sections } from "../../bench/Sections.ts"

const costs = { said: 100, heard: 50, delivery: 2 }

describe("what servers carry", () => {
  it("is what fits into their cores: a message is said once, heard elsewhere, and delivered to its room", () => {
    assert.approximately(carried(costs, 1, 1), 700_000 / 100, 0.001)
    assert.approximately(carried(costs, 1, 51), 700_000 / 200, 0.001)
    assert.approximately(carried(costs, 3, 1), (3 * 700_000) / 200, 0.001)
  })

  it("grows with the servers, but never beyond what one server can hear", () => {
    const counts = [1, 2, 10, 100, 1_000].map((servers) => carried(costs, servers, 10))
    assert.deepStrictEqual(
      counts,
      counts.toSorted((a, b) => a - b)
    )
    assert.isBelow(counts.at(-1)!, 700_000 / 50)
  })
})

const result = (values: Readonly<Record<string, number>>): Result => ({
  date: "2030-01-02T03:04:05.000Z",
  version: "1.2.3",
  machine: { processor: "Abacus 9", processors: 2, memoryGigabytes: 8, system: "Linux 7", node: "26.0.0" },
  quick: false,
  rounds: 1,
  seconds: 99.6,
  servers: peers.filter(({ role }) => role === "ours").map((peer) => Object.assign({ version: "2.0" }, peer)),
  sections: sections.filter(({ isApart }) => isApart),
  samples: Object.entries(values).map(([figure, value]) => ({ round: 1, figure, server: "palabre", value })),
  notes: []
})

describe("the figures of several servers", () => {
  it("have a row for each figure, and what follows from them", () => {
    const text = scaling(result({ said: 100, heard: 50, unkept: 2, logMessages: 60_000, threeBrokers: 1.04 }))
    assert.match(text, /\| CPU of a server per message that is said on another one +\| +50\.0 µs \|/)
    assert.match(text, /\| 1 +\| +5,932 \| +2,349 \| +334 \|/)
    assert.match(text, /\| one log +\| +60,000 \|/)
    assert.match(text, /1\.04 × \| ≤ 1\.3 × .*reached/)
  })

  it("say nothing of what was not measured", () => {
    assert.notInclude(scaling(result({ said: 100, heard: 50 })), "one log")
  })
})
