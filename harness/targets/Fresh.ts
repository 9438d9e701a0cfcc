import type { Target } from "../stage/Target.ts"

/** The wait for a server that does not answer `list`, unless the target's entry says otherwise. */
const settleMillisDefault = 200

/** The part that targets share which start a fresh server for each scenario. */
export const fresh = () =>
  ({
    claims: new Set<string>(),
    ignoring: [],
    settleMillis: settleMillisDefault,
    restarts: true,
    parallel: true,
    livesOn: false,
    knownFailures: new Map<string, string>()
  }) satisfies Partial<Target>
