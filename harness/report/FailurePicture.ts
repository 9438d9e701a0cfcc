import { clauses, type ClauseId } from "../language/Clauses.ts"
import type { FailureDetails, Outcome } from "../verdict/Outcome.ts"
import { millis } from "../Format.ts"
import { arrows, type Happening } from "../stage/Transcript.ts"
import type { RunInfo } from "./Reporter.ts"
import type { Style } from "./Style.ts"

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

/** Shows what went wrong so that nobody has to run it again: the step, the two sides, the last events of each actor. */
export const picture = (outcome: Outcome, info: RunInfo): ReadonlyArray<string> => {
  const { failure } = outcome
  if (failure === undefined) return []
  return [
    ...stepLines(outcome, failure, info.style),
    ...laneLines(outcome, failure, info.style),
    ...serverLines(failure, info.style),
    ...outcome.notes.map((note) => `  ${info.style.dim(`note    ${note}`)}`),
    `  ${info.style.dim("replay")}  ${replay(outcome, info)}`
  ]
}

/** The command that plays this scenario again in the same way. */
const replay = (outcome: Outcome, { seed, targetArguments }: RunInfo): string => {
  const target = targetArguments === "" ? "" : ` ${targetArguments}`
  return `pnpm scenario ${outcome.scenario.file}:${placeOf(outcome).line}${target} --seed ${seed}`
}

const withLevel = (id: ClauseId, level: string): string =>
  clauses[id] === level ? `${id} (${level})` : `${id} (${level} part)`

const stepLines = (
  outcome: Outcome,
  { finding, place }: FailureDetails,
  style: Style
): ReadonlyArray<string> => {
  const { line } = placeOf(outcome)
  const number = place === "the end" ? "" : String(line)
  const written =
    place === "the end"
      ? "the end of the scenario"
      : (outcome.scenario.text.split("\n")[line - 1] ?? "").trim()
  const because = place === "the end" ? undefined : place.step.because
  const margin = " ".repeat(number.length)
  const row = (name: string, text: string, aside = "") =>
    `    ${margin} │   ${style.dim(name.padEnd(9))} ${text}${aside === "" ? "" : `   ${style.dim(aside)}`}`
  const within = finding.withinMillis === undefined ? "" : `within ${millis(finding.withinMillis)}`
  return [
    `  ${style.red("▸")} ${number} │ ${style.bold(written)}`,
    row("expected", finding.expected, within),
    row("received", style.red(finding.received), finding.after),
    ...(finding.hint === undefined ? [] : [row("detail", finding.hint)]),
    ...(because === undefined ? [] : [row("because", because)])
  ]
}

/** One line for each actor: the last things it did and saw, oldest first. */
const laneLines = (
  { happenings }: Outcome,
  { finding }: FailureDetails,
  style: Style
): ReadonlyArray<string> => {
  const actors = [...new Set(happenings.map(({ actor }) => actor))].filter((actor) => actor !== "")
  const shown = actors.length <= lanesMax ? actors : lanesOf(actors, finding.actor)
  const width = Math.max(6, ...shown.map((name) => name.length))
  const lines = shown.map((actor) => {
    const own = happenings.filter((happening) => happening.actor === actor)
    const last = own.filter(({ kind }) => kind !== "connected" || own.length === 1).slice(-eventsMax)
    const mark = finding.actor === actor ? `  ${style.red("✗")}` : ""
    const events = last.map(eventText)
    const dropped = own.length > last.length + 1 ? "… " : ""
    return `  ${style.cyan(actor.padEnd(width))}  ${dropped}${events
      .map((event) => event.padEnd(columnWidth))
      .join("  ")
      .trimEnd()}${mark}`
  })
  const hidden = actors.length - shown.length
  return hidden > 0 ? [...lines, `  ${style.dim(`and ${hidden} more`)}`] : lines
}

const lanesOf = (actors: ReadonlyArray<string>, failed: string | undefined): ReadonlyArray<string> => {
  const first = actors.slice(0, lanesMax)
  return failed === undefined || first.includes(failed) || !actors.includes(failed)
    ? first
    : [...first.slice(1), failed]
}

const eventText = ({ caption, kind }: Happening): string => `${arrows[kind]} ${caption}`

const serverLines = ({ crash, lastLines }: FailureDetails, style: Style): ReadonlyArray<string> => {
  const ended = crash === undefined ? [] : [`the server ended: ${crash}`]
  const lines = [...ended, ...lastLines.slice(-serverLinesMax)]
  return lines.map((line, index) => `  ${style.dim(index === 0 ? "server  " : "        ")}${line}`)
}

const lanesMax = 10
const eventsMax = 4
const columnWidth = 20
const serverLinesMax = 12
