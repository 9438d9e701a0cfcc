import { nameOf } from "../harness/scenario/Name.ts"
import { blames } from "./Playing.ts"
import { type Judgement, mustsWith } from "./Proof.ts"

/**
 * One row of the table: a server and, of a faulty one, its clauses, the number of must scenarios that are red and that were
 * not reached, and the scenarios that hold one of its clauses against it.
 */
export const report = ({ clauses, complaints, findings, kind, name }: Judgement): void => {
  const catching = findings.filter((finding) => blames(finding, clauses))
  const names = catching.map(({ scenario }) => nameOf(scenario.file)).join(" ")
  const counts = `${mustsWith(findings, "failed")} red, ${mustsWith(findings, "not_reached")} not reached`
  const what =
    clauses.length === 0 ? `${findings.length} scenarios` : `${clauses.join(" ")}  ${counts}  ${names}`
  print(`${complaints.length === 0 ? "ok   " : "WRONG"}  ${kind.padEnd(7)}  ${name.padEnd(29)}  ${what}`)
  for (const complaint of complaints) print(`       ${complaint}`)
}

export const print = (line: string): void => void process.stdout.write(`${line}\n`)
