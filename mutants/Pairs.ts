import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { Scenario } from "../harness/scenario/Scenario.ts"
import { makeChat } from "./chat/makeChat.ts"
import type { Fault } from "./Fault.ts"
import { families, faults } from "./Faults.ts"
import { framingFaults } from "./faults/Framing.ts"
import { leavingFaults } from "./faults/Leaving.ts"
import { loginFaults } from "./faults/Login.ts"
import { hosted } from "./Hosted.ts"
import { blames, playOnce, type PlayingSettings } from "./Playing.ts"
import type { Judgement } from "./Proof.ts"

/** Two faults in one server. */
export type Pair = readonly [Fault, Fault]

/** A list in an order that looks random and is the same for the same seed. */
export const shuffled = <A>(list: ReadonlyArray<A>, seed: string): ReadonlyArray<A> =>
  Effect.runSync(Random.withSeed(Random.shuffle(list), seed))

/**
 * All pairs that tell something, in the order of the seed: from two families, with no clause in common (one would do for the
 * other) and at least one that breaks a must.
 */
export const pairsOf = (seed: number): ReadonlyArray<Pair> => {
  const pairs = families.flatMap((family, at) =>
    family.flatMap((one) =>
      families.slice(at + 1).flatMap((later) => later.map((other): Pair => [one, other]))
    )
  )
  return shuffled(pairs.filter(tellsSomething), `${seed}`)
}

const tellsSomething = ([one, other]: Pair): boolean =>
  [one, other].some(({ level }) => level === "must") &&
  !one.clauses.some((clause) => other.clauses.includes(clause))

/**
 * The pairs that are judged in any case. Half of all servers in the wild send a message back to its sender, and those that cut
 * requests in the wrong place are many: neither may hide what else is wrong.
 */
export const pairsToShow: ReadonlyArray<Pair> = [
  ...musts(framingFaults).map((fault): Pair => [fault, named("sigpipe-kills")]),
  ...musts([...loginFaults, ...leavingFaults]).map((fault): Pair => [fault, named("sender-hears-itself")])
]

function musts(faults: ReadonlyArray<Fault>): ReadonlyArray<Fault> {
  return faults.filter(({ level }) => level === "must")
}

function named(name: string): Fault {
  return faults.find((fault) => fault.name === name)!
}

/** The pieces that both replace, so that one may hide the other. */
export const piecesOfBoth = ([one, other]: Pair): ReadonlyArray<string> => {
  const pieces = new Set(piecesOf(other))
  return piecesOf(one).filter((piece) => pieces.has(piece))
}

const piecesOf = ({ change }: Fault): ReadonlyArray<string> => Object.keys(change(makeChat()))

/** Faults that another keeps from being reached, though they replace different pieces: the one that hides, the other, why. */
const kept: ReadonlyArray<readonly [hiding: string, hidden: string, why: string]> = [
  ["space-needed", "null-kills", "what it reads is never null"],
  ["accents-lost", "lock-while-sending", "long contents, which show it, do not arrive as they were sent"]
]

const whyKept = (pair: Pair): string | undefined => {
  const names = new Set(pair.map(({ name }) => name))
  const [hiding, hidden, why] = kept.find(([one, other]) => names.has(one) && names.has(other)) ?? []
  return why === undefined ? undefined : `${hiding} keeps ${hidden} from being reached: ${why}`
}

/**
 * Why a pair cannot show both of its faults, if so: they replace one piece, one keeps the other from being reached, or on
 * one of them alone no scenario passes that catches the other alone.
 */
export const whyHidden = Effect.fnUntraced(function* (
  pair: Pair,
  aloneOf: (fault: Fault) => Effect.Effect<Judgement>,
  settings: PlayingSettings
) {
  const both = piecesOfBoth(pair)
  if (both.length > 0) return `both replace ${both.join(" and ")}`
  const known = whyKept(pair)
  if (known !== undefined) return known
  for (const [hiding, hidden] of [pair, pair.toReversed() as unknown as Pair]) {
    const { findings } = yield* aloneOf(hidden)
    const catching = findings.filter((finding) => blames(finding, hidden.clauses))
    if (catching.length === 0) return `nothing catches ${hidden.name} alone`
    const scenarios = catching.map(({ scenario }) => scenario)
    if (yield* failsAll(scenarios, hiding, yield* aloneOf(hiding), settings))
      return `on ${hiding.name} alone no scenario passes that catches ${hidden.name}`
  }
  return undefined
})

/** Whether no one of the scenarios passes on a server with this fault. */
const failsAll = Effect.fnUntraced(function* (
  scenarios: ReadonlyArray<Scenario>,
  { name }: Fault,
  alone: Judgement,
  settings: PlayingSettings
) {
  const known = new Map(alone.findings.map(({ scenario, verdict }) => [scenario, verdict]))
  if (scenarios.some((scenario) => known.get(scenario) === "passed")) return false
  const server = yield* hosted([name], settings.timeScale)
  for (const scenario of scenarios)
    if (!known.has(scenario) && (yield* playOnce(scenario, server)).verdict === "passed") return false
  return true
}, Effect.scoped)
