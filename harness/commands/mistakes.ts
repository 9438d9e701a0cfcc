import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import { Failure } from "../../src/commands/Cli.ts"
import type { FileInvalid, Mistake } from "../yaml/Mistake.ts"
import { exitCodes } from "./exitCodes.ts"
import { count } from "../Format.ts"

/** Shows all mistakes, each with its line of the file, and ends the command: nothing was played. */
export const onMistakes = ({ mistakes }: FileInvalid): Effect.Effect<never, Failure> =>
  Effect.suspend(() => {
    process.stderr.write(mistakes.map((mistake) => `${shown(mistake)}\n`).join(""))
    return Effect.fail(
      new Failure(`${count(mistakes.length, "mistake")}; nothing was played`, exitCodes.usage)
    )
  })

const shown = ({ column, file, line, message }: Mistake): string => {
  const written = lineOf(file, line)
  const head = `${file}:${line}:${column}: error: ${message}`
  if (written === undefined) return head
  const margin = " ".repeat(String(line).length)
  return `${head}\n  ${line} │ ${written}\n  ${margin} │ ${" ".repeat(column - 1)}^`
}

const lineOf = (file: string, line: number): string | undefined => {
  try {
    return readFileSync(file, "utf8").split("\n")[line - 1]
  } catch {
    return undefined
  }
}
