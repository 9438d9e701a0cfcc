import { choice, duration, either, flag, list, options, percentage, rate } from "../yaml/Shape.ts"

/** `load:` is for replaying a scenario by hundreds at once. */
export const load = options(
  {
    arrivals: rate,
    for: duration,
    limits: options({ p50: duration, p95: duration, p99: duration, failures: percentage })
  },
  ["arrivals", "for"]
)

const faults = ["slice", "merge", "delay", "drop", "reset"] as const

/** `chaos:` is for replaying a scenario over a bad network; `false` opts out. */
export const chaos = either(
  options({ allow: list(choice(faults)) }, ["allow"]),
  (node, reader) => reader.isMap(node),
  { ...flag, what: "false" }
)
