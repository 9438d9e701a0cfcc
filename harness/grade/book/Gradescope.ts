import { visible } from "../../Format.ts"
import { type Column, resultIn, worthOf } from "../Marks.ts"
import type { ScenarioGrade } from "../Grade.ts"
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
 * The results of one submission for Gradescope: a test for each clause. What hidden scenarios decide is shown once the
 * grades are published, whether they passed or not; until then Gradescope shows no total either.
 */
export const gradescopeOf = (shown: Shown): string => {
  const { book, columns, grade, marks } = shown
  const { texts } = book
  const results = {
    // where there are no marks, there is no score to take for a zero
    ...(marks === undefined ? {} : { score: marks.earned }),
    execution_time: Math.round(grade.millis / 1000),
    output: visible(told(texts.grading.outcomes[grade.outcome], grade.reason, texts)),
    output_format: "text",
    tests: columns.flatMap((column) => testsOf(column, shown))
  }
  return `${JSON.stringify(results, null, 2)}\n`
}

const testsOf = (column: Column, shown: Shown): ReadonlyArray<Test> => {
  const { book, columns, grade, marks } = shown
  const { texts } = book
  const result = resultIn(grade, column)
  const worth = rounded(worthOf(column, columns, book.score))
  const title = `${columnName(column)} ${texts.clauses[column.clause].title}`
  const failures = failuresOf(grade, column)
  const points = { score: result === "passed" ? worth : 0, max_score: worth }
  const decided: Test = {
    name: result === "passed" || result === "failed" ? title : told(title, resultWord(result, texts), texts),
    ...(marks === undefined ? {} : points),
    ...(result === "passed" || result === "failed" ? { status: result } : {}),
    ...outputOf(failures, shown),
    tags: [column.level],
    visibility: "visible"
  }
  if (!isAskedInSecret(column, shown)) return [decided]
  const seen = failures.filter(({ isHidden }) => !isHidden)
  // what may be seen before: the same as if there were no hidden scenarios
  const open: Test = {
    name: `${columnName(column)} ${texts.clauses[column.clause].title}`,
    ...(seen.length > 0 ? { status: "failed" } : {}),
    ...outputOf(seen, shown),
    tags: [column.level],
    visibility: "visible"
  }
  return [...(seen.length > 0 ? [open] : []), { ...decided, visibility: "after_published" }]
}

/** Decided by the scenarios of the class alone: what came out must not show in what can be seen. */
const isAskedInSecret = ({ clause, level }: Column, { book }: Shown): boolean =>
  book.grades.some(({ scenarios }) =>
    scenarios.some((one) => one.isHidden && one.level === level && one.clauses.includes(clause))
  )

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
