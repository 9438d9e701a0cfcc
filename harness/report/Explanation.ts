import { runner } from "../../src/Invocation.ts"
import { type ClauseId, clauses } from "../language/Clauses.ts"
import { shellWord } from "../Format.ts"
import { nameOf } from "../scenario/Name.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import { cureOf, type MistakeId } from "../texts/Cures.ts"
import { mistakesOf } from "../texts/Mistakes.ts"
import { beside, indented } from "./Layout.ts"
import type { Style } from "./Style.ts"

/** The form of an explanation. */
export interface Writing {
  readonly texts: Catalogue
  readonly style: Style
  /** Characters of a line. */
  readonly width: number
}

/** A clause: its rule, why it matters, the usual mistakes with their cures, and the scenarios about it. */
export const explainedClause = (
  clause: ClauseId,
  scenarios: ReadonlyArray<Scenario>,
  writing: Writing
): ReadonlyArray<string> => {
  const { style, texts } = writing
  const { explanation } = texts
  const about = scenarios.filter(({ proves }) => proves.includes(clause))
  const nameWidth = Math.max(0, ...about.map(({ file }) => nameOf(file).length))
  return [
    ...ruleOf(clause, writing),
    "",
    style.bold(explanation.mistakes),
    ...mistakesOf[clause].flatMap((mistake) => mistakeLines(mistake, writing)),
    "",
    style.bold(explanation.scenarios),
    ...about.flatMap(({ file, level, title }) =>
      beside(`  ${level.padEnd(6)}  ${nameOf(file).padEnd(nameWidth)}  `, title, writing.width)
    ),
    "",
    `${style.bold(explanation.play)}  ${runner} scenario --proves ${clause}`
  ]
}

/** A clause for whoever has just broken it: its rule, the reason, and the likeliest mistake. */
export const lessonExplained = (clause: ClauseId, writing: Writing): ReadonlyArray<string> => [
  ...ruleOf(clause, writing),
  "",
  writing.style.bold(writing.texts.explanation.likeliest),
  ...mistakesOf[clause].slice(0, 1).flatMap((mistake) => mistakeLines(mistake, writing).slice(1))
]

/** A clause in short: its rule, and why it matters. */
const ruleOf = (clause: ClauseId, { style, texts, width }: Writing): ReadonlyArray<string> => {
  const { rule, title, why } = texts.clauses[clause]
  return [
    `${style.bold(`${clause}  ${title}`)}  ${style.dim(`(${clauses[clause]})`)}`,
    "",
    ...indented(rule, 2, width),
    "",
    style.bold(texts.explanation.why),
    ...indented(why, 2, width)
  ]
}

/** A mistake, what to do instead, and the same in code. */
const mistakeLines = (mistake: MistakeId, { style, texts, width }: Writing): ReadonlyArray<string> => {
  const { cure, title } = texts.mistakes[mistake]
  const codeLine = (line: string) => (line === "" ? "" : `        ${style.cyan(line)}`)
  const code = cureOf(mistake).map(([language, code]) =>
    [`    ${style.dim(language)}`].concat(code.split("\n").map(codeLine))
  )
  return ["", ...beside("  • ", title, width), ...indented(cure, 4, width), ...code.flat()]
}

/** A scenario: its title, story and clauses, and its steps as they stand in the file. */
export const explainedScenario = (
  { before, file, level, proves, steps, story, text, title }: Scenario,
  { style, texts, width }: Writing
): ReadonlyArray<string> => {
  const { explanation } = texts
  const from = [...before, ...steps][0]!.line
  const lines = text
    .trimEnd()
    .split("\n")
    .slice(from - 1)
  const numberWidth = String(from + lines.length).length
  return [
    `${style.bold(title)}  ${style.dim(`(${level})`)}`,
    ...(story === undefined ? [] : ["", ...indented(story, 2, width)]),
    "",
    style.bold(explanation.clauses),
    ...proves.flatMap((clause) => beside(`  ${clause.padEnd(8)}  `, texts.clauses[clause].title, width)),
    "",
    style.bold(explanation.steps),
    ...lines.map((line, index) => {
      const margin = `${String(from + index).padStart(numberWidth)} │`
      return `  ${style.dim(margin)} ${line}`
    }),
    "",
    `${style.bold(explanation.play)}  ${runner} scenario ${shellWord(file)}`,
    ...proves
      .slice(0, 1)
      .map((clause) => `${style.bold(explanation.more)}  ${runner} scenario explain ${clause}`)
  ]
}
