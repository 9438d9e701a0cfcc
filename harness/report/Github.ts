import type { Outcome } from "../verdict/Outcome.ts"
import { annotation } from "./Annotation.ts"
import { blamed, placeOf } from "./FailurePicture.ts"
import type { Reporter, RunInfo } from "./Reporter.ts"

/** Annotations of GitHub Actions, each on the line of the scenario that did not hold. */
export const github = (info: RunInfo): Reporter => ({
  outcome: (outcome) => {
    const weight = info.weightOf(outcome)
    if (weight !== "failed" && weight !== "warned" && weight !== "inconclusive") return ""
    const { column, line } = placeOf(outcome)
    const { file, title } = outcome.scenario
    return annotation({
      level: weight === "failed" ? "error" : "warning",
      file,
      line,
      col: column,
      title: [title, blamed(outcome)].filter((part) => part !== "").join(" · "),
      message: messageOf(outcome, info)
    })
  }
})

const messageOf = ({ failure, reason }: Outcome, { texts: { report } }: RunInfo): string =>
  failure === undefined
    ? (reason ?? report.unexpectedPass)
    : `${report.expected} ${failure.finding.expected}\n${report.received} ${failure.finding.received}`
