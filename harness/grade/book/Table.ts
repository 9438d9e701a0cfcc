import { levels } from "../../language/Clauses.ts"
import { countOf, resultIn } from "../Marks.ts"
import { csvOf } from "./Csv.ts"
import type { Shown } from "./Shown.ts"

/** The grades as a table for other programs: a row for each submission, with the same names in every language. */
export const tableOf = (shown: ReadonlyArray<Shown>): string => {
  const columns = shown[0]?.columns ?? []
  const head = [...facts, ...columns.map(({ clause, level }) => `${clause} ${level}`)]
  return csvOf([head, ...shown.map(rowOf)])
}

/** What is told of each submission, in front of the clauses. */
const facts = [
  "name",
  "outcome",
  "marks",
  "max",
  ...levels,
  "failed",
  "not_reached",
  "not_played",
  "unsteady",
  "containment",
  "seconds",
  "graded_at"
]

/** Where there are no marks, cells are empty: a zero would count. */
const rowOf = ({ asked, columns, grade, marks }: Shown): ReadonlyArray<string | number> => {
  return [
    grade.name,
    grade.outcome,
    marks?.earned ?? "",
    marks?.max ?? "",
    ...levels.map((level) => marks?.levels.find((one) => one.level === level)?.earned ?? ""),
    countOf("failed", grade, asked),
    countOf("not_reached", grade, asked),
    countOf("not_played", grade, asked),
    grade.unsteady.length,
    grade.containment,
    Math.round(grade.millis / 1000),
    grade.gradedAt,
    ...columns.map((column) => resultIn(grade, column) ?? "")
  ]
}
