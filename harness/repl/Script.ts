import type { FailedAt } from "../verbs/Step.ts"
import * as Effect from "effect/Effect"
import type { StepFailed } from "../stage/Finding.ts"
import { arrows, type Happening } from "../stage/Transcript.ts"
import type { Line } from "../../src/wire/Lines.ts"
import { pointedAt } from "../report/Pointer.ts"
import { withoutTokens } from "../Format.ts"
import { english } from "../texts/en.ts"
import { crashOf } from "../run/Run.ts"
import type { RunResult } from "../verdict/Summary.ts"
import { type Entered, Session } from "./Session.ts"

/** The end of a script: like that of a scenario, or with a line that cannot be played; in words where it did not pass. */
export interface ScriptEnd {
  readonly result: RunResult | "usage"
  readonly message: string | undefined
}

/** Writes of what happens in a script, in whole lines. */
export interface Teller {
  readonly happening: (happening: Happening) => string
  readonly entered: (line: string, lineNumber: number, entered: Entered) => string
  readonly finished: (failed: StepFailed | FailedAt | undefined) => string
}

/** Plays lines as a scenario: stops at the first that fails, and judges the end like that of any other. */
export const playScript = Effect.fnUntraced(function* (
  session: Session,
  lines: AsyncIterable<Line>,
  teller: Teller,
  write: (text: string) => void
): Effect.fn.Return<ScriptEnd> {
  session.stage.transcript.onHappening = (happening) => write(teller.happening(happening))
  let number = 0
  const iterator = lines[Symbol.asyncIterator]()
  for (;;) {
    const next = yield* Effect.promise(() => iterator.next())
    if (next.done === true) break
    number++
    if ("problem" in next.value) {
      const { problem } = next.value
      write(teller.entered("", number, { _tag: "Mistake", message: problem }))
      return { result: "usage", message: problem }
    }
    const { text } = next.value
    if (text.trim() === ":quit") break
    const entered = yield* session.enter(text)
    write(teller.entered(text, number, entered))
    if (entered._tag === "Mistake") return { result: "usage", message: `line ${number}: ${entered.message}` }
    if (entered._tag === "Failed") return yield* endOf(session, `line ${number} failed`, entered.failed)
  }
  const failed = yield* Effect.match(session.finish(), {
    onFailure: (failed) => failed,
    onSuccess: () => undefined
  })
  write(teller.finished(failed))
  return failed === undefined
    ? { result: "passed", message: undefined }
    : yield* endOf(session, "the end failed", failed)
})

/** A failure counts as the target's loss where its program has ended. */
const endOf = Effect.fnUntraced(function* (
  session: Session,
  message: string,
  failed: StepFailed | FailedAt
): Effect.fn.Return<ScriptEnd> {
  const crash = yield* crashLines(session, failed)
  return crash.length === 0
    ? { result: "failed", message }
    : { result: "targetLost", message: [`${message}: ${crash[0]}`, ...crash.slice(1)].join("\n") }
})

/** The end of the server, with the last lines it wrote; nothing as long as it runs. */
export const crashLines = (
  { stage: { server } }: Session,
  { finding }: StepFailed | FailedAt
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(crashOf(server, finding), (crash) =>
    crash === undefined ? [] : [`the server ended (${crash})`, ...server.lastLines()]
  )

/** For people: the exchange, and where it went wrong. */
export const plain: Teller = {
  happening: ({ actor, kind, text }) =>
    kind === "note" ? `# ${text}\n` : `${actor} ${arrows[kind]} ${text}\n`,
  entered: (line, lineNumber, entered) => {
    if (entered._tag === "Mistake")
      return line === ""
        ? `${entered.message}\n`
        : `line ${lineNumber}: ${line.trim()}\n  ${entered.message}\n`
    return entered._tag === "Failed" ? `line ${lineNumber}: ${line.trim()}\n${finding(entered.failed)}` : ""
  },
  finished: (failed) => (failed === undefined ? "" : `the end\n${finding(failed)}`)
}

/** For programs: one line of JSON for each event. */
export const jsonLines: Teller = {
  happening: ({ actor, kind, text, value }) =>
    json({ event: kind, actor, ...(value === undefined ? valueOf(text) : { value }) }),
  entered: (line, lineNumber, entered) => {
    const about = { event: "step", line: lineNumber, sentence: line.trim().replace(/^- /, "") }
    switch (entered._tag) {
      case "Nothing":
        return ""
      case "Passed":
        return json({ ...about, verdict: "passed" })
      case "Mistake":
        return json({ ...about, verdict: "invalid", message: entered.message })
      case "Failed":
        return json({ ...about, verdict: "failed", ...entered.failed.finding })
    }
  },
  finished: (failed) =>
    json({ event: "end", verdict: failed === undefined ? "passed" : "failed", ...failed?.finding })
}

/** A failure for people. */
export const finding = ({ finding }: StepFailed | FailedAt): string =>
  [
    `  expected  ${finding.expected}`,
    `  received  ${finding.received}${afterWhat(finding.after)}`,
    ...(finding.unreadable === undefined ? [] : pointedAt(finding.unreadable, bytesWidth, english)).map(
      (line) => `            ${line}`
    ),
    ...(finding.hint === undefined ? [] : [`  detail    ${finding.hint}`])
  ]
    .map((line) => `${line}\n`)
    .join("")

/** Characters of a line that show bytes. */
const bytesWidth = 68

/** A line of a session has no number worth telling. */
const afterWhat = (after = ""): string => (after === "" ? "" : `   ${after.replace(/ \(line \d+\)$/, "")}`)

const json = (event: object): string => `${JSON.stringify(event, withoutTokens)}\n`

/** The object of an event where it is one, else its text. */
const valueOf = (text: string): { readonly value: unknown } | { readonly text: string } => {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return { text }
  }
}
