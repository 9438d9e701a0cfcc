import { exitCodes, Failure } from "../../src/commands/Cli.ts"
import type { Book, Finding } from "./Book.ts"
import { points } from "./Fate.ts"

/** What happened in a run, in two lines. */
export const totalsText = (book: Book): string => {
  const number = (name: string) => book.numberOf(name).toLocaleString("en")
  const cuts = points.map((point) => `${number(point)} ${point}`).join(", ")
  return [
    [
      `${number("acked")} messages acked`,
      `${number("deliveries")} deliveries`,
      `${number("resumed")} resumed`,
      `${number("gaps")} gaps`,
      `${number("kills")} kills`,
      `${number("names that changed hands")} times a name changed hands`
    ].join(" · "),
    `cut off: ${cuts}`
  ].join("\n")
}

/** The failure of a run that found something: for each clause how often, and the first finding with what came before it. */
export const failureOf = ({ findings }: Book, replay: string): Failure => {
  const clauses = new Map<string, Array<Finding>>()
  for (const finding of findings)
    clauses.set(finding.clause, [...(clauses.get(finding.clause) ?? []), finding])
  const lines = [...clauses.values()].flatMap(([first, ...more]) => told(first!, more.length))
  return new Failure([...lines, `  replay    ${replay}`].join("\n"), exitCodes.failed)
}

const told = ({ clause, trace, what, who }: Finding, more: number): ReadonlyArray<string> => {
  const before = trace.map((line) => `    ${line}`)
  return [
    `${clause} does not hold for ${who}: ${what}`,
    ...before,
    ...(more > 0 ? [`  and ${more} more`] : [])
  ]
}
