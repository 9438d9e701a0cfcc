import * as Effect from "effect/Effect"
import { Failure } from "../../src/commands/Cli.ts"
import { standardError } from "../../src/commands/Stdio.ts"
import { annotation, isUnderActions } from "../report/Annotation.ts"
import { readText } from "../scenario/Files.ts"
import type { FileInvalid, Mistake } from "../yaml/Mistake.ts"
import { exitCodes } from "./exitCodes.ts"
import { cells, count, visible } from "../Format.ts"

/** Shows the mistakes, each with its line of the file, and ends the command: nothing was played. */
export const onMistakes = Effect.fnUntraced(function* ({
  mistakes,
  more = 0
}: FileInvalid): Effect.fn.Return<never, Failure> {
  const lines = new Map<string, ReadonlyArray<string>>()
  for (const { file } of mistakes) {
    if (lines.has(file)) continue
    const read = yield* readText(file)
    lines.set(file, "text" in read ? read.text.split("\n") : [])
  }
  const all = mistakes.map((mistake) => `${shown(mistake, lines.get(mistake.file)?.[mistake.line - 1])}\n`)
  standardError.write(`${all.join("")}${more === 0 ? "" : `and ${more} more\n`}`)
  if (isUnderActions())
    standardError.write(
      mistakes
        .map(({ column, file, line, message }) =>
          annotation({ level: "error", file, line, col: column, message })
        )
        .join(""),
      true
    )
  const message = `${count(mistakes.length + more, "mistake")}; nothing was played`
  return yield* Effect.fail(new Failure(message, exitCodes.usage))
})

const shown = ({ column, file, line, message }: Mistake, written: string | undefined): string => {
  const head = `${file}:${line}:${column}: error: ${message}`
  if (written === undefined) return head
  const margin = " ".repeat(String(line).length)
  const before = around(Array.from(written.slice(0, column - 1)), "before")
  const after = around(Array.from(written.slice(column - 1)), "after")
  return `${head}\n  ${line} │ ${before}${after}\n  ${margin} │ ${" ".repeat(cells(before))}^`
}

/** The part of a line that is near the place of a mistake. */
const around = (characters: ReadonlyArray<string>, side: "before" | "after"): string => {
  if (characters.length <= charactersMax) return visible(characters.join(""))
  return side === "before"
    ? `…${visible(characters.slice(-charactersMax).join(""))}`
    : `${visible(characters.slice(0, charactersMax).join(""))}…`
}

/** Characters of a line that are shown on each side of a mistake. */
const charactersMax = 60
