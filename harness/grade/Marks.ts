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

/** What a submission showed of a clause that its class is asked for. */
export const resultIn = ({ clauses: own }: Grade, { clause, level }: Column): Result =>
  own.find((one) => one.clause === clause && one.level === level)?.result ?? "not_played"

/**
 * The points of a level are spread over its clauses by their weights. A clause that passed earns its share; one that failed,
 * was not reached or not played earns nothing. A level that nothing is asked of has no points. Each level is rounded to a
 * hundredth, and the marks are their sum. Of an inconclusive grade there are none.
 */
export const marksOf = (grade: Grade, columns: ReadonlyArray<Column>, score: Score): Marks | undefined => {
  if (grade.outcome === "inconclusive") return undefined
  const parts = levels.flatMap((level) => {
    const own = columns.filter((column) => column.level === level)
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
export const worthOf = (column: Column, columns: ReadonlyArray<Column>, score: Score): number => {
  const all = sumOf(columns.flatMap(({ level, weight }) => (level === column.level ? [weight] : [])))
  return all === 0 ? 0 : score[column.level] * (column.weight / all)
}

/** The numbers of clauses with each result. */
export const countsOf = (grade: Grade, columns: ReadonlyArray<Column>): ReadonlyMap<Result, number> => {
  const counts = new Map<Result, number>()
  for (const column of columns) {
    const result = resultIn(grade, column)
    counts.set(result, (counts.get(result) ?? 0) + 1)
  }
  return counts
}

const hundred = 100

const hundredths = (points: number): number => Math.round(points * hundred)

const sumOf = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, number) => sum + number, 0)
