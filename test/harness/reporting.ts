import { levels } from "../../harness/language/Clauses.ts"
import type { RunInfo } from "../../harness/report/Reporter.ts"
import { colourless } from "../../harness/report/Style.ts"
import { english } from "../../harness/texts/en.ts"
import { weigh } from "../../harness/verdict/Summary.ts"

/** No scenario is known to fail, and only must ones fail a run. */
export const weighing = { strict: false, knownFailures: new Map<string, string>() }

/** All that reporters know of a run against `chat`, on a screen of 80 columns. */
export const runInfo = (changes: Partial<RunInfo> = {}): RunInfo => ({
  target: "chat",
  targetArguments: "--spawn './chat {port}'",
  seed: 7,
  scenarios: 1,
  version: "1.2.3",
  startedAt: new Date("2026-01-02T03:04:05Z"),
  texts: english,
  style: colourless,
  width: 80,
  levels,
  isFull: false,
  weightOf: (outcome) => weigh(outcome, weighing),
  exitCodeOf: ({ result }) => (result === "passed" ? 0 : 1),
  ...changes
})
