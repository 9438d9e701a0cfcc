import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { type Change, changes, type Kind } from "../chaos/Changes.ts"
import { rewrite } from "../chaos/Rewriting.ts"
import { isClauseId } from "../language/Clauses.ts"
import { nameOf } from "../scenario/Name.ts"
import type { Scenario } from "../scenario/Scenario.ts"
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

/** The scenarios that one becomes under these kinds of changes; what a change cannot be made to is not among them. */
export const changedBy = (
  scenario: Scenario,
  { folder, kinds, seed }: Omit<Chaos, "knowledge">
): ReadonlyArray<Changed> =>
  changes
    .filter(({ kind }) => kinds.includes(kind))
    .flatMap((change) => {
      const comment = `${scenario.file} under --chaos=${change.kind}`
      const text = rewrite(scenario, change.of(scenario, seed), comment)
      if (text === undefined) return []
      const parsed = parseScenario(join(folder, `${nameOf(scenario.file)}-${change.name}.yaml`), text)
      return "scenario" in parsed ? [{ change, scenario: parsed.scenario }] : []
    })

/** Plays a scenario that has passed once more under each change: the outcomes that did not pass. */
export const playChanged = (
  scenario: Scenario,
  player: Player,
  chaos: Chaos
): Effect.Effect<ReadonlyArray<Outcome>, TargetFailed> =>
  Effect.gen(function* () {
    const failed: Array<Outcome> = []
    for (const changed of changedBy(scenario, chaos)) {
      if (changed.change.kind === "merge" && chaos.knowledge.fences === "settle") continue
      const outcome = yield* player.play(changed.scenario)
      if (outcome.failure === undefined) continue
      failed.push(heldAgainst(outcome))
    }
    return failed
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
