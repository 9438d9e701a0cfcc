import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ClauseId, clauses } from "../harness/language/Clauses.ts"
import type { Scenario } from "../harness/scenario/Scenario.ts"
import { nameOf } from "../harness/scenario/Name.ts"
import type { Fault } from "./Fault.ts"
import { type Hosted, hosted } from "./Hosted.ts"
import { blames, type Finding, mustsBlamed, playOn, playOnce, type PlayingSettings } from "./Playing.ts"
import type { Variant } from "./Variants.ts"

/** Settings of a proof. */
export interface ProofSettings extends PlayingSettings {
  /** Servers that run at a time: most of them wait for something that does not come. */
  readonly jobs: number
  /** Brings up a program with these faults or variants, and who plays against it: a server, unless told otherwise. */
  readonly host?: typeof hosted
  /** Chooses, of the scenarios that are not about a server's own clauses, those that it is shown; all without it. */
  readonly neighboursOf?: (name: string, scenarios: ReadonlyArray<Scenario>) => ReadonlyArray<Scenario>
}

/** One server and what the scenarios found in it. */
export interface Judgement {
  readonly kind: "base" | "variant" | "fault" | "pair"
  readonly name: string
  /** The clauses that it breaks. */
  readonly clauses: ReadonlyArray<ClauseId>
  readonly findings: ReadonlyArray<Finding>
  /** The scenarios that hold one of its clauses against it every time. */
  readonly caught: ReadonlyMap<ClauseId, Scenario>
  /** One line for each thing wrong with the scenarios that judged it; none if they are right. */
  readonly complaints: ReadonlyArray<string>
}

/** The clauses that no fault can show: a peer can only vanish without a word where the network itself is cut. */
export const unseen: ReadonlySet<string> = new Set(["LEAVE-3"])

/**
 * The most must scenarios that one fault may turn red. A report shows one cause for each clause; what comes of it elsewhere
 * is not reached.
 */
const redMax = 15

/** All that a proof has to know of a fault. */
type Row = Omit<Fault, "change">

const hostOf = ({ host = hosted }: ProofSettings) => host

/** Judges the base: every scenario passes, every time. */
export const judgeBase = Effect.fnUntraced(function* (
  scenarios: ReadonlyArray<Scenario>,
  settings: ProofSettings
): Effect.fn.Return<Judgement, never, Scope.Scope> {
  const server = yield* hostOf(settings)([], settings.timeScale)
  const findings = yield* Effect.forEach(scenarios, (scenario) => playAll(scenario, server, settings), {
    concurrency: settings.jobs
  })
  return correct("base", "base", findings)
}, Effect.scoped)

/** Judges a correct server that differs: every must scenario and those of its features pass, every time. */
export const judgeVariant = Effect.fnUntraced(function* (
  { features = [], name }: Pick<Variant, "name"> & Partial<Pick<Variant, "features">>,
  scenarios: ReadonlyArray<Scenario>,
  settings: ProofSettings
): Effect.fn.Return<Judgement, never, Scope.Scope> {
  const musts = scenarios.filter(isMust)
  const own = scenarios.filter(({ needs }) => isAbout(needs, features))
  const { neighboursOf = (_, all) => all } = settings
  const server = yield* hostOf(settings)([name], settings.timeScale)
  const findings = yield* Effect.forEach([...neighboursOf(name, musts), ...own], (scenario) =>
    playAll(scenario, server, settings)
  )
  return correct("variant", name, findings)
}, Effect.scoped)

/** Tells if what a scenario needs are some of these features, and nothing else but to be alone or presence. */
const isAbout = (needs: Scenario["needs"], features: Variant["features"]): boolean =>
  needs.some((need) => features.includes(need)) &&
  needs.every((need) => ["alone", "presence", ...features].includes(need))

/** Plays a scenario `runs` times, unless it does not pass. */
const playAll = (scenario: Scenario, server: Hosted, settings: ProofSettings) =>
  Effect.flatMap(playOnce(scenario, server), (first) => playOn(passes, first, server, settings))

const correct = (kind: Judgement["kind"], name: string, findings: ReadonlyArray<Finding>): Judgement => ({
  kind,
  name,
  clauses: [],
  findings,
  caught: new Map(),
  complaints: findings.flatMap(unlessPassed)
})

/**
 * Judges one faulty server, or several faults in one: of each, some scenario holds one of its clauses against it, every time,
 * and no must scenario blames it for a must that none of them breaks.
 */
export const judgeFaults = Effect.fnUntraced(function* (
  faults: ReadonlyArray<Row>,
  scenarios: ReadonlyArray<Scenario>,
  settings: ProofSettings
): Effect.fn.Return<Judgement, never, Scope.Scope> {
  const name = faults.map(({ name }) => name).join("+")
  const rows = faults.flatMap(({ clauses }) => clauses)
  const own = scenarios.filter(({ proves }) => proves.some((clause) => rows.includes(clause)))
  const others = scenarios.filter((scenario) => isMust(scenario) && !own.includes(scenario))
  const { neighboursOf = (_, all) => all } = settings
  const server = yield* hostOf(settings)(
    faults.map(({ name }) => name),
    settings.timeScale
  )
  const findings = yield* Effect.forEach([...own, ...neighboursOf(name, others)], (scenario) =>
    playOnce(scenario, server)
  )
  const caught = yield* caughtFor(rows, findings, server, settings)
  const missed = faults.filter(({ clauses }) => !clauses.some((clause) => caught.has(clause)))
  const complaints = [
    ...missed.map((fault) => `no scenario catches ${fault.name} every time`),
    ...findings.flatMap((finding) => blamedWrongly(finding, faults)),
    ...(faults.length === 1 ? tooRed(findings) : [])
  ]
  const kind = faults.length === 1 ? "fault" : "pair"
  return { kind, name, clauses: rows, findings, caught, complaints }
}, Effect.scoped)

/** For each clause the first scenario that holds it against the server every time. */
const caughtFor = Effect.fnUntraced(function* (
  rows: ReadonlyArray<ClauseId>,
  findings: ReadonlyArray<Finding>,
  server: Hosted,
  settings: ProofSettings
) {
  const caught = new Map<ClauseId, Scenario>()
  for (const clause of rows) {
    const isCaught = (finding: Finding) => blames(finding, [clause])
    for (const first of findings.filter(isCaught)) {
      if (!isCaught(yield* playOn(isCaught, first, server, settings))) continue
      caught.set(clause, first.scenario)
      break
    }
  }
  return caught
})

/** A server is not to be blamed for a must that its faults do not break; one that breaks no must passes them all. */
const blamedWrongly = (finding: Finding, faults: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const broken = faults.flatMap(({ clauses, level }) => (level === "must" ? clauses : []))
  const wrong = mustsBlamed(finding).filter((clause) => !broken.includes(clause))
  if (wrong.length > 0) return [`blames ${wrong.join(" and ")}, which it does not break: ${told(finding)}`]
  return broken.length === 0 && isMust(finding.scenario) ? unlessPassed(finding) : []
}

const tooRed = (findings: ReadonlyArray<Finding>): ReadonlyArray<string> => {
  const red = mustsWith(findings, "failed")
  return red > redMax ? [`turns ${red} must scenarios red; at most ${redMax} may tell of one mistake`] : []
}

/** The number of must scenarios that came to this verdict. */
export const mustsWith = (findings: ReadonlyArray<Finding>, sought: Finding["verdict"]): number =>
  findings.filter(({ scenario, verdict }) => isMust(scenario) && verdict === sought).length

/** The clauses of which no fault was caught by a scenario that holds it against them. */
export const clausesWithoutProof = (judgements: ReadonlyArray<Judgement>): ReadonlyArray<string> =>
  Object.keys(clauses).filter(
    (clause) => !unseen.has(clause) && !judgements.some(({ caught }) => caught.has(clause as ClauseId))
  )

const isMust = ({ level }: Scenario): boolean => level === "must"
const passes = ({ verdict }: Finding): boolean => verdict === "passed"

const unlessPassed = (finding: Finding): ReadonlyArray<string> => (passes(finding) ? [] : [told(finding)])

const told = ({ scenario, verdict, why }: Finding): string => `${nameOf(scenario.file)} (${verdict}): ${why}`
