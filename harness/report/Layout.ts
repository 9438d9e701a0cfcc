/** Breaks a text into lines of at most `width` characters between words; a longer word has a line of its own. */
const wrap = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.trim().split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** A text behind so many blanks; they count for the width. */
export const indented = (text: string, margin: number, width: number): ReadonlyArray<string> =>
  beside(" ".repeat(margin), text, width)

/** A text beside a label: what does not fit on its line goes on below, at the same column. */
export const beside = (label: string, text: string, width: number): ReadonlyArray<string> =>
  wrap(text, width - label.length).map((line, index) =>
    index === 0 ? label + line : " ".repeat(label.length) + line
  )
