import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { startNodes } from "../support/Nodes.ts"

it.live("NODE-1: a name is held once over all nodes, and free everywhere once its holder has left", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const [a, b] = yield* startNodes(2)
      const alice = yield* a!.connectAs("alice")
      const other = yield* b!.connect
      assert.strictEqual((yield* other.ask({ type: "login", username: "ALICE" })).code, "username_taken")
      const bob = yield* b!.connectAs("bob")
      yield* bob.sees("alice", "bob")
      alice.send({ type: "logout" })
      yield* bob.sees("bob")
      assert.strictEqual((yield* other.ask({ type: "login", username: "alice" })).status, "success")
      yield* bob.sees("bob", "alice")
    })
  )
)
