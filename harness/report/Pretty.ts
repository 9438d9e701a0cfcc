import { performance } from "node:perf_hooks"
import type { Outcome } from "../verdict/Outcome.ts"
import type { Summary } from "../verdict/Summary.ts"
import { clip, listed } from "../Format.ts"
import { causeBlocks } from "./CauseBlocks.ts"
import { type Cause, causesOf } from "./Causes.ts"
import { clauseTable } from "./ClauseTable.ts"
import { logLines } from "./FailurePicture.ts"
import { beside, cut, heightOf, shortened } from "./Layout.ts"
import { signOf } from "./Signs.ts"
import { meaning } from "./Meaning.ts"
import { type Totals, totalsOf } from "./Totals.ts"
import type { Reporter, RunInfo } from "./Reporter.ts"

/** For people: what failed, grouped by cause, the verdict on each clause, and last what all this means. */
export const pretty = (info: RunInfo): Reporter => {
  const startMillis = performance.now()
  const told: Array<string> = []
  return {
    begin: () => (info.scenarios === 1 ? "" : `${heading(info)}\n${isEachTold(info) ? "\n" : ""}`),
    outcome: (outcome) => {
      if (!isEachTold(info) || info.weightOf(outcome) !== "passed") return ""
      const lines = passLines(outcome, info)
      told.push(...lines)
      return textOf(lines)
    },
    end: (summary) => textOf(ending(summary, performance.now() - startMillis, told, info))
  }
}

/** The heading of a run, in one line. */
export const heading = ({ scenarios, seed, target, texts, width }: RunInfo): string => {
  const { against, seed: seedOf } = texts.report
  const after = `, ${seedOf(seed)}`
  const room = width - against(scenarios, "").length - after.length
  return against(scenarios, clip(target, Math.max(clipMin, room))) + after
}

/** All that is known at the end, in `linesMax` lines with those that were told before: causes, clauses, counts, meaning. */
export const ending = (
  summary: Summary,
  ms: number,
  told: ReadonlyArray<string>,
  info: RunInfo
): ReadonlyArray<string> => {
  const causes = causesOf(summary.outcomes, info.weightOf)
  const shown = causes.filter(({ level }) => info.levels.includes(level))
  const folded = causes.filter((cause) => !shown.includes(cause))
  const several = summary.outcomes.length > 1
  const closing = [
    ...unexpected(summary, info),
    ...notPlayed(summary, info),
    ...(several ? ["", ...clauseTable(summary, info), "", counts(summary, ms, info)] : []),
    ...foldedLine(folded, summary, info),
    ...meaning(summary, shown, info)
  ]
  const room = linesMax - headingLines - heightOf([...told, ...closing], info.width)
  return [...causeBlocks(shown, info.isFull ? Infinity : room, info), ...closing]
}

/** True if scenarios that pass have a line each: in a short run. */
const isEachTold = ({ isFull, scenarios }: RunInfo): boolean => isFull || scenarios <= fewScenarios

const passLines = ({ ms, notes, scenario }: Outcome, info: RunInfo): ReadonlyArray<string> => {
  const { isFull, style, texts, width } = info
  const sign = signOf("passed", info)
  const time = texts.span(ms)
  const text = shortened(`${scenario.file}  ${scenario.title}`, width - sign.length - 2 - time.length)
  return [
    `${style.green(sign)}${text}  ${style.dim(time)}`,
    ...(isFull ? notes.flatMap((note) => beside(" ".repeat(sign.length), note, width)).map(style.dim) : [])
  ]
}

/** Scenarios that pass although they are known to fail. */
const unexpected = (summary: Summary, info: RunInfo): ReadonlyArray<string> =>
  summary.outcomes
    .filter((outcome) => outcome.verdict === "passed" && info.weightOf(outcome) === "failed")
    .slice(0, reasonsMax)
    .flatMap(({ scenario }) => {
      const sign = signOf("failed", info)
      const text = shortened(`${scenario.file}  ${scenario.title}`, info.width - sign.length)
      const head = info.style.bold(info.style.red(sign)) + text
      return ["", head].concat(beside("  ", info.texts.report.unexpectedPass, info.width))
    })

/** Why scenarios were not played, or not judged: a line for each reason, with what a server that is lost wrote last. */
export const notPlayed = ({ outcomes }: Summary, info: RunInfo): ReadonlyArray<string> => {
  const { style, texts, width } = info
  const { inconclusive, notReached, skipped } = texts.report.counts
  const words = { inconclusive, not_reached: notReached, skipped }
  const lines = (["not_reached", "inconclusive", "skipped"] as const).flatMap((verdict) => {
    const some = outcomes.filter((outcome) => outcome.verdict === verdict && outcome.failure === undefined)
    const byReason = [...Map.groupBy(some, ({ reason = "" }) => reason)]
    return byReason.map(([reason, { length }]) =>
      cut(texts.report.becauseOf(words[verdict](length), reason), width)
    )
  })
  const hidden = lines.length - reasonsMax
  const lost = outcomes.find(({ targetLost }) => targetLost !== undefined)?.targetLost
  const all = [
    ...lines.slice(0, reasonsMax),
    ...(hidden > 0 ? [texts.report.more(hidden)] : []),
    ...logLines(lost?.lastLines ?? [], info).map((line) => `  ${line}`)
  ]
  return all.length > 0 ? ["", ...all.map(style.dim)] : []
}

const foldedLine = (
  folded: ReadonlyArray<Cause>,
  { outcomes }: Summary,
  { levels, style, texts, weightOf, width }: RunInfo
): ReadonlyArray<string> => {
  const warned = outcomes.filter(
    (outcome) => weightOf(outcome) === "warned" && !levels.includes(outcome.scenario.level)
  )
  if (warned.length === 0) return []
  const clauses = listed(
    folded.flatMap(({ clause }) => clause ?? []),
    texts.play.and
  )
  return beside("", texts.meaning.folded(warned.length, clauses), width).map(style.dim)
}

const counts = (summary: Summary, ms: number, { style, texts }: RunInfo): string => {
  const paints = {
    passed: style.green,
    failed: style.red,
    notReached: style.yellow,
    warned: style.yellow,
    known: style.dim,
    skipped: style.dim,
    inconclusive: style.yellow
  }
  const told = Object.entries(totalsOf(summary)).flatMap(([name, count]) => {
    const what = name as keyof Totals
    return count > 0 ? [paints[what](texts.report.counts[what](count))] : []
  })
  return [...told, style.dim(texts.report.inTime(ms))].join(" · ")
}

const textOf = (lines: ReadonlyArray<string>): string => lines.map((line) => `${line}\n`).join("")

/** The longest report, in lines, unless everything is asked for. */
const linesMax = 120
const headingLines = 2
const fewScenarios = 12
const reasonsMax = 4
const clipMin = 30
