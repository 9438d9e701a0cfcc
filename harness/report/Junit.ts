import { spelledOut } from "../../src/client/Printable.ts"
import type { Outcome } from "../verdict/Outcome.ts"
import type { Summary, Weight } from "../verdict/Summary.ts"
import { blamed, picture, placeOf, replay } from "./FailurePicture.ts"
import type { Reporter, RunInfo } from "./Reporter.ts"
import { colourless } from "./Style.ts"

/** JUnit's XML, as CI servers read it: a failure that only warns is told in the output of a passed case. */
export const junit = (info: RunInfo): Reporter => {
  const plain = { ...info, style: colourless }
  return {
    end: (summary: Summary) => {
      const count = (...weights: ReadonlyArray<Weight>) =>
        weights.reduce((sum, weight) => sum + summary.count(weight), 0)
      const seconds = summary.outcomes.reduce((sum, { ms }) => sum + ms, 0) / 1_000
      const totals = {
        tests: summary.outcomes.length,
        failures: count("failed"),
        errors: count("inconclusive")
      }
      const time = seconds.toFixed(3)
      const skipped = count("skipped", "known")
      return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites${attributes({ name: "palabre", ...totals, time })}>`,
        `<testsuite${attributes({ name: `scenarios against ${info.target}`, ...totals, skipped, time })}>`,
        ...summary.outcomes.map((outcome) => testcase(outcome, plain)),
        "</testsuite>",
        "</testsuites>",
        ""
      ].join("\n")
    }
  }
}

const testcase = (outcome: Outcome, info: RunInfo): string => {
  const { ms, scenario } = outcome
  const named = { name: scenario.title, classname: scenario.file, time: (ms / 1_000).toFixed(3) }
  const level = `<properties><property${attributes({ name: "level", value: scenario.level })}/></properties>`
  return `<testcase${attributes(named)}>${level}${body(outcome, info)}</testcase>`
}

const body = (outcome: Outcome, info: RunInfo): string => {
  const { failure, reason, scenario } = outcome
  const text = escaped([...picture(outcome, info), replay(outcome, info)].join("\n"))
  const { patterns, report } = info.texts
  const what =
    failure === undefined
      ? report.unexpectedPass
      : patterns.mismatch(failure.finding.expected, failure.finding.received)
  const message = `${scenario.file}:${placeOf(outcome).line} ${what}`
  switch (info.weightOf(outcome)) {
    case "passed":
      return ""
    case "skipped":
      return `<skipped${attributes({ message: reason ?? "" })}/>`
    case "known":
      return `<skipped${attributes({ message: `known failure: ${message}` })}/>`
    case "inconclusive":
      return `<error${attributes({ message: reason ?? "", type: "inconclusive" })}/>`
    case "failed":
      return `<failure${attributes({ message, type: blamed(outcome) || "failed" })}>${text}</failure>`
    case "warned":
      return `<system-out>${escaped(`warning (${scenario.level}): ${message}\n`)}${text}</system-out>`
  }
}

const attributes = (fields: { readonly [key: string]: string | number }): string =>
  Object.entries(fields)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join("")

const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(notXml, spelledOut)

/** Characters that XML 1.0 cannot hold, not even escaped. */
const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
