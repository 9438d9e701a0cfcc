import type { Grade, Gradebook, ScenarioGrade, Score } from "../../../harness/grade/Grade.ts"
import type { ClauseId, Level } from "../../../harness/language/Clauses.ts"
import type { Result } from "../../../harness/grade/Grade.ts"
import { english } from "../../../harness/texts/en.ts"

/** A clause, the level it is asked at, and what a submission showed of it. */
export type Shown = readonly [clause: ClauseId, level: Level, result: Result]

/** The grade of a submission that showed this, in a scenario for each. */
export const gradeOf = (shown: ReadonlyArray<Shown>, changes: Partial<Grade> = {}): Grade => ({
  name: "ada",
  outcome: "graded",
  containment: "contained",
  clauses: shown.map(([clause, level, result]) => ({ clause, level, result })),
  scenarios: shown.map(([clause, level, result]) => scenarioGrade(clause, level, result)),
  unsteady: [],
  millis: 6_400,
  gradedAt: "2026-01-02T03:04:05.000Z",
  digest: "",
  ...changes
})

export const scenarioGrade = (
  clause: ClauseId,
  level: Level,
  result: Result,
  changes: Partial<ScenarioGrade> = {}
): ScenarioGrade => ({
  name: `about-${clause.toLowerCase()}`,
  title: `it is about ${clause}`,
  isHidden: false,
  level,
  result,
  clauses: [clause],
  failed: result === "failed" ? [clause] : [],
  ...(result === "failed" ? { sentence: `${clause} does not hold` } : {}),
  ...changes
})

export const score: Score = { must: 14, should: 4, may: 0, weights: {} }

/** A gradebook of these grades. */
export const bookOf = (grades: ReadonlyArray<Grade>, changes: Partial<Gradebook> = {}): Gradebook => ({
  title: "class",
  folder: "grades",
  score,
  grades,
  waiting: [],
  texts: english,
  ...changes
})
