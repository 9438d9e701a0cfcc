import type { Outcome } from "../verdict/Outcome.ts"
import type { Summary, Weight } from "../verdict/Summary.ts"
import { count, millis } from "../Format.ts"
import { clauseTable } from "./ClauseTable.ts"
import { blamed, picture, placeOf } from "./FailurePicture.ts"
import type { Reporter, RunInfo } from "./Reporter.ts"
import type { Style } from "./Style.ts"

/** For people: a line for each scenario, a picture of each failure, the verdict on each clause at the end. */
export const pretty = (info: RunInfo): Reporter => ({
  begin: () => (info.scenarios === 1 ? "" : `${heading(info)}\n\n`),
  outcome: (outcome) => `${told(outcome, info).join("\n")}\n`,
  end: (summary) => closing(summary, info)
})

/** The heading of a run, in one line. */
export const heading = ({ scenarios, seed, target }: RunInfo): string =>
  `${count(scenarios, "scenario")} against ${target}, seed ${seed}`

/** The end of a run: the clauses, then the counts. */
export const closing = (summary: Summary, { style }: RunInfo): string => {
  const table = summary.outcomes.length > 1 ? ["", ...clauseTable(summary, style)] : []
  return `${[...table, ...(summary.outcomes.length > 1 ? ["", counts(summary, style)] : [])].map((line) => `${line}\n`).join("")}`
}

/** One outcome: a line where all is well, else the whole picture. */
export const told = (outcome: Outcome, info: RunInfo): ReadonlyArray<string> => {
  const { ms, reason, scenario } = outcome
  const { style } = info
  const weight = info.weightOf(outcome)
  const label = labels[weight](style)
  const { column, line } = placeOf(outcome)
  switch (weight) {
    case "passed":
      return [
        `${label}  ${scenario.file}  ${scenario.title}  ${style.dim(millis(ms))}`,
        ...notes(outcome, style)
      ]
    case "skipped":
    case "inconclusive":
      return [
        `${label}  ${scenario.file}  ${scenario.title}`,
        `      ${style.dim(reason ?? "")}`,
        ...lost(outcome, style)
      ]
    case "known":
    case "failed":
    case "warned":
      if (outcome.failure === undefined)
        return [
          `${label}  ${scenario.file}  ${scenario.title}`,
          "      unexpected pass: targets.yaml lists it as a known failure"
        ]
      return [
        "",
        `${label}  ${scenario.file}:${line}:${column}  ${style.bold(scenario.title)}   ${style.yellow(blamed(outcome))}`,
        ...picture(outcome, info),
        ""
      ]
  }
}

const labels: Record<Weight, (style: Style) => string> = {
  passed: ({ green }) => green("pass"),
  warned: ({ yellow }) => yellow("WARN"),
  failed: ({ bold, red }) => bold(red("FAIL")),
  known: ({ dim }) => dim("known"),
  skipped: ({ dim }) => dim("skip"),
  inconclusive: ({ yellow }) => yellow("????")
}

const notes = ({ broken, notes }: Outcome, style: Style): ReadonlyArray<string> => [
  ...notes.map((note) => `      ${style.dim(note)}`),
  ...[...broken].map(
    ([clause, evidence]) => `      ${style.yellow(`${clause} broken in passing: ${evidence}`)}`
  )
]

const lost = ({ targetLost }: Outcome, style: Style): ReadonlyArray<string> =>
  (targetLost?.lastLines ?? []).map(
    (line, index) => `      ${style.dim(index === 0 ? "server  " : "        ")}${line}`
  )

const counts = (summary: Summary, style: Style): string => {
  const parts: ReadonlyArray<readonly [Weight, string, (text: string) => string]> = [
    ["passed", "passed", style.green],
    ["failed", "failed", style.red],
    ["warned", "warned (should or may)", style.yellow],
    ["known", "known to fail", style.dim],
    ["skipped", "skipped", style.dim],
    ["inconclusive", "inconclusive", style.yellow]
  ]
  return parts
    .filter(([weight]) => summary.count(weight) > 0)
    .map(([weight, words, paint]) => paint(`${summary.count(weight)} ${words}`))
    .join(" · ")
}
