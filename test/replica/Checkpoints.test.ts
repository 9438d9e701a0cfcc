import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Log } from "../../src/log/Log.ts"
import { LogError } from "../../src/log/LogError.ts"
import { Registry } from "../../src/Registry.ts"
import { Checkpoints } from "../../src/replica/Checkpoints.ts"
import { memoryLog } from "../log/MemoryLog.ts"
import { keptLines } from "../support/logLines.ts"

describe("A checkpoint that cannot be kept", () => {
  it.effect("is tried again each second, and told once for each reason", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const problems = ["full", "full", "away", undefined, "away", "away"]
        let tries = 0
        const save = Effect.suspend(() => {
          const detail = problems[tries++]
          return detail === undefined
            ? Effect.void
            : Effect.fail(new LogError({ reason: "unavailable", detail }))
        })
        const context = yield* Layer.build(Layer.merge(memoryLog, Registry.layer))
        const log = { ...Context.get(context, Log), save: () => save }
        const { layer, lines } = keptLines()
        const keep = new Checkpoints().keep(log, Context.get(context, Registry), 0, () => true)
        yield* Effect.forkScoped(Effect.provide(keep, layer))
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(tries, problems.length)
        assert.deepStrictEqual(
          lines.map(({ facts }) => facts.reason),
          ["full", "away", "away"]
        )
      })
    )
  )
})
