import { stripVTControlCharacters } from "node:util"

/** Breaks a text into lines of at most `width` characters: between words, and inside only the longest. */
export const wrap = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let rest = text.trim().replaceAll(/\s*\n\s*/g, " ")
  while (rest.length > width) {
    const blank = rest.lastIndexOf(" ", width)
    lines.push(rest.slice(0, blank > 0 ? blank : width).trimEnd())
    rest = rest.slice(blank > 0 ? blank + 1 : width)
  }
  return [...lines, rest]
}

/** A text behind so many blanks; they count for the width. */
export const indented = (text: string, margin: number, width: number): ReadonlyArray<string> =>
  beside(" ".repeat(margin), text, width)

/** A text beside a label: what does not fit on its line goes on below, at the same column. */
export const beside = (label: string, text: string, width: number): ReadonlyArray<string> =>
  wrap(text, width - label.length).map((line, index) =>
    index === 0 ? label + line : " ".repeat(label.length) + line
  )

/** Shortens a title, which can be read elsewhere, to at most `width` characters. */
export const shortened = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`

/** Shortens a text at its end to at most `width` characters and says by how much. */
export const cut = (text: string, width: number): string => {
  if (text.length <= width) return text
  const kept = Math.max(0, width - ` … +${text.length}`.length)
  return `${text.slice(0, kept)} … +${text.length - kept}`
}

/** The rows that some lines take on a terminal of this width, colours not counted. */
export const heightOf = (lines: ReadonlyArray<string>, width: number): number =>
  lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / width)), 0)
