import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { hasBrokers, startBrokers, untilOne, untilWhole } from "../../process/Brokers.ts"
import { nats, natsClient } from "../../src/log/NatsClient.ts"

if (!hasBrokers) console.warn("SKIPPED: nats-server is not installed, so no broker that stays out is tried")

/** Long enough for brokers that take part, if the machine is not busy. */
const lateMillis = 3_000
const stream = "chat"

describe.skipIf(!hasBrokers)("A broker that stays out", () => {
  it.live("is started again until all are one cluster", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const brokers = yield* startBrokers(3)
        yield* Effect.forEach(brokers.slice(1), ({ kill }) => kill) // one alone is no cluster
        yield* untilOne(brokers, lateMillis)
        assert.isUndefined(brokers[1]!.process().ended)
      })
    )
  )

  it.live("is started again until it has all of a stream", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const brokers = yield* startBrokers(3)
        const servers = brokers.map(({ port }) => `nats://127.0.0.1:${port}`)
        const { manager } = yield* natsClient({ servers })
        yield* nats(() => manager.streams.add({ name: stream, subjects: [stream], num_replicas: 3 }))
        const before = brokers.map(({ process }) => process())
        yield* brokers[2]!.freeze
        const { cluster } = yield* untilWhole(brokers, stream, lateMillis)
        assert.strictEqual(cluster?.replicas?.length, 2)
        assert.notStrictEqual(brokers[2]!.process(), before[2])
      })
    )
  )

  it.live("is given up where that does not help", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const problem = yield* Effect.flip(untilWhole(yield* startBrokers(1), stream, 0))
        assert.deepInclude(problem, {
          _tag: "NotStarted",
          how: "the brokers do not come together in 6 restarts"
        })
      })
    )
  )
})
