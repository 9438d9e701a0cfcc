import type { Outcome } from "../verdict/Outcome.ts"
import type { Summary } from "../verdict/Summary.ts"
import type { Reporter, RunInfo } from "./Reporter.ts"

/** One JSON document: the target, then each scenario with the verdict on each of its clauses. */
export const json = (info: RunInfo): Reporter => ({
  end: (summary: Summary) =>
    `${JSON.stringify({ target: info.target, seed: info.seed, scenarios: summary.outcomes.map(entry) }, null, 2)}\n`
})

const entry = ({ broken, clauses, failure, ms, notes, reason, scenario, verdict }: Outcome) => ({
  file: scenario.file,
  line: scenario.line,
  scenario: scenario.title,
  level: scenario.level,
  verdict,
  clauses: Object.fromEntries([...clauses].map(([id, { verdict }]) => [id, verdict])),
  ms: Math.round(ms * 10) / 10,
  ...(broken.size > 0 ? { broken: Object.fromEntries(broken) } : {}),
  ...(notes.length > 0 ? { notes } : {}),
  ...(reason === undefined ? {} : { reason }),
  ...(failure === undefined
    ? {}
    : {
        step:
          failure.place === "the end"
            ? { sentence: "the end" }
            : { line: failure.place.step.line, sentence: failure.place.step.sentence },
        expected: failure.finding.expected,
        received: failure.finding.received,
        ...(failure.crash === undefined ? {} : { crash: failure.crash })
      })
})
