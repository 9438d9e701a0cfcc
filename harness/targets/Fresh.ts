import * as Effect from "effect/Effect"
import type { Target } from "../stage/Target.ts"

/** How long to wait where nobody answers `list`, unless the target's entry says otherwise. */
const settleMillisDefault = 200

/** Nobody else is on a server that was just started. */
export const noStrangers: ReadonlySet<string> = new Set()

/** What targets have in common that start a fresh server for each scenario. */
export const fresh = () =>
  ({
    claims: new Set(["alone"]),
    lacks: (need: string) => Effect.succeed(`this target does not claim ${need}`),
    newcomerName: () => "newcomer",
    ignoring: [],
    fences: "unknown",
    settleMillis: settleMillisDefault,
    restarts: true,
    parallel: true,
    politely: false,
    mayStillHold: () => false,
    usedNames: () => undefined,
    knownFailures: new Map<string, string>()
  }) satisfies Partial<Target>
