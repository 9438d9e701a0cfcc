import { assert, describe, it } from "@effect/vitest"
import { doubtsAbout, type Reading } from "../../bench/Generator.ts"

const reading = (given: Partial<Reading>): Reading => ({
  phase: "saturate",
  seconds: 1,
  cpuSeconds: 0.99,
  besideSeconds: 0,
  generatorSeconds: 0.5,
  residentBytes: 1,
  operations: 1,
  lost: 0,
  p50Micros: 1,
  p99Micros: 1,
  maxMicros: 1,
  ...given
})

const doubts = (given: Partial<Reading>) => doubtsAbout(reading(given)).join()

describe("doubts about a reading", () => {
  it("are none where the server was busy and the generator was not", () => assert.strictEqual(doubts({}), ""))

  it("are that the generator was the bottleneck: it was busy all the time and the server was not", () => {
    assert.include(doubts({ generatorSeconds: 0.95, cpuSeconds: 0.6 }), "bottleneck")
    assert.strictEqual(doubts({ generatorSeconds: 0.95, cpuSeconds: 0.95 }), "")
    assert.strictEqual(doubts({ generatorSeconds: 0.95, cpuSeconds: 0.6, phase: "pace" }), "")
  })

  it("are that the generator was late", () => {
    assert.include(doubts({ phase: "pace", lateMicros: 20_000 }), "late")
    assert.strictEqual(doubts({ phase: "pace", lateMicros: 20 }), "")
  })

  it("are that messages are missing, and whether a client that does not read is why", () => {
    assert.include(doubts({ lost: 1 }), "never arrived")
    assert.include(doubts({ lost: 1, frozenConnected: true }), "does not read")
  })
})
