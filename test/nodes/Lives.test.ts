import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { startNodes } from "../support/Nodes.ts"

/** Waits until this is true, from turn to turn. */
const until = (isSo: () => boolean) =>
  Effect.repeat(
    Effect.promise(() => new Promise(setImmediate)),
    { until: isSo }
  )

describe("The lives of a node", () => {
  it.live("NODE-4: one that reads of its death ends its clients, and begins anew in the same process", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2)
        const alice = yield* a!.connectAs("alice")
        const bob = yield* b!.connectAs("bob")
        const dead = a!.replica.node
        yield* b!.submit({ t: "dead", node: dead })
        assert.strictEqual((yield* alice.rest).at(-1)!.code, "node_lost")
        yield* bob.sees("bob")
        yield* until(() => a!.replica.isReady)
        yield* a!.connectAs("alice")
        yield* bob.sees("bob", "alice")
        assert.notStrictEqual(a!.replica.node, dead)
        assert.isTrue(b!.registry.state.nodes.has(a!.replica.node))
      })
    )
  )
})
