import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { type Change, changes, type Kind } from "../chaos/Changes.ts"
import { degrees, type HardTexts, hardTexts } from "../chaos/HardTexts.ts"
import { rewrite } from "../chaos/Rewriting.ts"
import { isClauseId } from "../language/Clauses.ts"
import { nameOf } from "../scenario/Name.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import { withMoreSaid } from "../scenario/Varied.ts"
import { parseScenario } from "../scenario/ScenarioReader.ts"
import type { TargetFailed } from "../stage/Target.ts"
import type { PlayTexts } from "../texts/Play.ts"
import type { TargetKnowledge } from "../stage/TargetKnowledge.ts"
import { hiderIn } from "../verdict/Blame.ts"
import type { Outcome } from "../verdict/Outcome.ts"
import type { Player } from "./Player.ts"

/** What is played of each scenario besides itself, and where a failure of that is saved. */
export interface Chaos {
  readonly kinds: ReadonlyArray<Kind>
  readonly folder: string
  readonly seed: number
  readonly knowledge: TargetKnowledge
}

/** Where failures are saved unless another folder is named. */
export const chaosFolder = "chaos"

/** A scenario under a change. */
interface Changed {
  readonly change: Change
  readonly scenario: Scenario
}

/** What a scenario is changed by: the kinds of changes, their seed, and the folder of the files that it would become. */
type Making = Omit<Chaos, "knowledge">

/**
 * The scenarios that one becomes under these kinds of changes, with texts that are hard to cut where a change cuts; what a
 * change cannot be made to is not among them.
 */
export const changedBy = (scenario: Scenario, making: Making): ReadonlyArray<Changed> =>
  changes
    .filter(({ kind }) => making.kinds.includes(kind) && scenario.programs.size === 0)
    .flatMap((change) => {
      const source = change.cuts === true ? withMoreSaid(scenario, hardTexts) : undefined
      return changed(source ?? scenario, change, making).map((made) => ({ change, scenario: made }))
    })

/** A scenario under a change, if that can be made to it; texts that are hard to cut may have a name and a clause of their own. */
const changed = (
  scenario: Scenario,
  change: Change,
  { folder, seed }: Making,
  { clause, name }: Partial<HardTexts> = {}
): ReadonlyArray<Scenario> => {
  const rewriting = { ...change.of(scenario, seed), ...(clause && { clause }) }
  const text = rewrite(scenario, rewriting, `${scenario.file} under --chaos=${change.kind}`)
  if (text === undefined) return []
  const file = join(folder, `${nameOf(scenario.file)}-${change.name}${name ?? ""}.yaml`)
  const parsed = parseScenario(file, text)
  return "scenario" in parsed ? [parsed.scenario] : []
}

/** Plays a scenario that has passed once more under each change: the outcomes that did not pass. */
export const playChanged = (
  scenario: Scenario,
  player: Player,
  chaos: Chaos
): Effect.Effect<ReadonlyArray<Outcome>, TargetFailed> =>
  Effect.gen(function* () {
    const failed: Array<Outcome> = []
    for (const { change, scenario: made } of changedBy(scenario, chaos)) {
      if (change.kind === "merge" && chaos.knowledge.fences === "settle") continue
      const outcome = yield* player.play(made)
      if (outcome.failure === undefined) continue
      const plainest = change.cuts === true ? yield* byDegrees(scenario, change, player, chaos) : outcome
      if (plainest !== undefined) failed.push(heldAgainst(plainest))
    }
    return failed
  })

/** The first failure under a change, the plainest texts first; texts that fail without it as well tell nothing. */
const byDegrees = Effect.fnUntraced(function* (
  scenario: Scenario,
  change: Change,
  player: Player,
  chaos: Chaos
): Effect.fn.Return<Outcome | undefined, TargetFailed> {
  for (const degree of degrees) {
    const source = degree.more === "" ? scenario : withMoreSaid(scenario, degree.more)
    const [made] = source === undefined ? [] : changed(source, change, chaos, degree)
    if (source === undefined || made === undefined) continue
    const outcome = yield* player.play(made)
    if (outcome.failure === undefined) continue
    if (source === scenario) return outcome
    const unchanged = yield* player.play({ ...source, file: made.file }) // with other texts it is no groundwork
    if (unchanged.verdict === "passed") return outcome
  }
  return undefined
})

/**
 * The scenario itself has passed, so what fails now fails of the change: it is held against the clause that allows the
 * change, unless that itself leans on another of its kind.
 */
const heldAgainst = (outcome: Outcome): Outcome => {
  const { clauses, scenario } = outcome
  const hider = hiderIn(clauses)
  if (hider !== undefined && isClauseId(hider) && hider.startsWith("FRAME-")) return outcome
  const [clause] = scenario.proves
  const isItsOwn =
    clause === undefined ||
    [...clauses].some(([id, { verdict }]) => verdict === "failed" && scenario.proves.includes(id))
  if (isItsOwn) return outcome
  const { reason: _, ...rest } = outcome
  return {
    ...rest,
    verdict: "failed",
    clauses: new Map([[clause, { verdict: "failed" }]]),
    broken: new Map()
  }
}

/** Saves the scenario of an outcome as the file that it says it is; the outcome tells of that. */
export const saved = (outcome: Outcome, texts: PlayTexts): Outcome => {
  const { file, text } = outcome.scenario
  const told = (note: string) => ({ ...outcome, notes: [note, ...outcome.notes] })
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return told(texts.chaosSaved(file))
  } catch {
    return told(texts.chaosNotSaved(file))
  }
}
