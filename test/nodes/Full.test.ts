import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { hasBrokers } from "../../process/Brokers.ts"
import { startCluster } from "../../process/Cluster.ts"
import { contents } from "../rooms/Member.ts"
import { connectTo } from "../support/TestClient.ts"

describe.skipIf(!hasBrokers)("Brokers without room", () => {
  it.live(
    "NODE-5: refuse what finds none, lose nothing of what was acked, and have some again once the state is kept",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const flags = ["--store-max", "1MiB", "--store-checkpoint", "256KiB", "--history", "10"]
          const { nodes } = yield* startCluster({ brokers: 1, nodes: 2, flags })
          const [alice, bob] = yield* Effect.forEach(nodes, ({ address }) => connectTo(address))
          yield* alice!.login("alice")
          yield* bob!.login("bob")
          yield* alice!.sees("alice", "bob")
          const acked: Array<string> = []
          let refused = 0
          let after = 0
          for (let i = 0; refused === 0 || after < 5; i++) {
            const content = `${i} ${"x".repeat(50_000)}`
            const reply = yield* alice!.ask({ type: "message", content })
            if (reply.status === "success") {
              acked.push(content)
              if (refused > 0) after++
            } else {
              assert.strictEqual(reply.code, "unavailable")
              assert.isNumber(reply.retryAfterMs)
              refused++
            }
          }
          assert.deepStrictEqual(contents(yield* bob!.take(acked.length)), acked)
          yield* bob!.sees("alice", "bob")
        })
      )
  )
})
