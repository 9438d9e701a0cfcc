import { createHash } from "node:crypto"
import { basename, join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import manifest from "../../package.json" with { type: "json" }
import { listed } from "../Format.ts"
import { type Grade, type Gradebook, makeRoom, readGrade, writeGrade } from "./Grade.ts"
import { type Grading, gradeSubmission } from "./GradeSubmission.ts"
import { readSubmission, type Submission } from "./Submission.ts"

/** A submission of a class, and the grade that holds for it as it is, if there is one. */
export interface Entry {
  readonly submission: Submission
  readonly digest: string
  readonly kept: Grade | undefined
}

/** Reads a submission, and what is known of it. */
export const entryOf = (path: string, grading: Grading, name?: string): Entry => {
  const read = readSubmission(path, grading.rules)
  const submission = name === undefined ? read : { ...read, name }
  const digest = digestOf(submission, grading)
  const kept = readGrade(grading.folder, submission.name)
  const holds = kept?.digest === digest && kept.outcome !== "inconclusive"
  return { submission, digest, kept: holds ? kept : undefined }
}

export const withoutGrade = (entry: Entry): Entry => ({ ...entry, kept: undefined })

/** Changes with all that a grade follows from. */
const digestOf = ({ digest, program }: Submission, grading: Grading): string => {
  const { confirm, isContained, rules, scenarios } = grading
  const texts = [scenarios.visible, scenarios.hidden].map((some) => some.map(({ text }) => text))
  const { limits, readable, withinMillis } = rules
  const all = [manifest.version, digest, program, limits, readable, withinMillis, confirm, isContained, texts]
  return createHash("sha256").update(JSON.stringify(all)).digest("hex")
}

/** Grades a submission and keeps the grade. */
export const gradeEntry = (
  { digest, submission }: Entry,
  grading: Grading,
  onBegin: (file: string) => void
): Effect.Effect<Grade> =>
  Effect.gen(function* () {
    makeRoom(grading.folder, submission.name)
    const grade = yield* gradeSubmission(submission, digest, grading, onBegin)
    writeGrade(grading.folder, grade)
    return grade
  })

/** The name under which the grade of the reference is kept: no folder that a pattern finds has it. */
export const referenceName = ".reference"

/** What there is to be told of a class. */
export const gradebookOf = (
  entries: ReadonlyArray<Entry>,
  grades: ReadonlyMap<string, Grade>,
  { folder, rules, texts }: Grading
): Gradebook => {
  const { compare } = new Intl.Collator(texts.language, { numeric: true })
  const names = entries.map(({ submission }) => submission.name).toSorted(compare)
  return {
    title: basename(resolve(rules.folder)),
    folder,
    score: rules.score,
    grades: names.flatMap((name) => grades.get(name) ?? []),
    waiting: names.filter((name) => !grades.has(name)),
    texts
  }
}

/** Why the reference does not pass everything, if so. */
export const whyNoReference = ({ outcome, reason, scenarios, unsteady }: Grade): string | undefined => {
  if (outcome !== "graded") return reason ?? outcome
  const failed = scenarios.filter(({ result }) => result !== "passed").map(({ name }) => name)
  const all = [...failed, ...unsteady]
  return all.length === 0 ? undefined : listed(all)
}

/** The folder that a class is graded in, unless another is named. */
export const folderBeside = (folder: string): string => join(folder, "grades")
