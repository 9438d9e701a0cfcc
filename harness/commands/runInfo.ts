import manifest from "../../package.json" with { type: "json" }
import { type Level, levels } from "../language/Clauses.ts"
import type { RunInfo } from "../report/Reporter.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Target } from "../stage/Target.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import { type Weighing, weigh } from "../verdict/Summary.ts"
import { exitCodes } from "./exitCodes.ts"

/** All that reporters are told of a run before it begins, except how to write: that depends on where. */
export const runInfoOf = (
  run: Weighing & {
    readonly target: Target
    readonly scenarios: ReadonlyArray<Scenario>
    readonly seed: number
    /** The levels that were asked for; none where that is left open. */
    readonly levels: ReadonlyArray<Level>
    readonly isFull: boolean
    readonly texts: Catalogue
  }
): Omit<RunInfo, "style" | "width"> => ({
  target: run.target.name,
  targetArguments: run.target.arguments,
  seed: run.seed,
  scenarios: run.scenarios.length,
  version: manifest.version,
  startedAt: new Date(),
  texts: run.texts,
  weightOf: (outcome) => weigh(outcome, run),
  exitCodeOf: ({ result }) => exitCodes[result],
  levels: shownLevels(run),
  isFull: run.isFull
})

/** The levels whose failures are shown: those asked for, all in a short run or a strict one, else the strongest played. */
const shownLevels = (run: Parameters<typeof runInfoOf>[0]): ReadonlyArray<Level> => {
  if (run.levels.length > 0) return run.levels
  if (run.isFull || run.strict || run.scenarios.length <= shortRun) return levels
  return levels.filter((level) => run.scenarios.some((scenario) => scenario.level === level)).slice(0, 1)
}

const shortRun = 12

/** A seed where none is given: what random choices follow from. */
export const newSeed = (): number => Math.floor(Math.random() * seedMax)

const seedMax = 1_000_000
