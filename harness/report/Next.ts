import { runner } from "../../src/Invocation.ts"
import type { Summary } from "../verdict/Summary.ts"
import { causeBlock } from "./CauseBlocks.ts"
import { causesOf } from "./Causes.ts"
import { lessonExplained } from "./Explanation.ts"
import { replay } from "./FailurePicture.ts"
import { lessonOf, lessons } from "./Lessons.ts"
import { notPlayed } from "./Pretty.ts"
import type { RunInfo } from "./Reporter.ts"
import { mustsOf } from "./Totals.ts"

/** The report for somebody who is still writing: the progress, the first thing that does not work, and what to do about it. */
export const nextReport = (summary: Summary, info: RunInfo): ReadonlyArray<string> => {
  const { style, texts } = info
  const [cause] = causesOf(summary.outcomes, info.weightOf)
  const progress = style.bold(texts.next.progress(mustsOf(summary)))
  const progressed = [...lessonLines(summary, info), ""]
  if (cause === undefined && summary.result !== "passed") return [...progressed, ...notPlayed(summary, info)]
  if (cause === undefined) return [...progressed, progress, ...texts.next.all]
  const labelWidth = Math.max(texts.next.again.length, texts.explanation.more.length) + 2
  return [
    ...progressed.slice(0, -1),
    ...causeBlock(cause, info),
    ...(cause.clause === undefined ? [] : ["", ...lessonExplained(cause.clause, info)]),
    "",
    progress,
    `${texts.next.again.padEnd(labelWidth)}${style.cyan(replay(cause.best, info))}`,
    ...(cause.clause === undefined
      ? []
      : [
          `${texts.explanation.more.padEnd(labelWidth)}${style.cyan(`${runner} scenario explain ${cause.clause}`)}`
        ])
  ]
}

/** A line for each lesson: how many of its scenarios have passed. */
const lessonLines = (summary: Summary, { style, texts, weightOf }: RunInfo): ReadonlyArray<string> => {
  const byLesson = Map.groupBy(summary.outcomes, ({ scenario }) => lessonOf(scenario))
  return (Object.keys(lessons) as ReadonlyArray<keyof typeof lessons>).flatMap((lesson) => {
    const outcomes = byLesson.get(lesson) ?? []
    if (outcomes.length === 0) return []
    const passed = outcomes.filter((outcome) => weightOf(outcome) === "passed").length
    const hasFailed = outcomes.some(
      (outcome) => outcome.verdict === "failed" && weightOf(outcome) === "failed"
    )
    const mark = hasFailed ? style.red("✗") : passed === outcomes.length ? style.green("✓") : style.dim("·")
    const name = texts.next.lessons[lesson]
    return [`${mark} ${name.padEnd(lessonWidth)}  ${style.dim(texts.next.passed(passed, outcomes.length))}`]
  })
}

const lessonWidth = 10
