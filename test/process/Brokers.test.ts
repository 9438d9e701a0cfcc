import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { isWhole, leaderOf, outIn, restartingLate } from "../../process/Brokers.ts"
import { freePort } from "../../process/Port.ts"
import { LogError } from "../../src/log/LogError.ts"

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

/** A copy of a stream that has all. */
const copy = (name: string) => ({ name, current: true, active: 0, peer: name, lag: 0, offline: false })

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

  it.each([
    {
      what: "a leader, and copies that follow",
      cluster: { leader: "b1", replicas: [copy("b2"), copy("b3")] }
    },
    { what: "no leader", cluster: { replicas: [copy("b2"), copy("b3")] }, isPart: true },
    { what: "no leader's name", cluster: { leader: "", replicas: [copy("b2"), copy("b3")] }, isPart: true },
    { what: "a copy less", cluster: { leader: "b1", replicas: [copy("b2")] }, isPart: true },
    {
      what: "a copy that is silent",
      cluster: { leader: "b1", replicas: [copy("b2"), { ...copy("b3"), current: false }] },
      out: "b3"
    },
    {
      what: "a copy that is behind",
      cluster: { leader: "b1", replicas: [{ ...copy("b2"), lag: 1 }, copy("b3")] },
      out: "b2"
    },
    {
      what: "a copy that is away",
      cluster: { leader: "b1", replicas: [{ ...copy("b2"), offline: true }, copy("b3")] },
      out: "b2"
    }
  ])("are known from a stream with $what", ({ cluster, isPart = false, out }) => {
    assert.deepStrictEqual([outIn({ cluster }), isWhole({ cluster }, 3)], [out, !isPart && out === undefined])
  })
})
