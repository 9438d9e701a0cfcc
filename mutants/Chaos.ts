import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { kinds } from "../harness/chaos/Changes.ts"
import { changedBy, chaosFolder, playChanged } from "../harness/run/Chaos.ts"
import { nameOf } from "../harness/scenario/Name.ts"
import type { Scenario } from "../harness/scenario/Scenario.ts"
import { TargetKnowledge } from "../harness/stage/TargetKnowledge.ts"
import type { Choice } from "./Choice.ts"
import type { Fault } from "./Fault.ts"
import { hosted } from "./Hosted.ts"
import { type Finding, playOnce } from "./Playing.ts"
import type { Judgement, ProofSettings } from "./Proof.ts"
import { report } from "./Report.ts"
import { variants } from "./Variants.ts"

/** The faults that a short talk shows once its bytes come in other segments, though no request of it is unusual. */
const shownByChaos: ReadonlySet<string> = new Set([
  "recv-is-a-message",
  "half-forgotten",
  "half-is-an-error",
  "escape-forgotten",
  "decodes-each-recv",
  "newline-needed",
  "rest-of-segment-lost",
  "waits-for-the-next",
  "thread-per-request"
])

/** The faults that the texts of messages show without any change, so that chaos must not blame it on one. */
const shownByTexts: ReadonlySet<string> = new Set(["latin-1", "raw-utf-8-refused"])

const chaos = { kinds, folder: chaosFolder, seed: 1 }

/** Judges what chaos makes of the scenarios: correct servers pass it, and what it is meant to find falls to it. */
export const proveChaos = (
  choice: Choice,
  scenarios: ReadonlyArray<Scenario>,
  settings: ProofSettings
): Effect.Effect<ReadonlyArray<Judgement>> => {
  const musts = scenarios.filter(({ level }) => level === "must")
  const { neighboursOf = (_, all) => all } = settings
  const broadcast = scenarios.find(({ file }) => nameOf(file) === "broadcast")!
  const faults = choice.faults.filter(({ name }) => shownByChaos.has(name) || shownByTexts.has(name))
  const judging = [
    ...(choice.variants.length > 0 ? [judgeCorrect(undefined, neighboursOf("base", musts), settings)] : []),
    ...choice.variants.map(({ name }) => judgeCorrect(name, neighboursOf(name, musts), settings)),
    ...faults.map((fault) => judgeFault(fault, broadcast, settings))
  ]
  return Effect.forEach(
    judging,
    Effect.tap((judgement) => Effect.sync(() => report(judgement))),
    {
      concurrency: settings.jobs
    }
  )
}

/**
 * Judges a correct server: the base under every change, a variant under one change of each scenario, in turns, so that all of
 * them together see all.
 */
const judgeCorrect = Effect.fnUntraced(function* (
  variant: string | undefined,
  scenarios: ReadonlyArray<Scenario>,
  settings: ProofSettings
): Effect.fn.Return<Judgement, never, Scope.Scope> {
  const server = yield* hosted(variant === undefined ? [] : [variant], settings.timeScale)
  const turn = variants.findIndex(({ name }) => name === variant)
  const changed = scenarios.flatMap((scenario, at) => {
    const all = changedBy(scenario, chaos)
    return variant === undefined ? all : all.slice((turn + at) % all.length).slice(0, 1)
  })
  const findings = yield* Effect.forEach(changed, ({ scenario }) => playOnce(scenario, server), {
    concurrency: variant === undefined ? settings.jobs : 1
  })
  const blamed = findings.filter(({ verdict }) => verdict === "failed" || verdict === "not_reached")
  return {
    kind: variant === undefined ? "base" : "variant",
    name: `${variant ?? "base"} --chaos`,
    clauses: [],
    findings,
    caught: new Map(),
    complaints: blamed.map(told)
  }
}, Effect.scoped)

/** Judges a fault: under chaos the one scenario holds one of its clauses against it, if that is what shows it, and no other. */
const judgeFault = Effect.fnUntraced(function* (
  { clauses, name }: Fault,
  scenario: Scenario,
  settings: ProofSettings
): Effect.fn.Return<Judgement, never, Scope.Scope> {
  const { player } = yield* hosted([name], settings.timeScale)
  const knowledge = new TargetKnowledge()
  const outcomes = yield* Effect.orDie(playChanged(scenario, player, { ...chaos, knowledge }))
  const blamed = outcomes.flatMap(({ clauses }) =>
    [...clauses].flatMap(([clause, { verdict }]) => (verdict === "failed" ? [clause] : []))
  )
  const isToBeFound = shownByChaos.has(name)
  const wrongly = blamed.filter((clause) => !isToBeFound || !clauses.includes(clause))
  return {
    kind: "fault",
    name: `${name} --chaos`,
    clauses,
    findings: outcomes.map(({ clauses, failure, scenario, verdict }) => ({
      scenario,
      verdict,
      blamed: new Set([...clauses].flatMap(([clause, one]) => (one.verdict === "failed" ? [clause] : []))),
      why: failure?.finding.received
    })),
    caught: new Map(),
    complaints: [
      ...(isToBeFound && blamed.length === 0 ? [`${scenario.file} does not catch it under chaos`] : []),
      ...wrongly.map((clause) => `blames ${clause} under chaos, which shows nothing of the kind`)
    ]
  }
}, Effect.scoped)

const told = ({ scenario, verdict, why }: Finding): string => `${nameOf(scenario.file)} (${verdict}): ${why}`
