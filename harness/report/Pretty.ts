import type { Outcome } from "../Run.ts"

export const showOutcome = (outcome: Outcome): string => {
  const { failure, ms, scenario, verdict } = outcome
  const head = `${verdict} ${scenario.file} ${scenario.title} ${ms.toFixed(1)} ms ${outcome.reason ?? ""}\n`
  if (failure === undefined) return head
  const where =
    failure.place === "the end"
      ? "the end"
      : `line ${failure.place.step.line}: ${failure.place.step.sentence}`
  return `${head}  ${where}\n  ${JSON.stringify(failure.finding)} ${failure.crash ?? ""}\n  ${failure.lastLines.join("\n  ")}\n${outcome.happenings.map((h) => `    ${h.atMillis.toFixed(1)} ${h.actor} ${h.kind} ${h.text}\n`).join("")}`
}
