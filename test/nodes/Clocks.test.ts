import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Log } from "../../src/log/Log.ts"
import { sharedMemoryLog } from "../log/MemoryLog.ts"
import { keptLines } from "../support/logLines.ts"
import { startNode } from "../support/Nodes.ts"
import type { Received } from "../support/TestClient.ts"

const hourMillis = 3_600_000

/** A server whose clock is behind by so much, and what it logs. */
const nodeBehind = Effect.fnUntraced(function* (log: Log["Service"], millis: number) {
  const { layer, lines } = keptLines()
  const clock = yield* Clock.Clock
  const behind: Clock.Clock = {
    currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() - millis,
    currentTimeMillis: Effect.sync(() => clock.currentTimeMillisUnsafe() - millis),
    currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe() - BigInt(millis) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => clock.currentTimeNanosUnsafe() - BigInt(millis) * 1_000_000n),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    sleep: (duration) => clock.sleep(duration)
  }
  const node = yield* startNode(log, { logLevel: "warn" }).pipe(
    Effect.provideService(Clock.Clock, behind),
    Effect.provide(layer)
  )
  return { ...node, lines }
})

describe("Clocks that are apart", () => {
  it.live("NODE-6: cost nothing but times, and the server whose clock is behind says so once", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const log = Context.get(yield* Layer.build(sharedMemoryLog), Log)
        const right = yield* nodeBehind(log, 0)
        const late = yield* nodeBehind(log, hourMillis)
        const began = yield* Clock.currentTimeMillis
        const { client: alice } = yield* right.enter("alice", ["rooms", "history"])
        const { client: bob } = yield* late.enter("bob", ["rooms", "history"])
        for (let i = 0; i < 5; i++) {
          yield* alice.ask({ type: "message", content: `right ${i}` })
          yield* bob.before
          yield* bob.ask({ type: "message", content: `late ${i}` })
          yield* alice.before
        }
        const said = Array.from({ length: 5 }, (_, i) => [`right ${i}`, `late ${i}`]).flat()
        for (const node of [right, late]) {
          const { client } = yield* node.enter("carol", ["rooms", "history"])
          const { messages } = yield* client.ask({ type: "history", limit: 20 })
          assert.deepStrictEqual(
            messages.map(({ content }: Received) => content),
            said
          )
          for (const { at, username } of messages)
            assert.approximately(at - began, username === "bob" ? -hourMillis : 0, 60_000)
          client.send({ type: "logout" })
          yield* client.ended
        }
        for (const node of [right, late]) assert.strictEqual(node.registry.state.nodes.size, 2)
        assert.deepStrictEqual(right.lines, [])
        const [warning, ...more] = late.lines
        assert.match(warning!.text, /^the clock of this machine is 3(600|5\d\d) s behind .*NTP$/)
        assert.strictEqual(warning!.facts.node, right.replica.node)
        assert.deepStrictEqual(more, [])
      })
    )
  )
})
