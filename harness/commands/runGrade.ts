import { mkdirSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Command from "effect/cli/Command"
import { Failure } from "../../src/commands/Cli.ts"
import { standardError } from "../../src/commands/Stdio.ts"
import { canContain } from "../../process/Sandbox.ts"
import { writeBook } from "../grade/book/Book.ts"
import { readClassFile } from "../grade/ClassFile.ts"
import type { Grade } from "../grade/Grade.ts"
import {
  type Entry,
  entryOf,
  folderBeside,
  gradeEntry,
  gradebookOf,
  referenceName,
  whyNoReference,
  withoutGrade
} from "../grade/GradeClass.ts"
import type { Grading } from "../grade/GradeSubmission.ts"
import { Progress } from "../grade/Progress.ts"
import { millis } from "../Format.ts"
import { Screen } from "../report/Output.ts"
import { rankOf } from "../verdict/Groundwork.ts"
import { loadScenarios } from "../scenario/Files.ts"
import { didYouMean } from "../yaml/Mistake.ts"
import { exitCodes } from "./exitCodes.ts"
import type { gradeFlags, locale } from "./flags.ts"
import { onMistakes } from "./mistakes.ts"

/** The class file, and how it is graded. */
type Input = { readonly file: string } & Command.Command.Config.Infer<
  typeof gradeFlags & { readonly locale: typeof locale }
>

/** Builds and judges the submissions of a class, and says how it went. */
export const runGrade = Effect.fnUntraced(function* (input: Input) {
  const grading = yield* prepare(input)
  const { grading: texts } = input.locale
  if (!grading.isContained) standardError.write(`${texts.notContained}\n`)
  const entries = yield* entriesOf(input, grading)
  const screen = new Screen(process.env)
  yield* checkReference(input, grading, screen)
  const { grades } = yield* gradeAll(entries, input, grading, screen)
  screen.write(`${texts.written(grading.folder)}\n`)
  const unclear = grades.filter(({ outcome }) => outcome === "inconclusive").length
  if (unclear === grades.length)
    return yield* Effect.fail(new Failure(texts.nothingGraded, exitCodes.targetLost))
  if (unclear > 0)
    return yield* Effect.fail(new Failure(texts.someInconclusive(unclear), exitCodes.inconclusive))
})

/** Reads all that the class is graded by. */
const prepare = Effect.fnUntraced(function* (input: Input) {
  const rules = yield* Effect.catchTag(readClassFile(input.file), "FileInvalid", onMistakes)
  const load = (paths: ReadonlyArray<string>) =>
    paths.length === 0
      ? Effect.succeed([])
      : loadScenarios(paths).pipe(
          Effect.catchTag("FileInvalid", onMistakes),
          Effect.map((found) =>
            found.filter(({ level }) => rules.score[level] > 0).toSorted((a, b) => rankOf(a) - rankOf(b))
          )
        )
  const scenarios = { visible: yield* load(rules.scenarios), hidden: yield* load(rules.hidden) }
  const folder = Option.getOrElse(input.out, () => folderBeside(rules.folder))
  yield* Effect.try({
    try: () => mkdirSync(folder, { recursive: true }),
    catch: (error) => new Failure(`cannot write to ${folder}: ${(error as Error).message}`, exitCodes.usage)
  })
  const { confirm, locale: texts } = input
  const isContained = yield* canContain
  return { rules, scenarios, folder, isContained, confirm, texts } satisfies Grading
})

/** All submissions; a grade that is asked for anew does not hold. */
const entriesOf = Effect.fnUntraced(function* (
  { again, locale: texts, only: asked }: Input,
  grading: Grading
) {
  const only = Option.getOrUndefined(asked)
  const entries = grading.rules.submissions.map((path) => entryOf(path, grading))
  const names = entries.map(({ submission }) => submission.name)
  if (only !== undefined && !names.includes(only)) {
    const message = texts.grading.noSuchSubmission(only, didYouMean(only, names))
    return yield* Effect.fail(new Failure(message, exitCodes.usage))
  }
  const isAnew = ({ submission }: Entry) => (only === undefined ? again : submission.name === only)
  return entries.map((entry) => (isAnew(entry) ? withoutGrade(entry) : entry))
})

const checkReference = Effect.fnUntraced(function* (input: Input, grading: Grading, screen: Screen) {
  const { grading: texts } = input.locale
  const entry = entryOf(grading.rules.reference, grading, referenceName)
  const { hidden, visible } = grading.scenarios
  const progress = new Progress(1, 1, hidden.length + visible.length, texts)
  const kept = input.again ? undefined : entry.kept
  const known = kept !== undefined && whyNoReference(kept) === undefined ? kept : undefined
  const onBegin = (file: string) => {
    progress.begins(texts.reference, file)
    screen.progress(progress.line)
  }
  const graded = known ?? (yield* gradeEntry(entry, grading, onBegin))
  screen.progress("")
  const why = whyNoReference(graded)
  if (why === undefined) return screen.write(`${texts.referenceHolds}\n`)
  if (graded.log !== undefined) standardError.write(graded.log.map((line) => `  ${line}\n`).join(""))
  return yield* Effect.fail(new Failure(texts.referenceFails(why), exitCodes.targetLost))
})

/** Grades all that are asked for and have no grade, several at a time where they are contained. */
const gradeAll = Effect.fnUntraced(function* (
  entries: ReadonlyArray<Entry>,
  { jobs, locale: { grading: texts }, only }: Input,
  grading: Grading,
  screen: Screen
) {
  const asked = entries.filter(
    ({ submission }) => Option.getOrElse(only, () => submission.name) === submission.name
  )
  const waiting = asked.filter(({ kept }) => kept === undefined)
  const grades = new Map(entries.flatMap(({ kept }) => (kept === undefined ? [] : [[kept.name, kept]])))
  const { hidden, visible } = grading.scenarios
  const concurrency = grading.isContained ? jobs : 1
  const progress = new Progress(waiting.length, concurrency, hidden.length + visible.length, texts)
  const show = () => screen.progress(progress.line)
  screen.write(`${texts.begins(asked.length, waiting.length)}\n`)
  yield* Effect.forEach(
    waiting,
    Effect.fnUntraced(function* (entry) {
      const { name } = entry.submission
      progress.begins(name)
      show()
      const graded = yield* gradeEntry(entry, grading, (file) => {
        progress.begins(name, file)
        show()
      })
      grades.set(name, graded)
      writeBook(gradebookOf(entries, grades, grading))
      progress.ends(name, graded.millis)
      screen.write(`${lineOf(graded, grading)}\n`)
      show()
    }),
    { concurrency, discard: true }
  )
  screen.progress("")
  const book = gradebookOf(entries, grades, grading)
  writeBook(book) // nobody may have been left to grade, and the points be others
  return book
})

/** One submission on one line: its end, and what came out. */
const lineOf = (
  { clauses, millis: took, name, outcome, reason, unsteady }: Grade,
  grading: Grading
): string => {
  const { grading: texts } = grading.texts
  const many = (result: string) => clauses.filter((one) => one.result === result).length
  const [passed, failed] = [many("passed"), many("failed")]
  const counted = texts.counts(passed, failed, clauses.length - passed - failed)
  return [
    `${name}: ${texts.outcomes[outcome]}`,
    ...(reason === undefined ? [] : [reason]),
    ...(passed + failed === 0 ? [] : [counted]),
    ...(unsteady.length === 0 ? [] : [texts.unsteady(unsteady.join(", "))]),
    millis(took)
  ].join(" · ")
}
