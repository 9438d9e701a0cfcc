import { clauses as levelOf, type Level, levels } from "../../language/Clauses.ts"
import type { Catalogue } from "../../texts/Catalogue.ts"
import type { Grade, Gradebook, Result, ScenarioGrade } from "../Grade.ts"
import { askedOf, type Column, columnsOf, type Marks, marksOf } from "../Marks.ts"

/** A grade with all that is shown of it: what its class is asked for, and the marks. */
export interface Shown {
  readonly grade: Grade
  readonly columns: ReadonlyArray<Column>
  /** What it is asked for itself, of that. */
  readonly asked: ReadonlyArray<Column>
  /** Nothing where it is inconclusive. */
  readonly marks: Marks | undefined
  readonly book: Gradebook
}

/** Everybody's grades as they are shown. Clauses stand by level, as the points do. */
export const shownOf = (book: Gradebook): ReadonlyArray<Shown> => {
  const asked = columnsOf(book.grades, book.score)
  const columns = levels.flatMap((level) => asked.filter((column) => column.level === level))
  return book.grades.map((grade) => {
    const own = askedOf(grade, columns)
    return { grade, columns, asked: own, marks: marksOf(grade, own, book.score), book }
  })
}

/** The scenarios in which a clause was broken at this level. */
export const failuresOf = ({ scenarios }: Grade, { clause, level }: Column): ReadonlyArray<ScenarioGrade> =>
  scenarios.filter(({ clauses: own, failed, level: asked }) => {
    // a clause that a scenario is not about is broken in passing, at its own level
    return failed.includes(clause) && level === (own.includes(clause) ? asked : levelOf[clause])
  })

export const columnName = ({ clause, level }: { readonly clause: string; readonly level: Level }): string =>
  `${clause} (${level})`

/** A number of points in the language of the class, with at most two digits behind the sign. */
export const number = (points: number, { language }: Catalogue): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: 2, useGrouping: false }).format(points)

/** Where a failure showed and, as far as that is known, what it was. */
export const told = (where: string, sentence: string | undefined, { report }: Catalogue): string =>
  sentence === undefined ? where : report.becauseOf(where, sentence)

export const resultWord = (result: Result | undefined, { gradebook, report }: Catalogue): string => {
  if (result === undefined) return gradebook.notAsked
  return result === "not_played" ? gradebook.notPlayed : report.verdicts[result]
}
