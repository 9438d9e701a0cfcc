/** A table of texts: the first column is named, the others hold numbers. */
export interface Table {
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

/** The table for a terminal: names to the left, numbers to the right. */
export const plain = ({ columns, rows }: Table): string => {
  const widths = columns.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)))
  return [columns, ...rows]
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}

/** The same in Markdown. */
export const markdown = ({ columns, rows }: Table): string =>
  [columns, columns.map((_, i) => (i === 0 ? "---" : "--:")), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n")
