import * as Effect from "effect/Effect"
import type { Target } from "../stage/Target.ts"

/** The wait for a server that does not answer `list`, unless the target's entry says otherwise. */
const settleMillisDefault = 200

/** Nobody else is on a server that was just started. */
export const noStrangers: ReadonlySet<string> = new Set()

/** The part that targets share which start a fresh server for each scenario. */
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
