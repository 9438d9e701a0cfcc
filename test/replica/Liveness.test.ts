import { assert, describe, it } from "@effect/vitest"
import { Liveness } from "../../src/replica/Liveness.ts"

const leaseMillis = 10_000

/** Plays `a` from 0 on: its looks and own entries every so often, and the entries of `b` and `c` at given times. */
const deaths = ({
  own = always,
  looks = always,
  b = always,
  c = always,
  until = 30_000
}: {
  readonly own?: (t: number) => boolean
  readonly looks?: (t: number) => boolean
  readonly b?: (t: number) => boolean
  readonly c?: (t: number) => boolean
  readonly until?: number
}): ReadonlyArray<string> => {
  const liveness = new Liveness(leaseMillis, 0)
  const found = new Map<string, number>()
  for (let t = 0; t <= until; t += 100) {
    if (t % 500 === 0) {
      if (b(t)) liveness.heard("b", t)
      if (c(t)) liveness.heard("c", t)
      if (own(t)) liveness.heardOwn(t)
    }
    if (!looks(t)) continue
    for (const node of liveness.look(["b", "c"], t)) if (!found.has(node)) found.set(node, t)
    if (liveness.isCutOff(t) && !found.has("cut off")) found.set("cut off", t)
  }
  return [...found].map(([node, t]) => `${node} ${t}`)
}

const always = () => true
const until = (end: number) => (t: number) => t <= end
const except = (from: number, to: number) => (t: number) => t < from || t >= to

describe("Liveness", () => {
  it.each([
    ["everybody is heard", {}, []],
    ["one falls silent: dead after the lease", { b: until(5_000) }, ["b 15000"]],
    ["one was never heard", { c: () => false }, ["c 10000"]],
    ["silence of less than the lease", { b: except(3_000, 12_500) }, []],
    ["two fall silent", { b: until(2_000), c: until(4_000) }, ["b 12000", "c 14000"]],
    ["one's own entries have a gap of a second", { own: except(6_000, 6_500), b: until(5_000) }, ["b 15000"]],
    ["a longer gap begins the count anew", { own: except(6_000, 8_000), b: until(5_000) }, ["b 18000"]],
    [
      "each gap does",
      { own: (t: number) => except(6_000, 8_000)(t) && except(12_000, 14_000)(t), b: until(5_000) },
      ["b 24000"]
    ],
    ["nobody is dead in a gap", { own: until(9_000), b: until(1_000), until: 18_600 }, []],
    [
      "nothing of one's own for nearly the lease: cut off before the others say so",
      { own: until(9_000), b: until(9_000), c: until(9_000) },
      ["cut off 18700"]
    ],
    [
      "a process that stood still knows nothing",
      { looks: except(6_000, 16_000), own: except(6_000, 16_000), b: except(6_000, 16_000), c: until(6_000) },
      ["c 26000"]
    ],
    [
      "even one that is not woken by an entry first",
      { looks: except(6_000, 20_000), own: except(6_000, 20_500), b: until(6_000), until: 29_000 },
      []
    ]
  ] as const)("%s", (_, times, expected) => {
    assert.deepStrictEqual(deaths(times), expected)
  })

  it("knows whom it has heard since it began anew, of those who are there", () => {
    const liveness = new Liveness(leaseMillis, 0)
    liveness.heard("b", 100)
    assert.isTrue(liveness.hasHeard(["b", "c"]))
    assert.isFalse(liveness.hasHeard(["c"]))
    liveness.beginAnew(200)
    assert.isFalse(liveness.hasHeard(["b"]))
  })

  it("forgets those who are not there any more", () => {
    const liveness = new Liveness(leaseMillis, 0)
    liveness.heard("b", 100)
    liveness.look(["c"], 200)
    assert.isFalse(liveness.hasHeard(["b"]))
  })
})
