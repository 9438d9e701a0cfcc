import { performance } from "node:perf_hooks"
import { isClauseId } from "../language/Clauses.ts"
import type { Happening } from "../stage/Transcript.ts"
import type { Place } from "../verdict/Blame.ts"
import type { Outcome } from "../verdict/Outcome.ts"
import type { Summary } from "../verdict/Summary.ts"
import { causesOf } from "./Causes.ts"
import { placeOf, replay } from "./FailurePicture.ts"
import { cut } from "./Layout.ts"
import type { Reporter, RunInfo } from "./Reporter.ts"
import { mustsOf, totalsOf } from "./Totals.ts"

/** One JSON document as docs/report.schema.json describes it: the run, its causes, and each scenario with its clauses. */
export const json = (info: RunInfo): Reporter => {
  const startMillis = performance.now()
  return {
    end: (summary: Summary) => {
      const report = {
        version: info.version,
        date: info.startedAt.toISOString(),
        target: info.target,
        seed: info.seed,
        exitCode: info.exitCodeOf(summary),
        ms: rounded(performance.now() - startMillis),
        totals: totalsOf(summary),
        musts: mustsOf(summary),
        causes: causesIn(summary, info),
        scenarios: summary.outcomes.map(entry)
      }
      return `${JSON.stringify(report, null, 2)}\n`
    }
  }
}

const causesIn = ({ outcomes }: Summary, info: RunInfo) =>
  causesOf(outcomes, info.weightOf).map(({ best, clause, hidden, level, others }) => ({
    clause,
    level,
    title: clause === undefined ? best.scenario.title : info.texts.clauses[clause].title,
    best: { file: best.scenario.file, line: placeOf(best).line, replay: replay(best, info) },
    others: others.map(({ scenario }) => scenario.file),
    hides: hidden.map(({ scenario }) => scenario.file)
  }))

/** One scenario; what there is nothing to say of is `undefined`, which JSON leaves out. */
const entry = (outcome: Outcome) => {
  const { broken, clauses, failure, happenings, nodes, notes, scenario, targetLost, verdict } = outcome
  const verdicts = [...clauses]
  const cause = verdicts.find(([, { verdict }]) => verdict === "failed")?.[0]
  const way = verdicts.flatMap(([, own]) => (own.verdict === "not_reached" ? [own.by] : []))[0]
  const server = failure?.lastLines ?? targetLost?.lastLines ?? []
  return {
    file: scenario.file,
    line: scenario.line,
    scenario: scenario.title,
    level: scenario.level,
    verdict,
    clauses: Object.fromEntries(clauses),
    cause,
    hiddenBy: cause === undefined && way !== undefined && isClauseId(way) ? way : undefined,
    ms: rounded(outcome.ms),
    broken: broken.size > 0 ? Object.fromEntries(broken) : undefined,
    notes: unlessEmpty(notes),
    reason: outcome.reason,
    step: failure === undefined ? undefined : stepAt(failure.place),
    expected: failure?.finding.expected,
    received: failure?.finding.received,
    crash: failure?.crash,
    nodes: nodes === undefined || verdict === "passed" ? undefined : Object.fromEntries(nodes),
    transcript: verdict === "passed" ? undefined : unlessEmpty(transcriptOf(happenings)),
    server: lastOf(server),
    screen: lastOf(failure?.finding.screen ?? [])
  }
}

const lastOf = (lines: ReadonlyArray<string>) =>
  unlessEmpty(lines.slice(-linesMax).map((line) => cut(line, charactersMax)))

const unlessEmpty = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> | undefined =>
  items.length > 0 ? items : undefined

const stepAt = (place: Place) =>
  place === "the end" ? { sentence: "the end" } : { line: place.step.line, sentence: place.step.sentence }

/** The end of an exchange, timed from its beginning. */
const transcriptOf = (happenings: ReadonlyArray<Happening>) => {
  const startMillis = happenings[0]?.atMillis ?? 0
  return happenings.slice(-happeningsMax).map(({ actor, atMillis, kind, line, text }) => ({
    ms: rounded(atMillis - startMillis),
    actor,
    kind,
    text: cut(text, charactersMax),
    line
  }))
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10

const happeningsMax = 100
const linesMax = 20
const charactersMax = 500
