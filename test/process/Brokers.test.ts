import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { hasBrokers, leaderOf, restartingLate, startBrokers, untilWhole } from "../../process/Brokers.ts"
import { freePort } from "../../process/Port.ts"
import { LogError } from "../../src/log/LogError.ts"
import { nats, natsClient } from "../../src/log/NatsClient.ts"

if (!hasBrokers) console.warn("SKIPPED: nats-server is not installed, so no broker that stays out is tried")

/** Brokers that do something once this is true of those of them that were started again. */
const brokersThat = (can: (restarted: ReadonlyArray<string>) => boolean, out?: string) => {
  const restarted: Array<string> = []
  const brokers = ["b1", "b2", "b3"].map((name) => ({
    name,
    restart: Effect.sync(() => {
      restarted.push(name)
    })
  }))
  const noPeers = new LogError({ reason: "unavailable", detail: "no suitable peers" })
  const tried = Effect.suspend(() => (can(restarted) ? Effect.void : Effect.fail(noPeers)))
  return { restarted, done: restartingLate(tried, brokers, () => out) }
}

describe("Brokers that do not take part", () => {
  it.effect("are started again, one after the other, until that helps", () =>
    Effect.gen(function* () {
      for (const expected of [[], ["b1"], ["b1", "b2"], ["b1", "b2", "b3"]]) {
        const { done, restarted } = brokersThat(({ length }) => length === expected.length)
        yield* done
        assert.deepStrictEqual(restarted, expected)
      }
    })
  )

  it.effect("are started again before others where it is known which they are", () =>
    Effect.gen(function* () {
      const { done, restarted } = brokersThat((restarted) => restarted.includes("b3"), "b3")
      yield* done
      assert.deepStrictEqual(restarted, ["b3"])
    })
  )

  it.effect("are given up once all were started again, and it is said why", () =>
    Effect.gen(function* () {
      const { done, restarted } = brokersThat(() => false)
      const { how } = yield* Effect.flip(done)
      assert.strictEqual(how, "no suitable peers")
      assert.deepStrictEqual(restarted, ["b1", "b2", "b3"])
    })
  )

  it.effect("and do not answer are not waited for without end", () =>
    Effect.gen(function* () {
      const silent = { name: "b1", port: yield* freePort }
      const waiting = yield* Effect.forkChild(Effect.flip(leaderOf([silent], "chat")))
      yield* TestClock.adjust("2 minutes")
      const { detail, reason } = yield* Fiber.join(waiting)
      assert.deepStrictEqual([reason, detail], ["unavailable", "they do not answer, for 60 s"])
    })
  )

  it.live.skipIf(!hasBrokers)("have all of a stream again in the end", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const brokers = yield* startBrokers(3)
        const servers = brokers.map(({ port }) => `nats://127.0.0.1:${port}`)
        const { manager } = yield* natsClient({ servers })
        yield* nats(() => manager.streams.add({ name: "chat", subjects: ["chat"], num_replicas: 3 }))
        const leader = yield* leaderOf(brokers, "chat")
        const { jetstream } = yield* natsClient({ servers: [`nats://127.0.0.1:${leader.port}`] })
        const other = brokers.find((broker) => broker !== leader)!
        const frozen = other.process()
        yield* other.freeze
        yield* nats(() => jetstream.publish("chat", "what it does not have"))
        yield* untilWhole(brokers, "chat")
        assert.notStrictEqual(other.process(), frozen)
      })
    )
  )
})
