import { clauses, type ClauseId, type Level, levels } from "../language/Clauses.ts"
import type { Grade, Result, Score } from "./Grade.ts"

/** A clause at a level at which scenarios of the class ask for it, and its share of the points of that level. */
export interface Column {
  readonly clause: ClauseId
  readonly level: Level
  readonly weight: number
}

/** Points, and how many there are to be had, both in steps of a hundredth. */
interface Points {
  readonly earned: number
  readonly max: number
}

/** The marks of one submission. */
export interface Marks extends Points {
  /** The levels that there are points for; they add up to the whole. */
  readonly levels: ReadonlyArray<Points & { readonly level: Level }>
}

/**
 * All that a class is asked for, in the order of the protocol. It follows from the scenarios alone, so that what one
 * submission breaks changes nobody else's marks.
 */
export const columnsOf = (grades: ReadonlyArray<Grade>, { weights }: Score): ReadonlyArray<Column> => {
  const asked = new Set(
    grades.flatMap(({ scenarios }) =>
      scenarios.flatMap(({ clauses: own, level }) => own.map((clause) => `${clause} ${level}`))
    )
  )
  return (Object.keys(clauses) as ReadonlyArray<ClauseId>).flatMap((clause) =>
    levels.flatMap((level) =>
      asked.has(`${clause} ${level}`) ? [{ clause, level, weight: weights[clause] ?? 1 }] : []
    )
  )
}

/** What a submission showed of a clause; nothing where it was not asked for it, as a client that has no word for it. */
export const resultIn = (
  { clauses: own, scenarios }: Grade,
  { clause, level }: Column
): Result | undefined => {
  const found = own.find((one) => one.clause === clause && one.level === level)
  if (found !== undefined) return found.result
  const isAsked = scenarios.some((one) => one.level === level && one.clauses.includes(clause))
  return isAsked || scenarios.length === 0 ? "not_played" : undefined
}

/** What a submission is asked for, of all that its class is. */
export const askedOf = (grade: Grade, columns: ReadonlyArray<Column>): ReadonlyArray<Column> =>
  columns.filter((column) => resultIn(grade, column) !== undefined)

/**
 * The points of a level are spread over the clauses that a submission is asked for, by their weights. A clause that passed earns its share; one that failed,
 * was not reached or not played earns nothing. A level that nothing is asked of has no points. Each level is rounded to a
 * hundredth, and the marks are their sum. Of an inconclusive grade there are none.
 */
export const marksOf = (grade: Grade, asked: ReadonlyArray<Column>, score: Score): Marks | undefined => {
  if (grade.outcome === "inconclusive") return undefined
  const parts = levels.flatMap((level) => {
    const own = asked.filter((column) => column.level === level)
    const all = sumOf(own.map(({ weight }) => weight))
    if (all === 0 || score[level] === 0) return []
    // what is not earned adds zero at its place, so that no rounding can make a better result a worse one
    const earned = sumOf(own.map((column) => (resultIn(grade, column) === "passed" ? column.weight : 0)))
    return [{ level, earned: hundredths(score[level] * (earned / all)), max: hundredths(score[level]) }]
  })
  return {
    earned: sumOf(parts.map(({ earned }) => earned)) / hundred,
    max: sumOf(parts.map(({ max }) => max)) / hundred,
    levels: parts.map(({ earned, level, max }) => ({ level, earned: earned / hundred, max: max / hundred }))
  }
}

/** The points that a clause is worth, not rounded. */
export const worthOf = (column: Column, asked: ReadonlyArray<Column>, score: Score): number => {
  const all = sumOf(asked.flatMap(({ level, weight }) => (level === column.level ? [weight] : [])))
  return all === 0 ? 0 : score[column.level] * (column.weight / all)
}

/** The number of clauses with this result. */
export const countOf = (result: Result, grade: Grade, asked: ReadonlyArray<Column>): number =>
  asked.filter((column) => resultIn(grade, column) === result).length

const hundred = 100

const hundredths = (points: number): number => Math.round(points * hundred)

const sumOf = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, number) => sum + number, 0)
