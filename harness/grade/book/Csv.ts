import { visible } from "../../Format.ts"

/** A table as RFC 4180 writes it, in which a spreadsheet finds no formula. */
export const csvOf = (rows: ReadonlyArray<ReadonlyArray<string | number>>): string =>
  rows.map((row) => `${row.map(cellOf).join(",")}\r\n`).join("")

/** Numbers are ours; a text that begins like a formula gets a quote in front, which spreadsheets do not show. */
const cellOf = (value: string | number): string => {
  if (typeof value === "number") return String(value)
  const text = visible(value)
  const harmless = beginsFormula.test(text) ? `'${text}` : text
  return /[",]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** Blanks in front do not keep every spreadsheet from it, and full-width signs count for some. */
const beginsFormula = /^\s*[=+\-@\u{ff0b}\u{ff0d}\u{ff1d}\u{ff20}]/u
