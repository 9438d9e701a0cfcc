import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { run } from "../../process/Process.ts"
import { type Executable, prepare, root } from "../Executable.ts"
import { Unmeasured } from "../Running.ts"
import { ours, type Section } from "../Section.ts"
import { median } from "../Statistics.ts"

const scenario = ["scenario", "scenarios/duplicate-login.yaml"]

/** The speed of the scenario harness, its own start and the servers it starts included. */
export const harness: Section = {
  name: "harness",
  about: "the scenario scenarios/duplicate-login.yaml, each run against a server of its own",
  figures: {
    scenario: {
      column: "ms for one",
      title: "one scenario, whole process",
      unit: "ms",
      target: { of: "value", max: 500, stretch: 300 }
    },
    scenarios: {
      column: "ms for 200",
      title: "200 scenario runs in one process",
      unit: "ms",
      target: { of: "value", max: 2000 }
    }
  },
  includes: ours,
  method: {
    measure: Effect.fnUntraced(
      function* () {
        const executable = yield* prepare({ script: new URL("../../bin/harness.js", import.meta.url) })
        const times = yield* Effect.replicateEffect(millisOf(executable, scenario), RUNS + 1)
        return {
          scenario: median(times.slice(1)), // the first one warms the compile cache
          scenarios: yield* millisOf(executable, [...scenario, "--repeat-each", "200", "-j", "1"])
        }
      },
      Effect.catchTag("Missing", ({ reason }) => Effect.fail(new Unmeasured({ reason })))
    )
  }
}

const RUNS = 3

/** The milliseconds that a process takes, which has to succeed. */
const millisOf = Effect.fnUntraced(function* ({ command }: Executable, more: ReadonlyArray<string>) {
  const began = yield* Clock.currentTimeNanos
  const { ended } = yield* run({ command: [...command, ...more], cwd: root })
  if (ended.code !== 0) return yield* new Unmeasured({ reason: `${more.join(" ")} ended (${ended.how})` })
  return Number((yield* Clock.currentTimeNanos) - began) / 1e6
})
