import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { writeBook } from "../../../harness/grade/book/Book.ts"
import { classPageOf } from "../../../harness/grade/book/ClassPage.ts"
import { gradescopeOf } from "../../../harness/grade/book/Gradescope.ts"
import { suspectsAmong } from "../../../harness/grade/book/Notices.ts"
import { shownOf } from "../../../harness/grade/book/Shown.ts"
import { studentReportOf } from "../../../harness/grade/book/StudentReport.ts"
import type { Grade } from "../../../harness/grade/Grade.ts"
import { french } from "../../../harness/texts/fr.ts"
import { hostile } from "../html.ts"
import { bookOf, gradeOf, scenarioGrade, type Shown } from "./grades.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const folder = temporaryFolder()

const one = (grade: Grade, changes = {}) => shownOf(bookOf([grade], changes))[0]!

const mixed: ReadonlyArray<Shown> = [
  ["LOGIN-1", "must", "passed"],
  ["MSG-1", "must", "failed"],
  ["LEAVE-1", "must", "not_reached"],
  ["LOGIN-2", "should", "passed"]
]

/** A class that asks for MSG-1 in the open and in secret; of the secret there is a sentence for students. */
const secret = (result: "passed" | "failed", hidden: "passed" | "failed") => {
  const open = scenarioGrade("MSG-1", "must", result)
  const closed = scenarioGrade("MSG-1", "must", hidden, {
    name: "secret-name",
    title: "secret title",
    isHidden: true,
    ...(hidden === "failed" ? { sentence: "Everybody hears a message once." } : {})
  })
  const worst = result === "failed" || hidden === "failed" ? "failed" : "passed"
  return gradeOf([["MSG-1", "must", worst]], { scenarios: [open, closed] })
}

describe("the report to a student", () => {
  it("begins with the marks and what failed, in words, and tells apart what was not reached", () => {
    const report = studentReportOf(one(gradeOf(mixed)))
    assert.deepStrictEqual(
      report.split("\n").filter((line) => /^[#*]/.test(line)),
      [
        "# Report on ada",
        "**8.67 of 18** (must 4.67 of 14, should 4 of 4)",
        "## What failed",
        "### MSG-1 (must) everyone else receives a message, once",
        "## Not reached",
        "## How it was graded"
      ]
    )
    assert.include(report, "- it is about MSG-1 (`about-msg-1`): MSG-1 does not hold\n")
    assert.match(report, /## Not reached\n\n.*not called wrong\.\n\n- LEAVE-1 \(must\)/)
  })

  it("says in which way a submission could not be judged, and quotes what it wrote without obeying it", () => {
    const log = ["server.cpp:1: error", "```", "# not a heading"]
    const grade = gradeOf(mixed, { outcome: "not_built", reason: "make: *boom*", log })
    const report = studentReportOf(one(grade))
    assert.include(report, "**does not build**: make: \\*boom\\*\n")
    assert.include(report, "````text\nserver.cpp:1: error\n```\n# not a heading\n````")
  })

  it("says of a hidden scenario its clause and one sentence", () => {
    const grade = { ...secret("passed", "failed"), unsteady: ["secret-name"] }
    const report = studentReportOf(one(grade))
    assert.include(report, "### MSG-1 (must)")
    assert.include(report, "- a hidden scenario: Everybody hears a message once.")
    assert.notInclude(report, "secret")
  })

  it("is harmless whatever was sent", () => {
    const scenarios = [
      scenarioGrade("MSG-1", "must", "failed", { title: hostile, sentence: `\n# ${hostile}` })
    ]
    const report = studentReportOf(one(gradeOf(mixed, { name: `a](http://b)`, scenarios })))
    assert.notMatch(report, /(?<!\\)<|\u202e|^# <|(?<!\\)\]\(/m)
  })

  it("speaks French", () => {
    const report = studentReportOf(one(gradeOf(mixed), { texts: french }))
    assert.include(report, "**8,67 sur 18**")
    assert.include(report, "## Non atteint")
    assert.include(report, "(`about-msg-1`)\u00a0: MSG-1 does not hold")
  })
})

const testsOf = (grade: Grade) =>
  JSON.parse(gradescopeOf(one(grade))) as {
    score?: number
    tests: ReadonlyArray<Record<string, unknown>>
  }

describe("a clause that is broken in passing", () => {
  it("is told where its own level is, with the scenario that showed it", () => {
    const scenarios = [
      scenarioGrade("MSG-1", "must", "passed", { failed: ["WIRE-1"], sentence: "no newline" }),
      scenarioGrade("WIRE-1", "should", "passed")
    ]
    const shown: ReadonlyArray<Shown> = [
      ["MSG-1", "must", "passed"],
      ["WIRE-1", "should", "failed"]
    ]
    const report = studentReportOf(one(gradeOf(shown, { scenarios })))
    assert.match(report, /### WIRE-1 \(should\).*\n\n.*\n\n- it is about MSG-1 .*: no newline\n/)
  })
})

describe("the results for Gradescope", () => {
  it("have a test for each clause, and the marks", () => {
    const { score, tests } = testsOf(gradeOf(mixed))
    assert.strictEqual(score, 8.67)
    assert.deepStrictEqual(
      tests.map(({ max_score, score, status, visibility }) => [score, max_score, status, visibility]),
      [
        [4.6667, 4.6667, "passed", "visible"],
        [0, 4.6667, "failed", "visible"],
        [0, 4.6667, undefined, "visible"],
        [4, 4, "passed", "visible"]
      ]
    )
    assert.match(String(tests[2]!["name"]), /^LEAVE-1 \(must\) .*: not reached$/)
    assert.strictEqual(tests[1]!["output"], "it is about MSG-1: MSG-1 does not hold")
  })

  it("show before the grades are published nothing of what hidden scenarios found", () => {
    const visible = (grade: Grade) => testsOf(grade).tests.filter((test) => test["visibility"] === "visible")
    for (const open of ["passed", "failed"] as const) {
      const tests = visible(secret(open, "failed"))
      assert.deepStrictEqual(tests, visible(secret(open, "passed")))
      assert.deepStrictEqual(
        tests.map(({ score, status }) => [status, score]),
        [[open, undefined]]
      )
    }
    const { tests } = testsOf(secret("failed", "failed"))
    assert.deepInclude(tests.at(-1), { status: "failed", score: 0, visibility: "after_published" })
    assert.notInclude(JSON.stringify(tests), "secret")
  })

  it("have no score where nothing could be judged", () => {
    const { score, tests } = testsOf(gradeOf(mixed, { outcome: "inconclusive" }))
    assert.isUndefined(score)
    for (const test of tests) assert.notProperty(test, "score")
  })
})

/** A class of which so many fail a clause and others pass it; one did not come that far. */
const failing = (count: number, others: number) =>
  shownOf(
    bookOf([
      ...Array.from({ length: count }, () => gradeOf([["MSG-1", "must", "failed"]])),
      ...Array.from({ length: others }, () => gradeOf([["MSG-1", "must", "passed"]])),
      gradeOf([["MSG-1", "must", "not_reached"]])
    ])
  )
const page = (grades: ReadonlyArray<Grade>, changes = {}) => {
  const book = bookOf(grades, changes)
  return classPageOf(book, shownOf(book), () => true)
}

describe("the page about a class", () => {
  it("suspects the scenario of a clause that nearly everybody fails, of those who came that far", () => {
    assert.strictEqual(suspectsAmong(failing(4, 1)).size, 1)
    assert.strictEqual(suspectsAmong(failing(3, 0)).size, 1)
    assert.strictEqual(suspectsAmong(failing(3, 1)).size, 0)
    assert.strictEqual(suspectsAmong(failing(2, 0)).size, 0)
  })

  it("says who is not contained, who is unsteady, and who has no marks", () => {
    const told = page([
      gradeOf(mixed, { name: "ada", containment: "not_contained" }),
      gradeOf(mixed, { name: "bob", unsteady: ["broadcast"] }),
      gradeOf(mixed, { name: "eve", outcome: "inconclusive" })
    ])
    assert.match(told, /Not contained[^]*?<span>ada<\/span>/)
    assert.match(told, /Unsteady[^]*?<span>bob \(broadcast\)<\/span>/)
    assert.match(told, /Inconclusive[^]*?<span>eve<\/span>/)
  })

  it("is harmless whatever somebody is called or sends", () => {
    const scenarios = [scenarioGrade("MSG-1", "must", "failed", { title: hostile, sentence: hostile })]
    const told = page([gradeOf(mixed, { name: hostile, scenarios })], { title: hostile })
    assert.notInclude(told, "<img")
    assert.notInclude(told, "\u202e")
    assert.strictEqual(told.split("</script").length, 3)
  })
})

describe("the files about a class", () => {
  it("are written again with each grade, and are there for everybody", () => {
    const [ada, eve] = [gradeOf(mixed), gradeOf(mixed, { name: "eve" })]
    writeBook(bookOf([ada], { folder, waiting: ["eve"] }))
    assert.include(readFileSync(join(folder, "index.html"), "utf8"), "1 still to be graded")
    writeBook(bookOf([ada, eve], { folder }))
    assert.notInclude(readFileSync(join(folder, "index.html"), "utf8"), "still to be graded")
    assert.deepStrictEqual(readdirSync(folder).toSorted(), ["ada", "eve", "grades.csv", "index.html"])
    assert.deepStrictEqual(readdirSync(join(folder, "eve")).toSorted(), ["report.md", "results.json"])
    const [head, ...rows] = readFileSync(join(folder, "grades.csv"), "utf8").trimEnd().split("\r\n")
    assert.match(head!, /^name,outcome,marks,max,must,should,may,.*,LOGIN-1 must,MSG-1 must,/)
    assert.deepStrictEqual(
      rows.map((row) => row.split(",").slice(0, 6)),
      ["ada", "eve"].map((name) => [name, "graded", "8.67", "18", "4.67", "4"])
    )
  })
})
