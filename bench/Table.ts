/** A table of texts: the first column is named, the others hold numbers. */
export interface Table {
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

/** The table for a terminal: names to the left, numbers to the right. */
export const plain = (table: Table): string =>
  padded(table)
    .map((row) => row.join("  ").trimEnd())
    .join("\n")

/** The same in Markdown. */
export const markdown = ({ columns, rows }: Table): string => {
  const escaped = [columns, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")))
  const [head, ...body] = padded({ columns: escaped[0]!, rows: escaped.slice(1) }, SHORTEST_RULE)
  const rule = head!.map(({ length }, i) => (i === 0 ? "-".repeat(length) : `${"-".repeat(length - 1)}:`))
  return [head!, rule, ...body].map((row) => `| ${row.join(" | ")} |`).join("\n")
}

const SHORTEST_RULE = 3

/** All rows, the head first, with cells of one width in each column. */
const padded = ({ columns, rows }: Table, widthMin = 0): ReadonlyArray<ReadonlyArray<string>> => {
  const lines = [columns, ...rows]
  const widths = columns.map((_, i) => Math.max(widthMin, ...lines.map((row) => row[i]!.length)))
  return lines.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
  )
}
