import { assert, describe, it } from "@effect/vitest"
import { median, ratiosOf, type Sample, spread, valuesOf } from "../../bench/Statistics.ts"

const sample = (round: number, figure: string, server: string, value: number): Sample => ({
  round,
  figure,
  server,
  value
})

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

describe("median", () => {
  it("is the middle one, whatever the order", () => assert.strictEqual(median([9, 1, 5]), 5))
  it("lies between the two in the middle", () => assert.strictEqual(median([1, 2, 4, 100]), 3))
  it("leaves its argument as it was", () => {
    const values = [3, 1, 2]
    median(values)
    assert.deepStrictEqual(values, [3, 1, 2])
  })
})

describe("spread", () => {
  it("is the middle, the least and the most", () =>
    assert.deepStrictEqual(spread([3, 1, 2]), { median: 2, least: 1, most: 3 }))
  it("has an interval of the median where a sign test of its rounds can tell", () => {
    assert.isUndefined(spread(upTo(5))!.interval)
    assert.deepStrictEqual(spread(upTo(6))!.interval, [1, 6])
    assert.deepStrictEqual(spread(upTo(9))!.interval, [2, 8])
    assert.deepStrictEqual(spread(upTo(15).toReversed())!.interval, [4, 12])
  })
  it("of nothing is nothing", () => assert.isUndefined(spread([])))
})

describe("ratiosOf", () => {
  const samples = [
    sample(1, "cost", "ours", 2),
    sample(1, "cost", "floor", 1),
    sample(2, "cost", "floor", 4),
    sample(2, "cost", "ours", 2),
    sample(2, "other", "ours", 1000),
    sample(3, "cost", "ours", 7)
  ]

  it("compares with the reference of the same round alone", () =>
    assert.deepStrictEqual(ratiosOf(samples, "cost", "ours", "floor"), [2, 0.5]))
  it("leaves out rounds without the reference, which values keep", () => {
    assert.strictEqual(ratiosOf(samples, "cost", "ours", "floor").length, 2)
    assert.deepStrictEqual(valuesOf(samples, "cost", "ours"), [2, 2, 7])
  })
  it("is 1 for the reference itself", () =>
    assert.deepStrictEqual(ratiosOf(samples, "cost", "floor", "floor"), [1, 1]))
})
