import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import type { Grade, Result, Score } from "../../../harness/grade/Grade.ts"
import { askedOf, columnsOf, countOf, marksOf, worthOf } from "../../../harness/grade/Marks.ts"
import { clauses, type ClauseId, levels } from "../../../harness/language/Clauses.ts"
import { gradeOf, score, type Shown } from "./grades.ts"

const marked = (shown: ReadonlyArray<Shown>, points: Score = score) => {
  const grade = gradeOf(shown)
  return marksOf(grade, columnsOf([grade], points), points)
}

const anyResult = fc.constantFrom<Result>("passed", "failed", "not_reached", "not_played", "inconclusive")
const anyClause = fc.constantFrom(...(Object.keys(clauses) as ReadonlyArray<ClauseId>))
const anyShown: fc.Arbitrary<ReadonlyArray<Shown>> = fc.uniqueArray(
  fc.tuple(anyClause, fc.constantFrom(...levels), anyResult),
  { selector: ([clause, level]) => `${clause} ${level}`, minLength: 1 }
)
const anyPoints = fc.double({ min: 0, max: 100, noNaN: true })
const anyScore: fc.Arbitrary<Score> = fc.record({
  must: anyPoints,
  should: anyPoints,
  may: anyPoints,
  weights: fc.dictionary(anyClause, fc.double({ min: 0, max: 10, noNaN: true }))
})

describe("marks", () => {
  it("spread the points of a level over its clauses by weight", () => {
    const shown: ReadonlyArray<Shown> = [
      ["LOGIN-1", "must", "passed"],
      ["MSG-1", "must", "failed"],
      ["LOGIN-2", "should", "passed"],
      ["LOGIN-5", "should", "not_reached"]
    ]
    assert.deepStrictEqual(marked(shown), {
      earned: 9,
      max: 18,
      levels: [
        { level: "must", earned: 7, max: 14 },
        { level: "should", earned: 2, max: 4 }
      ]
    })
    assert.strictEqual(marked(shown, { ...score, weights: { "MSG-1": 3 } })!.earned, 3.5 + 2)
  })

  it("are those of the scenarios that were asked, not of what was broken besides", () => {
    const asked = gradeOf([["LOGIN-1", "must", "passed"]])
    const broken = {
      ...asked,
      clauses: [...asked.clauses, gradeOf([["MSG-1", "must", "failed"]]).clauses[0]!]
    }
    assert.strictEqual(marksOf(broken, columnsOf([asked, broken], score), score)!.earned, 14)
  })

  it("are the same for a submission of which nothing is known, and for one that failed everything", () => {
    const columns = columnsOf([gradeOf([["LOGIN-1", "must", "passed"]])], score)
    const none: Grade = gradeOf([], { outcome: "not_built" })
    assert.deepStrictEqual(marksOf(none, columns, score), marked([["LOGIN-1", "must", "failed"]]))
    assert.strictEqual(countOf("not_played", none, columns), 1)
  })

  it("spread over less where a submission is not asked for all", () => {
    const all: ReadonlyArray<Shown> = [
      ["CLIENT-1", "must", "passed"],
      ["CLIENT-5", "must", "failed"]
    ]
    const [asked, unasked] = [gradeOf(all), gradeOf(all.slice(0, 1))]
    const columns = columnsOf([asked, unasked], score)
    assert.deepStrictEqual(
      [asked, unasked].map((grade) => marksOf(grade, askedOf(grade, columns), score)!.earned),
      [7, 14]
    )
  })

  it("say nothing of a submission that could not be judged", () => {
    const grade = gradeOf([["LOGIN-1", "must", "inconclusive"]], { outcome: "inconclusive" })
    assert.isUndefined(marksOf(grade, columnsOf([grade], score), score))
  })

  it("never exceed what there is to be had, and are all of it where everything passes", () => {
    fc.assert(
      fc.property(anyShown, anyScore, (shown, points) => {
        const marks = marked(shown, points)!
        assert.isAtMost(marks.earned, marks.max)
        assert.isAtLeast(marks.earned, 0)
        const perfect = marked(
          shown.map(([clause, level]) => [clause, level, "passed"] as const),
          points
        )!
        assert.strictEqual(perfect.earned, marks.max)
        assert.strictEqual(perfect.max, marks.max)
      })
    )
  })

  it("never get lower when a clause is mended", () => {
    fc.assert(
      fc.property(anyShown, anyScore, fc.nat(), (shown, points, which) => {
        const mended = shown.with(
          which % shown.length,
          [...shown[which % shown.length]!].with(2, "passed") as never
        )
        assert.isAtLeast(marked(mended, points)!.earned, marked(shown, points)!.earned)
      })
    )
  })

  it("are worth, clause by clause, what the level is", () => {
    fc.assert(
      fc.property(anyShown, anyScore, (shown, points) => {
        const columns = columnsOf([gradeOf(shown)], points)
        const sum = columns.reduce((all, column) => all + worthOf(column, columns, points), 0)
        assert.approximately(sum, marked(shown, points)!.max, 0.02)
      })
    )
  })
})
