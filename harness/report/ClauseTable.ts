import { type ClauseId, clauses, type Level } from "../language/Clauses.ts"
import type { Verdict } from "../verdict/Outcome.ts"
import { levelsIn, type Summary } from "../verdict/Summary.ts"
import type { Writing } from "./Explanation.ts"
import type { Style } from "./Style.ts"

/** The verdict on each clause: a row for each family, a column for each level. */
export const clauseTable = (summary: Summary, { style, texts }: Writing): ReadonlyArray<string> => {
  const table = summary.clauses
  const levels = levelsIn(table)
  const families = [...new Set(Object.keys(clauses).map(familyOf))]
  const cell = (family: string, level: Level) =>
    [...table].flatMap(([clause, row]) => {
      const verdict = row.get(level)
      return familyOf(clause) === family && verdict !== undefined ? [{ clause, verdict }] : []
    })
  const rows = families
    .map((family) => ({ family, cells: levels.map((level) => cell(family, level)) }))
    .filter(({ cells }) => cells.some(({ length }) => length > 0))
  const widths = levels.map((level, index) =>
    Math.max(level.length, ...rows.map(({ cells }) => plain(cells[index]!).length))
  )
  const head = `${"".padEnd(8)}${levels.map((level, index) => level.padEnd(widths[index]! + 3)).join("")}`
  const legend = Object.entries(marks)
    .map(([verdict, mark]) => `${mark} ${texts.report.verdicts[verdict as Verdict]}`)
    .join("  ")
  return [
    style.dim(head.trimEnd()),
    ...rows.map(({ cells, family }) => {
      const painted = cells.map((cell, index) => {
        const gap = " ".repeat(widths[index]! + 3 - plain(cell).length)
        return `${cell.map(({ clause, verdict }) => paint(clause, verdict, style)).join(" ")}${gap}`
      })
      return `${family.padEnd(8)}${painted.join("").trimEnd()}`
    }),
    style.dim(`        ${legend}`)
  ]
}

type Cell = ReadonlyArray<{ readonly clause: ClauseId; readonly verdict: Verdict }>

/** The sign of each verdict. */
export const marks: Record<Verdict, string> = {
  passed: "✓",
  failed: "✗",
  not_reached: "○",
  skipped: "–",
  inconclusive: "?"
}

/** The family of a clause: `LOGIN` of `LOGIN-3`. */
export const familyOf = (clause: string): string => clause.slice(0, clause.indexOf("-"))

const entry = (clause: ClauseId, verdict: Verdict): string =>
  `${clause.slice(clause.indexOf("-") + 1)}${marks[verdict]}`

const plain = (cell: Cell): string => cell.map(({ clause, verdict }) => entry(clause, verdict)).join(" ")

const paint = (clause: ClauseId, verdict: Verdict, style: Style): string => {
  const text = entry(clause, verdict)
  if (verdict === "passed") return style.green(text)
  return verdict === "failed" ? style.red(text) : style.yellow(text)
}
