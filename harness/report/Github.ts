import type { Outcome } from "../verdict/Outcome.ts"
import { blamed, placeOf } from "./FailurePicture.ts"
import type { Reporter, RunInfo } from "./Reporter.ts"

/** Annotations of GitHub Actions, each on the line of the scenario that did not hold. */
export const github = (info: RunInfo): Reporter => ({
  outcome: (outcome) => {
    const weight = info.weightOf(outcome)
    if (weight !== "failed" && weight !== "warned" && weight !== "inconclusive") return ""
    const { column, line } = placeOf(outcome)
    const title = [outcome.scenario.title, blamed(outcome)].filter((part) => part !== "").join(" · ")
    const fields = { file: outcome.scenario.file, line, col: column, title }
    const properties = Object.entries(fields).map(([key, text]) => `${key}=${escapedProperty(String(text))}`)
    return `::${weight === "failed" ? "error" : "warning"} ${properties.join(",")}::${escaped(messageOf(outcome))}\n`
  }
})

const messageOf = ({ failure, reason }: Outcome): string =>
  failure === undefined
    ? (reason ?? "unexpected pass of a known failure")
    : `expected ${failure.finding.expected}\nreceived ${failure.finding.received}`

const escaped = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A")

const escapedProperty = (text: string): string => escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C")
