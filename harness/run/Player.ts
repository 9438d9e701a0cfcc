import * as Effect from "effect/Effect"
import { loadScenarios } from "../scenario/Files.ts"
import { nameOf } from "../scenario/Name.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import { varied } from "../scenario/Varied.ts"
import type { Prerequisite } from "../stage/Ledger.ts"
import type { Target, TargetFailed } from "../stage/Target.ts"
import { isClauseId } from "../language/Clauses.ts"
import type { AskStanding, Standing } from "../verdict/Blame.ts"
import { groundwork, rankOf } from "../verdict/Groundwork.ts"
import type { Outcome } from "../verdict/Outcome.ts"
import { play, type PlaySettings } from "./Run.ts"

/** How a player plays. */
export interface PlayerSettings extends Omit<PlaySettings, "standingOf"> {
  /** Varies by the seed what is played unseen, as all else in the run was. */
  readonly vary?: boolean
}

/** Plays scenarios against one target. */
export interface Player {
  /** Plays a scenario, by the seed of the run unless another is given. */
  readonly play: (scenario: Scenario, seed?: number) => Effect.Effect<Outcome, TargetFailed>
}

/**
 * A player that knows what scenarios build on: where one fails, the scenarios before it in the groundwork are played as
 * well, unseen and once, as far as they are needed to tell what is to blame.
 */
export const makePlayer = (target: Target, settings: PlayerSettings): Player => {
  const outcomes = new Map<number, Effect.Effect<Outcome, TargetFailed>>()
  const playIt = (scenario: Scenario, seed = settings.seed) =>
    play(scenario, target, { ...settings, seed, standingOf: standingBelow(rankOf(scenario)) })

  /** The outcome of a scenario of the groundwork: everyone who asks shares one play. */
  const outcomeOf = (scenario: Scenario): Effect.Effect<Outcome, TargetFailed> =>
    Effect.suspend(() => {
      const rank = rankOf(scenario)
      const known = outcomes.get(rank)
      if (known !== undefined) return known
      return Effect.flatMap(Effect.cached(playIt(scenario)), (cached) => {
        const first = outcomes.get(rank) ?? cached
        outcomes.set(rank, first)
        return first
      })
    })

  const standingBelow =
    (rank: number): AskStanding =>
    (prerequisite) =>
      Effect.gen(function* () {
        let standing: Standing = "unknown"
        for (const scenario of yield* shownBy(prerequisite, rank)) {
          const outcome = yield* outcomeOf(
            settings.vary === true ? varied(scenario, settings.seed) : scenario
          )
          if (prerequisite.loses === true && outcome.failure?.finding.lost !== true) continue
          const verdict = outcome.clauses.get(prerequisite.clause)
          if (verdict?.verdict === "failed") return "broken"
          if (verdict?.verdict === "not_reached" && isClauseId(verdict.by)) return { hiddenBy: verdict.by }
          if (verdict?.verdict === "passed") standing = "holds"
        }
        return standing
      }).pipe(Effect.orElseSucceed((): Standing => "unknown"))

  const played = new Set<number>()
  return {
    play: (scenario, seed) =>
      Effect.suspend(() => {
        const rank = rankOf(scenario)
        const isShared = rank < groundwork.length && !played.has(rank)
        played.add(rank)
        return isShared
          ? Effect.map(outcomeOf(scenario), (outcome) => ({ ...outcome, scenario }))
          : playIt(scenario, seed)
      })
  }
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
  Effect.cached(Effect.suspend(() => loadScenarios(groundwork)).pipe(Effect.orElseSucceed(() => [])))
)
