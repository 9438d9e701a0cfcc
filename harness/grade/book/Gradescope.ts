import { visible } from "../../Format.ts"
import { type Column, resultIn, worthOf } from "../Marks.ts"
import type { Result, ScenarioGrade } from "../Grade.ts"
import { failuresOf, columnName, resultWord, type Shown, told } from "./Shown.ts"

/** A test as Gradescope shows it: https://gradescope-autograders.readthedocs.io/en/latest/specs/ */
interface Test {
  readonly name: string
  readonly score?: number
  readonly max_score?: number
  readonly status?: "passed" | "failed"
  readonly output?: string
  readonly output_format?: "text"
  readonly tags: ReadonlyArray<string>
  readonly visibility: "visible" | "after_published"
}

/**
 * The results of one submission for Gradescope: a test for each clause. What hidden scenarios found is shown once the grades
 * are published; until then Gradescope shows no total either.
 */
export const gradescopeOf = (shown: Shown): string => {
  const { asked, book, grade, marks } = shown
  const { texts } = book
  const results = {
    // where there are no marks, there is no score to take for a zero
    ...(marks === undefined ? {} : { score: marks.earned }),
    execution_time: Math.round(grade.millis / 1000),
    output: visible(told(texts.grading.outcomes[grade.outcome], grade.reason, texts)),
    output_format: "text",
    tests: asked.flatMap((column) => testsOf(column, shown))
  }
  return `${JSON.stringify(results, null, 2)}\n`
}

/** Where there are hidden scenarios, any clause may be broken in one of them: then only what the visible ones show is visible. */
const testsOf = (column: Column, shown: Shown): ReadonlyArray<Test> => {
  const { asked, book, grade, marks } = shown
  const failures = failuresOf(grade, column)
  const result = resultIn(grade, column) ?? "not_played"
  const worth = rounded(worthOf(column, asked, book.score))
  const points = { score: result === "passed" ? worth : 0, max_score: worth }
  const whole = { ...testOf(column, result, failures, shown), ...(marks === undefined ? {} : points) }
  if (!book.grades.some(({ scenarios }) => scenarios.some(({ isHidden }) => isHidden)))
    return [{ ...whole, visibility: "visible" }]
  const seen = failures.filter(({ isHidden }) => !isHidden)
  const open = testOf(column, resultSeen(column, seen, shown), seen, shown)
  return [
    { ...open, visibility: "visible" },
    { ...whole, visibility: "after_published" }
  ]
}

/** What the visible scenarios show of a clause. */
const resultSeen = (
  { clause, level }: Column,
  failures: ReadonlyArray<ScenarioGrade>,
  { grade }: Shown
): Result => {
  if (failures.length > 0) return "failed"
  const about = grade.scenarios.filter(
    (one) => !one.isHidden && one.level === level && one.clauses.includes(clause)
  )
  if (about.length === 0) return "not_played"
  const open = about.find(({ result }) => result !== "passed")?.result
  return open === "failed" ? "not_reached" : (open ?? "passed")
}

const testOf = (
  column: Column,
  result: Result,
  failures: ReadonlyArray<ScenarioGrade>,
  shown: Shown
): Omit<Test, "visibility"> => {
  const { texts } = shown.book
  const title = `${columnName(column)} ${texts.clauses[column.clause].title}`
  const isDecided = result === "passed" || result === "failed"
  return {
    name: isDecided ? title : told(title, resultWord(result, texts), texts),
    ...(isDecided ? { status: result } : {}),
    ...outputOf(failures, shown),
    tags: [column.level]
  }
}

const outputOf = (failures: ReadonlyArray<ScenarioGrade>, { book: { texts } }: Shown) =>
  failures.length === 0
    ? {}
    : {
        output: failures
          .map(({ isHidden, sentence, title }) =>
            visible(told(isHidden ? texts.gradebook.hiddenScenario : title, sentence, texts))
          )
          .join("\n"),
        output_format: "text" as const
      }

/** Gradescope shows what it is given. */
const rounded = (points: number): number => Math.round(points * 10_000) / 10_000
