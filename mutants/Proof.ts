import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { type ClauseId, clauses } from "../harness/language/Clauses.ts"
import { makePlayer, type Player } from "../harness/run/Player.ts"
import type { Verdict } from "../harness/verdict/Outcome.ts"
import type { Scenario } from "../harness/scenario/Scenario.ts"
import { nameOf } from "../harness/scenario/Name.ts"
import type { Target } from "../harness/stage/Target.ts"
import { TargetKnowledge } from "../harness/stage/TargetKnowledge.ts"
import { spawn } from "../harness/targets/Spawn.ts"
import type { Fault } from "./Fault.ts"
import type { Variant } from "./Variants.ts"

/** Settings of a proof. */
export interface ProofSettings {
  /** Failures in a row after which a scenario counts as having caught something. */
  readonly runs: number
  readonly timeScale: number
  /** Servers that run at a time. */
  readonly jobs: number
  /** Also shows the faults that break no must to every must scenario. */
  readonly isFull: boolean
}

/** The verdict of one scenario in all runs; `unsteady` if they differ or did not get to what it proves. */
export interface Finding {
  readonly scenario: Scenario
  readonly verdict: "passed" | "failed" | "unsteady"
  /** The clauses it held its failures against. */
  readonly blamed: ReadonlySet<ClauseId>
  readonly why: string | undefined
}

/** One server and what the scenarios found in it. */
export interface Judgement {
  readonly kind: "base" | "variant" | "fault"
  readonly name: string
  readonly clauses: ReadonlyArray<string>
  readonly findings: ReadonlyArray<Finding>
  /** One line for each thing wrong with the scenarios that judged it; none if they are right. */
  readonly complaints: ReadonlyArray<string>
}

/** The clauses that no fault can show: a peer can only vanish without a word where the network itself is cut. */
export const unseen: ReadonlySet<string> = new Set(["LEAVE-3"])

/** Judges the base: every scenario passes, every time. */
export const judgeBase = Effect.fnUntraced(function* (
  scenarios: ReadonlyArray<Scenario>,
  settings: ProofSettings
): Effect.fn.Return<Judgement> {
  const server = serverWith("", settings)
  const findings = yield* playEach(scenarios, server, settings, everyRun, settings.jobs)
  return { kind: "base", name: "base", clauses: [], findings, complaints: findings.flatMap(blame) }
})

/** Judges a correct server that differs: every must scenario passes, every time. */
export const judgeVariant = Effect.fnUntraced(function* (
  { name }: Variant,
  scenarios: ReadonlyArray<Scenario>,
  settings: ProofSettings
): Effect.fn.Return<Judgement> {
  const musts = scenarios.filter(({ level }) => level === "must")
  const findings = yield* playEach(musts, serverWith(`--variant ${name}`, settings), settings, everyRun)
  return { kind: "variant", name, clauses: [], findings, complaints: findings.flatMap(blame) }
})

/**
 * Judges a faulty server: a scenario of its clauses fails, every time, and holds it against one of them. A must
 * scenario that fails on a server which breaks no must is wrong.
 */
export const judgeFault = Effect.fnUntraced(function* (
  { clauses, level, name }: Fault,
  scenarios: ReadonlyArray<Scenario>,
  settings: ProofSettings
): Effect.fn.Return<Judgement> {
  const server = serverWith(`--fault ${name}`, settings)
  const own = scenarios.filter(({ proves }) => proves.some((clause) => clauses.includes(clause)))
  const findings = [...(yield* playEach(own, server, settings, untilPassed))]
  const isGentle = settings.isFull && level !== "must"
  const others = scenarios.filter((scenario) => !own.includes(scenario))
  const more = findings.some(isCaught) ? others.filter((one) => isGentle && one.level === "must") : others
  findings.push(...(yield* playEach(more, server, settings, untilPassed)))
  const complaints = findings.some(isCaught) ? [] : ["no scenario catches it"]
  const misses = !findings.some((finding) => isCaughtFor(finding, clauses))
  if (complaints.length === 0 && misses) complaints.push("only scenarios of other clauses catch it")
  if (level !== "must")
    complaints.push(...findings.filter(({ scenario }) => scenario.level === "must").flatMap(blame))
  return { kind: "fault", name, clauses, findings, complaints }
})

/** True if the scenario failed every time. */
export const isCaught = ({ verdict }: Finding): boolean => verdict === "failed"

/** True if it also held that against one of these clauses. */
export const isCaughtFor = ({ blamed, verdict }: Finding, clauses: ReadonlyArray<string>): boolean =>
  verdict === "failed" && [...blamed].some((clause) => clauses.includes(clause))

/** The clauses of which no fault was caught by a scenario that holds it against them. */
export const clausesWithoutProof = (judgements: ReadonlyArray<Judgement>): ReadonlyArray<string> =>
  Object.keys(clauses).filter(
    (clause) =>
      !unseen.has(clause) &&
      !judgements.some(
        ({ clauses, findings }) =>
          clauses.includes(clause) && findings.some((finding) => isCaughtFor(finding, [clause]))
      )
  )

const blame = ({ scenario, verdict, why }: Finding): ReadonlyArray<string> =>
  verdict === "passed" ? [] : [`${nameOf(scenario.file)} (${verdict}): ${why}`]

/** The server with these arguments, as any other program that the harness is pointed at. */
const serverWith = (change: string, { timeScale }: ProofSettings): Target => {
  const program = `"${process.execPath}" "${fileURLToPath(new URL("serve.ts", import.meta.url))}"`
  const command = `exec ${program} {port} ${change}`
  return { ...spawn({ command, port: undefined, timeScale }), claims: new Set(["presence"]) }
}

/** Decides after a run if there is another: always for what must never fail, only while it fails for what must always fail. */
const everyRun = () => true
const untilPassed = (verdict: Verdict) => verdict === "failed"

const playEach = (
  scenarios: ReadonlyArray<Scenario>,
  server: Target,
  settings: ProofSettings,
  goOn: (verdict: Verdict) => boolean,
  concurrency = 1
): Effect.Effect<ReadonlyArray<Finding>> => {
  const player = makePlayer(server, {
    timeScale: settings.timeScale,
    seed: 1,
    knowledge: new TargetKnowledge()
  })
  return Effect.forEach(scenarios, (scenario) => playOne(scenario, { ...settings, player }, goOn), {
    concurrency
  })
}

const playOne = Effect.fnUntraced(function* (
  scenario: Scenario,
  { player, runs }: ProofSettings & { readonly player: Player },
  goOn: (verdict: Verdict) => boolean
): Effect.fn.Return<Finding> {
  const verdicts = new Set<Verdict>()
  let why: string | undefined
  const blamed = new Set<ClauseId>()
  for (let run = 1; run <= runs; run++) {
    const outcome = yield* Effect.catchTag(player.play(scenario, run), "TargetFailed", ({ reason }) =>
      Effect.die(new Error(`the server did not start: ${reason}`))
    )
    const { failure, reason, verdict } = outcome
    verdicts.add(verdict)
    why ??= failure === undefined ? reason : `${failure.finding.expected} ≠ ${failure.finding.received}`
    for (const [clause, { verdict }] of outcome.clauses) if (verdict === "failed") blamed.add(clause)
    if (!goOn(verdict)) break
  }
  const [verdict, ...others] = verdicts
  const isSteady = others.length === 0 && (verdict === "passed" || verdict === "failed")
  return { scenario, blamed, why, verdict: isSteady ? verdict : "unsteady" }
})
