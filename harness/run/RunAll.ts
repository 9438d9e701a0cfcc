import * as Effect from "effect/Effect"
import { type Chaos, playChanged, saved } from "./Chaos.ts"
import { makePlayer, type PlayerSettings } from "./Player.ts"
import { rankOf } from "../verdict/Groundwork.ts"
import { hiderIn } from "../verdict/Blame.ts"
import { hiddenBy, type Outcome, skipped } from "../verdict/Outcome.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Target, TargetFailed } from "../stage/Target.ts"
import type { PlayTexts } from "../texts/Play.ts"

/** The settings for playing a list of scenarios. */
export interface RunAllSettings extends PlayerSettings {
  readonly jobs: number
  /** Keeps to the order of the list; otherwise those come first that others build on. */
  readonly inOrder?: boolean
  /** What is played besides of each scenario that passes. */
  readonly chaos?: Chaos | undefined
  /** Why nothing more is to be played after this outcome, if so. */
  readonly stopsAfter: (outcome: Outcome) => Stop | undefined
  readonly onBegin: (scenario: Scenario) => void
  /** Told of each outcome in the order of the list. */
  readonly onOutcome: (outcome: Outcome) => void
}

/** The reasons for which the rest of a list is not played. */
type Stop = keyof PlayTexts["notPlayed"]

/** True if an outcome shows that nobody can log in, so that no other scenario can show anything. */
export const showsNoLogin = ({ clauses, failure, scenario }: Outcome): boolean =>
  failure?.finding.breaks === "LOGIN-1" &&
  (rankOf(scenario) === 0 ? clauses.get("LOGIN-1")?.verdict === "failed" : hiderIn(clauses) === "LOGIN-1")

/**
 * Plays scenarios, `jobs` at a time; once the target is lost or the run is to stop,
 * the rest is not played.
 */
export const runAll = (
  selected: ReadonlyArray<Scenario>,
  target: Target,
  settings: RunAllSettings
): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { chaos, inOrder = false } = settings
    const scenarios = inOrder ? selected : selected.toSorted((a, b) => rankOf(a) - rankOf(b))
    const outcomes: Array<ReadonlyArray<Outcome> | undefined> = Array.from({ length: scenarios.length })
    const player = makePlayer(target, settings)
    let told = 0
    let stopped: Stop | undefined
    const tell = (index: number, ...some: ReadonlyArray<Outcome>) => {
      outcomes[index] = some
      for (let next = outcomes[told]; next !== undefined; next = outcomes[++told])
        next.forEach(settings.onOutcome)
    }
    /** Plays a scenario and, where it passes, what chaos makes of it; of that only failures are told. */
    const playAnyhow = Effect.fnUntraced(function* (
      scenario: Scenario
    ): Effect.fn.Return<ReadonlyArray<Outcome>, TargetFailed> {
      const outcome = yield* player.play(scenario)
      if (chaos === undefined || outcome.verdict !== "passed") return [outcome]
      return [
        outcome,
        ...(yield* playChanged(scenario, player, chaos)).map((one) => saved(one, settings.texts.play))
      ]
    })
    const playOne = Effect.fnUntraced(function* (scenario: Scenario, index: number) {
      if (stopped !== undefined) return tell(index, notPlayed(scenario, stopped, settings.texts.play))
      settings.onBegin(scenario)
      const some = yield* Effect.catchTag(playAnyhow(scenario), "TargetFailed", (targetLost) =>
        Effect.succeed([{ ...skipped(scenario, targetLost.reason, "inconclusive"), targetLost }])
      )
      for (const outcome of some)
        stopped ??= outcome.targetLost === undefined ? settings.stopsAfter(outcome) : "target lost"
      tell(index, ...some)
    })
    return Effect.forEach(scenarios, playOne, {
      concurrency: target.parallel ? settings.jobs : 1,
      discard: true
    })
  })

const notPlayed = (scenario: Scenario, stop: Stop, { notPlayed }: PlayTexts): Outcome => {
  switch (stop) {
    case "bail":
      return skipped(scenario, notPlayed[stop])
    case "target lost":
      return skipped(scenario, notPlayed[stop], "inconclusive")
    case "nobody logs in":
      return hiddenBy(scenario, "LOGIN-1", notPlayed[stop])
  }
}
