import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { loadScenarios } from "../scenario/Files.ts"
import { nameOf } from "../scenario/Name.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Prerequisite } from "../stage/Ledger.ts"
import type { Target, TargetFailed } from "../stage/Target.ts"
import { isClauseId } from "../language/Clauses.ts"
import type { AskStanding, Standing } from "../verdict/Blame.ts"
import { groundwork } from "../verdict/Groundwork.ts"
import type { Outcome } from "../verdict/Outcome.ts"
import { play, type PlaySettings } from "./Run.ts"

/** Plays scenarios against one target. */
export interface Player {
  /** Plays a scenario, by the seed of the run unless another is given. */
  readonly play: (scenario: Scenario, seed?: number) => Effect.Effect<Outcome, TargetFailed>
}

/**
 * A player that knows what scenarios build on: where one fails, the scenarios before it in the groundwork are played as
 * well, unseen and once, as far as they are needed to tell what is to blame.
 */
export const makePlayer = (target: Target, settings: Omit<PlaySettings, "standingOf">): Player => {
  const outcomes = new Map<string, Effect.Effect<Outcome, TargetFailed>>()
  const playIt = (scenario: Scenario, seed = settings.seed) =>
    play(scenario, target, { ...settings, seed, standingOf: standingBelow(rankOf(scenario)) })

  /** The outcome of a scenario of the groundwork: everyone who asks shares one play. */
  const outcomeOf = (scenario: Scenario): Effect.Effect<Outcome, TargetFailed> =>
    Effect.suspend(() => {
      const name = nameOf(scenario.file)
      const known = outcomes.get(name)
      if (known !== undefined) return known
      return Effect.flatMap(Effect.cached(playIt(scenario)), (cached) => {
        const first = outcomes.get(name) ?? cached
        outcomes.set(name, first)
        return first
      })
    })

  const standingBelow =
    (rank: number): AskStanding =>
    (prerequisite) =>
      Effect.gen(function* () {
        let standing: Standing = "unknown"
        for (const scenario of yield* shownBy(prerequisite, rank)) {
          const outcome = yield* outcomeOf(scenario)
          const verdict = outcome.clauses.get(prerequisite.clause)
          if (verdict?.verdict === "failed") return "broken"
          if (verdict?.verdict === "not_reached" && isClauseId(verdict.by)) return { hiddenBy: verdict.by }
          if (verdict?.verdict === "passed") standing = "holds"
        }
        return standing
      }).pipe(Effect.orElseSucceed((): Standing => "unknown"))

  const played = new Set<string>()
  return {
    play: (scenario, seed) =>
      Effect.suspend(() => {
        const name = nameOf(scenario.file)
        const isShared = rankOf(scenario) < groundwork.length && !played.has(name)
        played.add(name)
        return isShared
          ? Effect.map(outcomeOf(scenario), (outcome) => ({ ...outcome, scenario }))
          : playIt(scenario, seed)
      })
  }
}

/** The place of a scenario among those that others build on; those that are none of them come after all. */
export const rankOf = (scenario: Scenario): number => {
  const rank = groundwork.indexOf(nameOf(scenario.file))
  return rank === -1 ? groundwork.length : rank
}

/** The scenarios below a rank that show a clause. */
const shownBy = ({ clause, shownBy: name }: Prerequisite, rank: number) =>
  Effect.map(scenariosOfGroundwork, (scenarios) =>
    scenarios
      .slice(0, rank)
      .filter(({ file, proves }) => (name === undefined ? proves.includes(clause) : nameOf(file) === name))
  )

/** The groundwork as it comes with the harness, in its order. */
const scenariosOfGroundwork: Effect.Effect<ReadonlyArray<Scenario>> = Effect.runSync(
  Effect.cached(
    Effect.suspend(() =>
      loadScenarios(
        groundwork.map((name) => fileURLToPath(new URL(`../../scenarios/${name}.yaml`, import.meta.url)))
      )
    ).pipe(Effect.orElseSucceed(() => []))
  )
)
