import type { Outcome } from "../verdict/Outcome.ts"
import { blamed, placeOf } from "./FailurePicture.ts"
import type { Reporter, RunInfo } from "./Reporter.ts"

/** TAP version 14: failures that only warn are `TODO`, as TAP calls what may fail. */
export const tap = (info: RunInfo): Reporter => {
  let number = 0
  return {
    begin: () => `TAP version 14\n1..${info.scenarios}\n`,
    outcome: (outcome) => `${lines(outcome, ++number, info).join("\n")}\n`
  }
}

const lines = (outcome: Outcome, number: number, info: RunInfo): ReadonlyArray<string> => {
  const { reason, scenario } = outcome
  const name = `${number} - ${scenario.title.replaceAll(/[\\#]/g, "\\$&")}`
  switch (info.weightOf(outcome)) {
    case "passed":
      return [`ok ${name}`]
    case "skipped":
      return [`ok ${name} # SKIP ${reason ?? ""}`]
    case "inconclusive":
      return [`not ok ${name}`, ...diagnosis({ inconclusive: reason ?? "" })]
    case "known":
      return [`not ok ${name} # TODO known failure`, ...details(outcome, info)]
    case "warned":
      return [`not ok ${name} # TODO ${scenario.level}`, ...details(outcome, info)]
    case "failed":
      return [`not ok ${name}`, ...details(outcome, info)]
  }
}

const details = (outcome: Outcome, { texts }: RunInfo): ReadonlyArray<string> => {
  const { failure, scenario } = outcome
  if (failure === undefined) return diagnosis({ message: texts.report.unexpectedPass })
  const { line } = placeOf(outcome)
  return diagnosis({
    at: `${scenario.file}:${line}`,
    clauses: blamed(outcome),
    step: failure.place === "the end" ? "the end" : failure.place.step.sentence,
    expected: failure.finding.expected,
    received: failure.finding.received
  })
}

/** A block of YAML; its texts are JSON strings, which are YAML too. */
const diagnosis = (fields: { readonly [key: string]: string }): ReadonlyArray<string> => [
  "  ---",
  ...Object.entries(fields).map(([key, text]) => `  ${key}: ${JSON.stringify(text)}`),
  "  ..."
]
