/** What is said while a class is graded, and of submissions that could not be judged to the end. */
export interface GradingTexts {
  /** The ends of grading a submission. */
  readonly outcomes: {
    readonly [
      outcome in "graded" | "nothing_to_run" | "not_built" | "not_started" | "timed_out" | "inconclusive"
    ]: string
  }
  /** Why a submission is not even tried. */
  readonly troubles: {
    readonly [trouble in "no folder" | "too large" | "unreadable" | "no program"]: string
  }
  readonly notBuilt: (how: string) => string
  readonly buildTooLong: (span: string) => string
  readonly timedOut: (span: string) => string
  readonly notCopied: (why: string) => string
  readonly judgeEnded: string
  /** What a submission used more of than it may, and killed it. */
  readonly limits: { readonly [limit in "memory" | "processes" | "cpu" | "disk"]: (most: string) => string }
  /** What went wrong in a scenario. */
  readonly failed: (expected: string, received: string) => string
  readonly notContained: string
  /** The class, before anybody is graded: so many are left to grade. */
  readonly begins: (submissions: number, left: number) => string
  readonly reference: string
  readonly referenceHolds: string
  readonly referenceFails: (where: string) => string
  /** One line about a submission: its results, counted. */
  readonly counts: (passed: number, failed: number, others: number) => string
  readonly unsteady: (scenarios: string) => string
  readonly progress: (graded: number, all: number) => string
  readonly timeLeft: (span: string) => string
  readonly written: (folder: string) => string
  readonly nothingGraded: string
  readonly someInconclusive: (count: number) => string
  readonly noSuchSubmission: (name: string, suggestion: string) => string
}
