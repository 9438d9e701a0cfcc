import { runner } from "../../../src/Invocation.ts"
import { clip } from "../../Format.ts"
import { placeInLessons } from "../../report/Lessons.ts"
import { mistakesOf } from "../../texts/Mistakes.ts"
import type { Result, ScenarioGrade } from "../Grade.ts"
import { type Column, resultIn } from "../Marks.ts"
import { block, plain } from "./Markdown.ts"
import { failuresOf, columnName, number, type Shown, told } from "./Shown.ts"

/** The report to one student in words, as Markdown: what failed comes first, in the order in which it is best mended. */
export const studentReportOf = (shown: Shown): string =>
  [headOf(shown), causesOf(shown), openOf(shown), conditionsOf(shown)]
    .flat()
    .filter((paragraph) => paragraph !== "")
    .join("\n\n")
    .concat("\n")

type Paragraphs = ReadonlyArray<string>

const headOf = ({ book, grade, marks }: Shown): Paragraphs => {
  const { texts } = book
  const { outOf, page } = texts.gradebook
  const points = (earned: number, max: number) => outOf(number(earned, texts), number(max, texts))
  const parts = (marks?.levels ?? []).map(({ earned, level, max }) => `${level} ${points(earned, max)}`)
  const outcome = told(`**${texts.grading.outcomes[grade.outcome]}**`, quoted(grade.reason), texts)
  return [
    `# ${plain(page.title(grade.name))}`,
    marks === undefined
      ? `**${page.noMarks}**`
      : `**${points(marks.earned, marks.max)}** (${parts.join(", ")})`,
    grade.outcome === "graded" && grade.reason === undefined ? "" : outcome,
    ...(grade.log === undefined || grade.log.length === 0 ? [] : [page.log, block(grade.log)])
  ]
}

/** The columns with this result, in the order in which they are best mended. */
const columnsWith = (result: Result, { columns, grade }: Shown): ReadonlyArray<Column> => {
  const own = columns.filter((column) => resultIn(grade, column) === result)
  return own.toSorted(
    (a, b) =>
      columns.findIndex(({ level }) => level === a.level) -
        columns.findIndex(({ level }) => level === b.level) ||
      placeInLessons(a.clause) - placeInLessons(b.clause)
  )
}

const causesOf = (shown: Shown): Paragraphs => {
  const { book, grade } = shown
  const { gradebook } = book.texts
  const { page } = gradebook
  const failed = columnsWith("failed", shown)
  const others = grade.scenarios.filter((one) => one.result === "failed" && one.failed.length === 0)
  if (failed.length + others.length === 0) return grade.outcome === "graded" ? [page.nothingFailed] : []
  return [
    `## ${page.causes}`,
    ...failed.flatMap((column) => causeOf(column, shown)),
    ...(others.length === 0 ? [] : [`### ${page.otherScenarios}`, seenIn(others, shown)])
  ]
}

/** A clause that does not hold: the rule, where that showed, and what usually is the reason. */
const causeOf = (column: Column, shown: Shown): Paragraphs => {
  const { clauses, gradebook, mistakes } = shown.book.texts
  const { rule, title } = clauses[column.clause]
  const mistake = mistakesOf[column.clause][0]
  const likeliest = mistake === undefined ? undefined : mistakes[mistake]
  return [
    `### ${columnName(column)} ${title}`,
    rule,
    seenIn(failuresOf(shown.grade, column), shown),
    likeliest === undefined ? "" : `${gradebook.page.likeliest} **${likeliest.title}.** ${likeliest.cure}`,
    `\`${runner} scenario explain ${column.clause}\``
  ]
}

/** Where a failure showed; of a hidden scenario no more than its sentence. */
const seenIn = (failures: ReadonlyArray<ScenarioGrade>, { book }: Shown): string =>
  failures
    .map(({ isHidden, name, sentence, title }) => {
      const where = isHidden ? book.texts.gradebook.hiddenScenario : `${plain(title)} (\`${name}\`)`
      return `- ${told(where, quoted(sentence), book.texts)}`
    })
    .join("\n")

/** What is open: not reached, not played, undecided. */
const openOf = (shown: Shown): Paragraphs => {
  const { clauses, gradebook } = shown.book.texts
  const { page } = gradebook
  const part = (result: Result, heading: string, why: string): Paragraphs => {
    const own = columnsWith(result, shown)
    if (own.length === 0) return []
    const items = own.map((column) => `- ${columnName(column)} ${clauses[column.clause].title}`)
    return [`## ${heading}`, why, items.join("\n")]
  }
  return [
    ...part("not_reached", page.notReached, page.notReachedWhy),
    ...part("not_played", capital(gradebook.notPlayed), page.notPlayedWhy),
    ...part("inconclusive", page.undecided, page.undecidedWhy)
  ]
}

const conditionsOf = ({ book, grade }: Shown): Paragraphs => {
  const { hiddenScenario, page } = book.texts.gradebook
  const hidden = new Set(grade.scenarios.flatMap(({ isHidden, name }) => (isHidden ? [name] : [])))
  const unsteady = new Set(grade.unsteady.map((name) => (hidden.has(name) ? hiddenScenario : plain(name))))
  const date = `${grade.gradedAt.slice(0, 16).replace("T", " ")} UTC`
  return [
    `## ${page.conditions}`,
    grade.containment === "contained" ? page.contained : page.notContained,
    page.gradedAt(date, book.texts.span(grade.millis)),
    unsteady.size === 0 ? "" : page.unsteady([...unsteady].join(", "))
  ]
}

/** A text of others within a line, or nothing. */
const quoted = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : plain(clip(text, textMax))

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const textMax = 400
