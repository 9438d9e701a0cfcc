import { exitCodes, Failure } from "../../src/commands/Cli.ts"
import { type Book, type Finding, noClause } from "./Book.ts"
import { points } from "./Fate.ts"
import { faultNames } from "./Faults.ts"

/** What happened in a run, in two or three lines. */
export const totalsText = (book: Book): string => {
  const number = (name: string) => book.numberOf(name).toLocaleString("en")
  const cuts = points.map((point) => `${number(point)} ${point}`).join(", ")
  const faults = faultNames.filter((name) => book.numberOf(name) > 0)
  return [
    [
      `${number("acked")} messages acked`,
      `${number("deliveries")} deliveries`,
      `${number("resumed")} resumed`,
      `${number("gaps")} gaps`,
      `${number("kills")} ${faults.length > 0 ? "faults" : "kills"}`,
      `${number("names that changed hands")} times a name changed hands`,
      `longest pause ${(book.longestPauseMillis / 1_000).toFixed(1)} s`
    ].join(" · "),
    `cut off: ${cuts}`,
    ...(book.numberOf("lost by the brokers") > 0
      ? [`brokers that lost what they had acknowledged: ${number("lost by the brokers")} times`]
      : []),
    ...(faults.length > 0 ? [`faults: ${faults.map((name) => `${number(name)} ${name}`).join(", ")}`] : [])
  ].join("\n")
}

/** What was found, by what people ask for first. */
export const verdictText = ({ findings }: Book): string =>
  Object.entries(verdicts)
    .map(([what, clauses]) => `${what} ${findings.filter(({ clause }) => clauses.includes(clause)).length}`)
    .join(" · ")

const verdicts: Readonly<Record<string, ReadonlyArray<string>>> = {
  lost: ["MSG-1", "DM-3", "RESUME-3", "SEQ-1"],
  doubled: ["DEDUP-1", "DM-1"],
  reordered: ["MSG-4", "SEQ-2", "SEQ-3", "SEQ-4", "NODE-6"],
  "stale names": ["NODE-2", "LOGIN-3"]
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
    clause === noClause ? `${who}: ${what}` : `${clause} does not hold for ${who}: ${what}`,
    ...before,
    ...(more > 0 ? [`  and ${more} more`] : [])
  ]
}
