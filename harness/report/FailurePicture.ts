import { runner } from "../../src/Invocation.ts"
import { clauses, type ClauseId } from "../language/Clauses.ts"
import type { FailureDetails, Outcome } from "../verdict/Outcome.ts"
import { clip, shellWord } from "../Format.ts"
import { arrows, type Happening } from "../stage/Transcript.ts"
import { hintsOf } from "./Hints.ts"
import { cut, wrap } from "./Layout.ts"
import { pointedAt } from "./Pointer.ts"
import type { RunInfo } from "./Reporter.ts"

/** Where a failure stands in its file. */
export const placeOf = ({
  failure,
  scenario
}: Outcome): { readonly line: number; readonly column: number } => {
  if (failure === undefined) return { line: scenario.line, column: 1 }
  if (failure.place !== "the end") return failure.place.step
  const last = scenario.steps.at(-1)
  return last === undefined ? { line: scenario.line, column: 1 } : last
}

/** The clauses that a failure is held against, with the level they bind at here. */
export const blamed = ({ clauses: own, scenario }: Outcome): string => {
  const failed = [...own].filter(([, { verdict }]) => verdict === "failed").map(([id]) => id)
  if (failed.length > 0) return failed.map((id) => withLevel(id, scenario.level)).join(", ")
  const notReached = [...own].flatMap(([id, verdict]) =>
    verdict.verdict === "not_reached" ? [`${id} not reached (${verdict.by})`] : []
  )
  return notReached.join(", ")
}

const withLevel = (id: ClauseId, level: string): string =>
  clauses[id] === level ? `${id} (${level})` : `${id} (${level} part)`

/**
 * Shows what went wrong so that nobody has to run it again: the scenario's story, the step, the two sides, the last events
 * of each actor, and what the server wrote.
 */
export const picture = (outcome: Outcome, info: RunInfo): ReadonlyArray<string> => {
  const { failure, notes, scenario } = outcome
  if (failure === undefined) return []
  const { story } = scenario
  return [
    ...(story === undefined
      ? []
      : labelled("story", atMost(wrap(story, textWidth(info)), storyLinesMax), info)),
    ...stepLines(outcome, failure, info),
    ...actorLines(outcome, failure, info),
    ...nodeLines(outcome, info),
    ...serverLines(failure, info),
    ...screenLines(failure, info),
    ...notes
      .slice(0, notesMax)
      .flatMap((note) => labelled("note", wrap(clip(note, valueMax), textWidth(info)), info))
  ]
}

/** The command that plays this scenario again in the same way. */
export const replay = (outcome: Outcome, { argumentsFor, seed, ...info }: RunInfo): string => {
  const targetArguments = argumentsFor?.(outcome.scenario) ?? info.targetArguments
  const target = targetArguments === "" ? "" : ` ${targetArguments}`
  return `${runner} scenario ${shellWord(`${outcome.scenario.file}:${placeOf(outcome).line}`)}${target} --seed ${seed}`
}

/** Lines beside a label in the margin. */
export const labelled = (
  label: keyof RunInfo["texts"]["report"]["labels"],
  lines: ReadonlyArray<string>,
  { style, texts }: RunInfo
): ReadonlyArray<string> =>
  lines.map(
    (line, index) =>
      `  ${style.dim((index === 0 ? texts.report.labels[label] : "").padEnd(labelWidth))}${line}`
  )

/** The first lines, and in the last of them that there were more. */
const atMost = (lines: ReadonlyArray<string>, max: number): ReadonlyArray<string> =>
  lines.length <= max ? lines : [...lines.slice(0, max - 1), `${lines[max - 1]} …`]

const textWidth = ({ width }: RunInfo): number => width - labelWidth - 4

const stepLines = (
  outcome: Outcome,
  { finding, place }: FailureDetails,
  { style, texts, width }: RunInfo
): ReadonlyArray<string> => {
  const { report } = texts
  const { line } = placeOf(outcome)
  const number = place === "the end" ? "" : String(line)
  const written =
    place === "the end" ? report.theEnd : (outcome.scenario.text.split("\n")[line - 1] ?? "").trim()
  const because = place === "the end" ? undefined : place.step.because
  const margin = `    ${" ".repeat(number.length)} │   `
  const room = width - margin.length - rowLabelWidth
  const labelled = (label: string, lines: ReadonlyArray<string>) =>
    lines.map(
      (line, index) => `${margin}${style.dim((index === 0 ? label : "").padEnd(rowLabelWidth))}${line}`
    )
  const row = (label: string, text: string) => labelled(label, wrap(clip(text, valueMax), room))
  /** A row with a remark behind it, or below where it does not fit. */
  const remarked = (label: string, lines: ReadonlyArray<string>, remark = "", paint = style.red) => {
    const painted = lines.map(paint)
    const isRoomLeft = lines.at(-1)!.length + 3 + remark.length <= room
    if (remark !== "") painted.push(`${isRoomLeft ? `${painted.pop()}   ` : ""}${style.dim(remark)}`)
    return labelled(label, painted)
  }
  const within = finding.withinMillis === undefined ? "" : report.within(finding.withinMillis)
  const { unreadable } = finding
  const pointed = unreadable === undefined ? [] : pointedAt(unreadable, room, texts)
  const received =
    unreadable === undefined || unreadable.fault === "unfinished"
      ? [...wrap(clip(finding.received, valueMax), room), ...pointed]
      : pointed
  const hints = hintsOf(outcome, texts).slice(0, hintsMax)
  return [
    `  ${style.red("▸")} ${number} │ ${style.bold(cut(written, width - number.length - 7))}`,
    ...remarked(report.expected, wrap(clip(finding.expected, valueMax), room), within, (line) => line),
    ...remarked(report.received, received, finding.after),
    ...(finding.hint === undefined ? [] : row(report.detail, finding.hint)),
    ...hints.flatMap((hint) => row(report.hint, hint)),
    ...(because === undefined ? [] : row(report.because, because))
  ]
}

/** One line for each actor: the last things it did and saw, oldest first. */
const actorLines = (
  { happenings }: Outcome,
  { finding }: FailureDetails,
  { style, texts, width }: RunInfo
): ReadonlyArray<string> => {
  const actors = [...new Set(happenings.map(({ actor }) => actor))].filter((actor) => actor !== "")
  const shown = actors.length <= actorsMax ? actors : withTheFailed(actors, finding.actor)
  const nameWidth = Math.max(6, ...shown.map((name) => Math.min(name.length, nameMax)))
  const lines = shown.map((actor) => {
    const own = happenings.filter((happening) => happening.actor === actor)
    const mark = finding.actor === actor ? `  ${style.red("✗")}` : ""
    const events = lastEvents(own, width - nameWidth - 10)
    return `  ${style.cyan(cut(actor, nameMax).padEnd(nameWidth))}  ${events}${mark}`
  })
  const hidden = actors.length - shown.length
  return hidden > 0 ? [...lines, `  ${style.dim(texts.report.more(hidden))}`] : lines
}

/** As many of the last events as fit, each in a column of its own. */
const lastEvents = (own: ReadonlyArray<Happening>, width: number): string => {
  const events = own.filter(({ kind }) => kind !== "connected" || own.length === 1)
  let text = ""
  let from = events.length
  while (from > 0 && events.length - from < eventsMax) {
    const event = cut(eventText(events[from - 1]!), eventMax)
    const longer = text === "" ? event : `${event.padEnd(columnWidth)}  ${text}`
    if (longer.length > width && text !== "") break
    text = longer
    from--
  }
  return from > 0 ? `… ${text}` : text
}

const withTheFailed = (actors: ReadonlyArray<string>, failed: string | undefined): ReadonlyArray<string> => {
  const first = actors.slice(0, actorsMax)
  return failed === undefined || first.includes(failed) || !actors.includes(failed)
    ? first
    : [...first.slice(1), failed]
}

const eventText = ({ caption, kind }: Happening): string => `${arrows[kind]} ${caption}`

/** The nodes that each actor was at, in order, where the server has several. */
export const nodesText = ({ nodes }: Outcome, { texts }: Pick<RunInfo, "texts">): string | undefined => {
  if (nodes === undefined) return undefined
  const told = [...nodes].map(([actor, names]) => `${actor} ${clip(names.join(", "), valueMax)}`)
  const more = told.length > actorsMax ? [texts.report.more(told.length - actorsMax)] : []
  return [...told.slice(0, actorsMax), ...more].join("; ")
}

const nodeLines = (outcome: Outcome, info: RunInfo): ReadonlyArray<string> => {
  const text = nodesText(outcome, info)
  return text === undefined ? [] : labelled("nodes", wrap(text, textWidth(info)), info)
}

/** How the server ended, and its log: what it wrote before the first step only where it wrote nothing since. */
const serverLines = (
  { crash, lastLines, linesBefore = [] }: FailureDetails,
  info: RunInfo
): ReadonlyArray<string> => {
  const { style, texts } = info
  const ended = crash === undefined ? [] : [texts.report.serverEnded(crash)]
  const isOld = lastLines.length === 0 && linesBefore.length > 0
  const since = isOld ? [texts.report.beforeFirstStep] : []
  const lines = [...ended, ...since, ...logLines(isOld ? linesBefore : lastLines, info)]
  return labelled("server", lines.map(style.dim), info)
}

/** The last lines on the screen of a program that failed. */
const screenLines = ({ finding }: FailureDetails, info: RunInfo): ReadonlyArray<string> =>
  labelled("screen", logLines(finding.screen ?? [], info).map(info.style.dim), info)

/** The last lines of a server's log, each cut to the width. */
export const logLines = (lines: ReadonlyArray<string>, { width }: RunInfo): ReadonlyArray<string> =>
  logTail(lines).map((line) => cut(line, width - labelWidth - 2))

/** The last lines, or all since Python began to tell its last exception, where these are not many. */
const logTail = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const begun = lines.findLastIndex((line) => line.includes("Traceback (most recent call last):"))
  const isShort = begun !== -1 && lines.length - begun <= tracebackLinesMax
  return lines.slice(isShort ? begun : -serverLinesMax)
}

const labelWidth = 8
const rowLabelWidth = 10
const valueMax = 180
const storyLinesMax = 4
const notesMax = 2
const hintsMax = 2
const actorsMax = 6
const nameMax = 16
const eventsMax = 4
const eventMax = 40
const columnWidth = 20
const serverLinesMax = 6
const tracebackLinesMax = 12
