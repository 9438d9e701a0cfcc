import * as Effect from "effect/Effect"
import { makePlayer } from "./Player.ts"
import type { PlaySettings } from "./Run.ts"
import { type Outcome, skipped } from "../verdict/Outcome.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Target } from "../stage/Target.ts"

/** The settings for playing a list of scenarios. */
export interface RunAllSettings extends Omit<PlaySettings, "standingOf"> {
  readonly jobs: number
  /** True if nothing more is to be played after this outcome. */
  readonly stopsAfter: (outcome: Outcome) => boolean
  readonly onBegin: (scenario: Scenario) => void
  /** Told of each outcome in the order of the list. */
  readonly onOutcome: (outcome: Outcome) => void
}

/** Plays scenarios, `jobs` at a time; once the target is lost or the run is to stop, the rest is not played. */
export const runAll = (
  scenarios: ReadonlyArray<Scenario>,
  target: Target,
  settings: RunAllSettings
): Effect.Effect<void> =>
  Effect.suspend(() => {
    const outcomes: Array<Outcome | undefined> = Array.from({ length: scenarios.length })
    const player = makePlayer(target, settings)
    let told = 0
    let stopped: Outcome | undefined
    const tell = (index: number, outcome: Outcome) => {
      outcomes[index] = outcome
      for (let next = outcomes[told]; next !== undefined; next = outcomes[++told]) settings.onOutcome(next)
    }
    const playOne = Effect.fnUntraced(function* (scenario: Scenario, index: number) {
      if (stopped !== undefined) return tell(index, notPlayed(scenario, stopped))
      settings.onBegin(scenario)
      const outcome = yield* Effect.catchTag(player.play(scenario), "TargetFailed", (targetLost) =>
        Effect.succeed({ ...skipped(scenario, targetLost.reason, "inconclusive"), targetLost })
      )
      if (outcome.targetLost !== undefined || settings.stopsAfter(outcome)) stopped ??= outcome
      tell(index, outcome)
    })
    return Effect.forEach(scenarios, playOne, {
      concurrency: target.parallel ? settings.jobs : 1,
      discard: true
    })
  })

const notPlayed = (scenario: Scenario, { targetLost }: Outcome): Outcome =>
  targetLost === undefined
    ? skipped(scenario, "not played: the run stopped at a failure (--bail)")
    : skipped(scenario, "not played: the target was lost earlier", "inconclusive")
