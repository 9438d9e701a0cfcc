import type { Outcome } from "../verdict/Outcome.ts"
import { clip } from "../Format.ts"
import type { Cause } from "./Causes.ts"
import { labelled, picture, placeOf } from "./FailurePicture.ts"
import { beside, heightOf, shortened, wrap } from "./Layout.ts"
import type { RunInfo } from "./Reporter.ts"
import { signOf } from "./Signs.ts"

/** Shows each cause in a block of its own as long as the lines suffice, the others in a line each; the first in any case. */
export const causeBlocks = (
  causes: ReadonlyArray<Cause>,
  linesMax: number,
  info: RunInfo
): ReadonlyArray<string> => {
  const lines: Array<string> = []
  const briefly: Array<string> = []
  let left = linesMax - causes.length
  for (const cause of causes) {
    const block = causeBlock(cause, info)
    const height = heightOf(block, info.width)
    if (lines.length > 0 && height > left) briefly.push(lineOf(cause, info))
    else {
      lines.push(...block)
      left -= height - 1
    }
  }
  if (briefly.length === 0) return lines
  const shown = briefly.slice(0, Math.max(1, left + briefly.length - 2))
  const hidden = briefly.length - shown.length
  return [...lines, "", ...shown, ...(hidden > 0 ? [info.style.dim(info.texts.report.more(hidden))] : [])]
}

/** A cause with the scenario that shows it best, the others that show it, and what it hides. */
export const causeBlock = (cause: Cause, info: RunInfo): ReadonlyArray<string> => {
  const { best, clause, hidden, others } = cause
  const { report } = info.texts
  const { column, line } = placeOf(best)
  const place = `${best.scenario.file}:${line}:${column}  `
  const evidence = clause === undefined ? undefined : best.broken.get(clause)
  const inPassing = best.failure === undefined ? evidence : undefined
  return [
    "",
    ...headLines(cause, info),
    ...beside("  ", place + best.scenario.title, info.width),
    ...picture(best, info),
    ...(inPassing === undefined
      ? []
      : labelled("note", wrap(clip(inPassing, evidenceMax), info.width - marginMax), info)),
    ...labelled("also", othersOf(others, info), info),
    ...(hidden.length > 0 ? labelled("hides", [report.hides(hidden.length)], info) : [])
  ]
}

const lineOf = (cause: Cause, info: RunInfo): string =>
  labelOf(cause, info) + shortened(textOf(cause, info), info.width - signOf("failed", info).length)

const headLines = (cause: Cause, info: RunInfo): ReadonlyArray<string> => {
  const { bold } = info.style
  const labelWidth = signOf("failed", info).length
  const paint = isGrave(cause, info) ? bold : (line: string) => line
  return wrap(`${textOf(cause, info)}  (${cause.level})`, info.width - labelWidth).map((line, index) =>
    index === 0 ? labelOf(cause, info) + paint(line) : " ".repeat(labelWidth) + paint(line)
  )
}

const textOf = ({ best, clause }: Cause, { texts }: RunInfo): string =>
  clause === undefined ? best.scenario.title : `${clause}  ${texts.clauses[clause].title}`

/** A failure stands out, a warning does not. */
const labelOf = (cause: Cause, info: RunInfo): string =>
  isGrave(cause, info)
    ? info.style.bold(info.style.red(signOf("failed", info)))
    : info.style.yellow(signOf("warned", info))

const isGrave = ({ best, level }: Cause, { weightOf }: RunInfo): boolean =>
  level === "must" || weightOf(best) === "failed"

const othersOf = (
  others: ReadonlyArray<Outcome>,
  { isFull, texts, width }: RunInfo
): ReadonlyArray<string> => {
  const shown = isFull || others.length <= othersMax ? others : others.slice(0, othersMax - 1)
  const lines = shown.map((outcome) => {
    const { file, title } = outcome.scenario
    return shortened(`${file}:${placeOf(outcome).line}  ${title}`, width - marginMax)
  })
  return shown.length === others.length ? lines : [...lines, texts.report.more(others.length - shown.length)]
}

const marginMax = 12
const othersMax = 5
const evidenceMax = 180
