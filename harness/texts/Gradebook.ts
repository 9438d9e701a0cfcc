import type { Level } from "../language/Clauses.ts"

/** The words of the pages about a class. */
export interface GradebookTexts {
  readonly notPlayed: string
  readonly notAsked: string
  readonly outOf: (earned: string, max: string) => string
  readonly submissions: (count: number) => string
  readonly waiting: (count: number) => string
  readonly median: (marks: string) => string
  readonly student: string
  readonly marks: string
  readonly outcome: string
  readonly clauses: string
  readonly report: string
  readonly inWords: string
  readonly hiddenScenario: string
  /** The number of those who pass a clause. */
  readonly passedBy: string
  /** In front of clauses that nearly everybody fails; `suspectThis` is the same for one of them. */
  readonly suspect: string
  readonly suspectThis: string
  /** In front of names. */
  readonly notContained: string
  readonly inconclusive: string
  readonly unsteady: string
  readonly keys: string
  readonly page: StudentTexts
}

/** The words of the report to one student. */
interface StudentTexts {
  readonly title: (name: string) => string
  readonly noMarks: string
  readonly log: string
  readonly causes: string
  readonly nothingFailed: string
  readonly likeliest: string
  readonly otherScenarios: string
  readonly notReached: string
  readonly notReachedWhy: string
  readonly notPlayedWhy: string
  readonly undecided: string
  readonly undecidedWhy: string
  readonly marks: (level: Level) => string
  readonly conditions: string
  readonly contained: string
  readonly notContained: string
  readonly gradedAt: (date: string, span: string) => string
  readonly unsteady: (scenarios: string) => string
}
