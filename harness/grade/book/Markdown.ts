import { visible } from "../../Format.ts"

/** Text of others within a line of Markdown: as it is, and nothing in it means anything. */
export const plain = (text: string): string =>
  visible(text.replaceAll(/\s+/g, " ")).replaceAll(/[\\`*_[\]<>#|~&$]/g, "\\$&")

/** Lines of others as a block of code that none of them can end. */
export const block = (lines: ReadonlyArray<string>): string => {
  const longest = Math.max(2, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = "`".repeat(longest + 1)
  return [`${fence}text`, ...lines.map(visible), fence].join("\n")
}
