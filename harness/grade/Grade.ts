import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import type { ClauseId, Level } from "../language/Clauses.ts"
import { writeWhole } from "../report/ReportFile.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import type { Verdict } from "../verdict/Outcome.ts"

/**
 * The ways in which the grading of a submission ends. A submission that cannot be judged for reasons of its own has a
 * grade, too; only `inconclusive` says nothing of it.
 */
export type GradeOutcome =
  | "graded"
  | "nothing_to_run"
  | "not_built"
  | "not_started"
  | "timed_out"
  | "inconclusive"

/** What a submission showed; `not_played` is what its time did not suffice for, or what never began. */
export type Result = Exclude<Verdict, "skipped"> | "not_played"

/** What a submission showed of a clause at the level at which scenarios ask for it. */
export interface ClauseGrade {
  readonly clause: ClauseId
  /** A clause that is a must may have parts that are only asked for as a should: these are another row. */
  readonly level: Level
  /** The worst of all scenarios of this level, hidden ones included. */
  readonly result: Result
}

/** What a submission showed in one scenario. */
export interface ScenarioGrade {
  /** The short name of its file. */
  readonly name: string
  readonly title: string
  /** True if nothing but its clauses and `sentence` may be shown to students. */
  readonly isHidden: boolean
  readonly level: Level
  readonly result: Result
  /** The clauses that it proves. */
  readonly clauses: ReadonlyArray<ClauseId>
  /** The clauses that it was found to break. */
  readonly failed: ReadonlyArray<ClauseId>
  /** Says what went wrong; of a hidden scenario no more than a student may know. */
  readonly sentence?: string
}

/** All that is known of one submission. Whatever is shown of it follows from this and the weights of the class. */
export interface Grade {
  /** The name of its folder. */
  readonly name: string
  readonly outcome: GradeOutcome
  /** Tells if it could reach nothing but its own folder. */
  readonly containment: "contained" | "not_contained"
  /** Says why it is not graded, in the language of the class. */
  readonly reason?: string
  /** The end of what its build or its server wrote, where that explains the reason; one item for each line. */
  readonly log?: ReadonlyArray<string>
  /** In the order of the protocol. */
  readonly clauses: ReadonlyArray<ClauseGrade>
  /** Visible ones first, each set in the order it was played. */
  readonly scenarios: ReadonlyArray<ScenarioGrade>
  /** The names of the scenarios that failed, and passed when they were played again: these do not count as failed. */
  readonly unsteady: ReadonlyArray<string>
  /** The time that building and judging took. */
  readonly millis: number
  /** The moment it was graded at (ISO 8601). */
  readonly gradedAt: string
  /** A digest of the submission, the class file and all scenarios: the grade holds as long as it is the same. */
  readonly digest: string
}

/** The points of a class: so many for each level, spread over its clauses by weight. */
export interface Score {
  readonly must: number
  readonly should: number
  readonly may: number
  /** The weights of clauses; 1 for those that are not named. */
  readonly weights: Readonly<Partial<Record<ClauseId, number>>>
}

/** All that the pages about a class are written from. */
export interface Gradebook {
  /** The name of the folder that the class file is in. */
  readonly title: string
  /** Where everything is written. */
  readonly folder: string
  readonly score: Score
  /** Those that are graded, by name. */
  readonly grades: ReadonlyArray<Grade>
  /** The names of those that are still to be graded. */
  readonly waiting: ReadonlyArray<string>
  readonly texts: Catalogue
}

/** The files about one submission; everybody's folder is in that of the class. */
export const filesOf = (folder: string, name: string) => ({
  grade: join(folder, name, "grade.json"),
  /** The report on the visible scenarios. */
  report: join(folder, name, "report.html"),
  /** The same in words, hidden scenarios included as far as a student may know. */
  words: join(folder, name, "report.md"),
  /** The results for Gradescope. */
  gradescope: join(folder, name, "results.json")
})

/** Makes a folder for a submission without what may be left there of an older grade. */
export const makeRoom = (folder: string, name: string): void => {
  const { grade, report } = filesOf(folder, name)
  mkdirSync(dirname(grade), { recursive: true })
  for (const file of [grade, report]) rmSync(file, { force: true })
}

/** Keeps a grade; a file that is there is always whole. */
export const writeGrade = (folder: string, grade: Grade): void =>
  writeWhole(filesOf(folder, grade.name).grade, `${JSON.stringify(grade, null, 2)}\n`)

/** The grade that was kept of a submission, if there is one. */
export const readGrade = (folder: string, name: string): Grade | undefined => {
  try {
    return JSON.parse(readFileSync(filesOf(folder, name).grade, "utf8")) as Grade
  } catch {
    return undefined
  }
}
