import { runner } from "../../src/Invocation.ts"
import type { Cause } from "./Causes.ts"
import type { Summary } from "../verdict/Summary.ts"
import { replay } from "./FailurePicture.ts"
import { beside } from "./Layout.ts"
import type { RunInfo } from "./Reporter.ts"
import { mustsOf } from "./Totals.ts"

/** The meaning of a run, to be read last: the number of musts that hold, and what to mend first. */
export const meaning = (
  summary: Summary,
  causes: ReadonlyArray<Cause>,
  info: RunInfo
): ReadonlyArray<string> => {
  const { style, texts } = info
  const musts = mustsOf(summary)
  const first = causes.slice(0, causesMax)
  const paint = musts.hold === musts.all ? style.green : style.bold
  return [
    ...(musts.all > 0 && summary.outcomes.length > 1 ? ["", paint(texts.meaning.musts(musts))] : []),
    ...(first.length > 0 ? ["", style.bold(texts.meaning.mendFirst)] : []),
    ...first.flatMap((cause, index) => toMend(cause, index + 1, info))
  ]
}

const toMend = ({ best, clause, hidden }: Cause, number: number, info: RunInfo): ReadonlyArray<string> => {
  const { style, texts, width } = info
  const title = clause === undefined ? best.scenario.title : `${clause}  ${texts.clauses[clause].title}`
  return [
    ...beside(`${number}. `, title, width),
    ...(hidden.length > 0 ? [`   ${texts.report.hides(hidden.length)}`] : []),
    `   ${style.cyan(replay(best, info))}`,
    ...(clause === undefined ? [] : [`   ${style.cyan(`${runner} scenario explain ${clause}`)}`])
  ]
}

const causesMax = 3
