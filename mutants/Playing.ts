import * as Effect from "effect/Effect"
import { type ClauseId, clauses } from "../harness/language/Clauses.ts"
import type { Scenario } from "../harness/scenario/Scenario.ts"
import type { Outcome } from "../harness/verdict/Outcome.ts"
import type { Hosted } from "./Hosted.ts"

/** How often and how patiently scenarios are played. */
export interface PlayingSettings {
  /** Times in a row that a correct server must pass, and that a fault must be caught. */
  readonly runs: number
  readonly timeScale: number
}

/** The verdict of one scenario on one server. */
export interface Finding {
  readonly scenario: Scenario
  readonly verdict: Outcome["verdict"]
  /** The clauses that it holds against the server. */
  readonly blamed: ReadonlySet<ClauseId>
  readonly why: string | undefined
}

/** Plays a scenario; `run` is the seed of its random choices. */
export const playOnce = Effect.fnUntraced(function* (
  scenario: Scenario,
  { player }: Hosted,
  run = 1
): Effect.fn.Return<Finding> {
  const { broken, clauses, failure, reason, verdict } = yield* Effect.catchTag(
    player.play(scenario, run),
    "TargetFailed",
    ({ reason }) => Effect.die(new Error(`the server did not start: ${reason}`))
  )
  const failed = [...clauses].flatMap(([clause, { verdict }]) => (verdict === "failed" ? [clause] : []))
  const why =
    failure === undefined
      ? reason
      : `expected ${failure.finding.expected}, received ${failure.finding.received}`
  return { scenario, verdict, blamed: new Set([...failed, ...broken.keys()]), why }
})

/** Plays a scenario again, up to `runs` times in all, as long as it comes to the same: the last finding. */
export const playOn = Effect.fnUntraced(function* (
  isSame: (finding: Finding) => boolean,
  first: Finding,
  server: Hosted,
  settings: PlayingSettings
): Effect.fn.Return<Finding> {
  let finding = first
  for (let run = 2; run <= settings.runs && isSame(finding); run++)
    finding = yield* playOnce(first.scenario, server, run)
  return finding
})

/** Whether the scenario holds something against one of these clauses. */
export const blames = ({ blamed, verdict }: Finding, row: ReadonlyArray<ClauseId>): boolean =>
  verdict === "failed" && row.some((clause) => blamed.has(clause))

/** The must clauses that a must scenario holds against the server. */
export const mustsBlamed = ({ blamed, scenario: { level } }: Finding): ReadonlyArray<ClauseId> =>
  level === "must" ? [...blamed].filter((clause) => clauses[clause] === "must") : []
