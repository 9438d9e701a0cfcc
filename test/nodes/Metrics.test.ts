import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import { Log } from "../../src/log/Log.ts"
import { sharedMemoryLog } from "../log/MemoryLog.ts"
import { type Figures, monitored } from "../support/monitored.ts"
import { slow } from "../support/Nodes.ts"

const readBackCount = (figures: Figures): number => figures.palabre_store_read_back_seconds_count!

describe("The metrics of a log that servers share", () => {
  it.live("tells how many they are, and how far one is behind that does not read", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const log = Context.get(yield* Layer.build(sharedMemoryLog), Log)
        const reads = Latch.makeUnsafe(true)
        const one = yield* monitored({}, slow(log, Latch.makeUnsafe(true), reads))
        const two = yield* monitored({}, log)
        const both = yield* one.until(({ palabre_nodes: nodes }) => nodes === 2)
        assert.strictEqual((yield* two.scrape).palabre_nodes, 2)
        assert.isBelow(both.palabre_store_behind_seconds!, 10)
        const [alice, bob] = [yield* one.connect, yield* two.connect]
        yield* alice.login("alice")
        const before = readBackCount(yield* one.scrape)
        reads.closeUnsafe()
        yield* bob.login("bob")
        alice.send({ type: "message", content: "unread" })
        const behind = yield* one.until((figures) => figures.palabre_store_behind_seconds! > 0.05)
        assert.strictEqual(readBackCount(behind), before)
        assert.strictEqual((yield* two.scrape).palabre_store_behind_seconds, 0)
        reads.openUnsafe()
        yield* alice.sees("alice", "bob")
        const after = yield* one.until((figures) => figures.palabre_store_behind_seconds === 0)
        assert.isAbove(readBackCount(after), before)
        assert.isAbove(after.palabre_store_read_back_seconds_sum!, 0.05)
      })
    )
  )

  it.live("tells that one was taken for dead, is not ready, and begins anew", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const log = Context.get(yield* Layer.build(sharedMemoryLog), Log)
        const appends = Latch.makeUnsafe(true)
        const one = yield* monitored({}, slow(log, appends, Latch.makeUnsafe(true)))
        const two = yield* monitored({}, log)
        assert.deepInclude(yield* one.scrape, { palabre_node_lives_total: 1, palabre_store_up: 1 })
        const alice = yield* Effect.flatMap(one.connect, (client) => client.login("alice"))
        appends.closeUnsafe() // it cannot begin anew yet
        two.replica.submit({ t: "dead", node: one.replica.node }, () => {})
        assert.strictEqual((yield* alice.next).code, "node_lost")
        assert.strictEqual((yield* one.get("/readyz")).status, 503)
        appends.openUnsafe()
        yield* one.until((told) => told.palabre_node_lives_total === 2 && told.palabre_store_up === 1)
        assert.strictEqual((yield* one.get("/readyz")).status, 200)
        assert.strictEqual(
          (yield* two.until(({ palabre_nodes: nodes }) => nodes === 2)).palabre_node_lives_total,
          1
        )
      })
    )
  )
})
