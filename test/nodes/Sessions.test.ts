import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { startNodes } from "../support/Nodes.ts"

const features = ["rooms", "direct", "history"]
const message = (content: string, fields: object = {}) => ({ type: "message", content, ...fields })

describe("Sessions on several nodes", () => {
  it.live("RESUME-2, DEDUP-3: a session goes on on another node, and its old connection is told so", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b, c] = yield* startNodes(3)
        const { client: old, welcome } = yield* a!.enter("alice", features)
        const bob = yield* c!.connectAs("bob", "presence", "rooms", "direct")
        yield* old.ask({ type: "join", room: "lab" })
        yield* bob.ask({ type: "join", room: "lab" })
        const ack = yield* old.ask(message("once", { room: "lab", cid: "1" }))
        const { epoch, session } = welcome
        const seen = { lobby: 0, lab: 0, "@": 0 }
        const { client: alice, welcome: back } = yield* b!.enter("alice", features, { session, epoch, seen })
        assert.deepInclude(back, { resumed: true, session, rooms: { lab: { first: 1, last: ack.seq } } })
        const [goodbye] = yield* old.rest
        assert.deepInclude(goodbye, { code: "session_replaced" })
        const again = yield* alice.ask(message("once", { room: "lab", cid: "1" }))
        assert.deepInclude(again, { seq: ack.seq, duplicate: true })
        assert.strictEqual((yield* bob.next).content, "once")
        yield* bob.ask(message("psst", { to: "alice" }))
        assert.strictEqual((yield* alice.next).content, "psst")
        yield* bob.ask(message("all", { room: "lab" }))
        assert.strictEqual((yield* alice.next).content, "all")
        assert.deepStrictEqual(yield* bob.before, [], "nobody else notices")
      })
    )
  )

  it.live("RESUME-1, RESUME-3: what was missed comes on another node, and presence tells of it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2)
        const { client: old, welcome } = yield* a!.enter("alice", features)
        const bob = yield* b!.connectAs("bob", "presence")
        yield* bob.sees("alice", "bob")
        old.socket.resetAndDestroy()
        assert.deepStrictEqual(yield* bob.next, { type: "left", username: "alice" })
        yield* bob.ask(message("missed"))
        const taken = yield* (yield* b!.connect).ask({ type: "login", username: "Alice" })
        assert.strictEqual(taken.code, "username_taken")
        const { epoch, session } = welcome
        const { client: alice } = yield* b!.enter("alice", features, { session, epoch, seen: { lobby: 0 } })
        assert.deepInclude(yield* alice.next, { content: "missed", seq: 1 })
        assert.deepStrictEqual(yield* bob.next, { type: "joined", username: "alice" })
      })
    )
  )

  it.live("RESUME-1: the grace of a session ends on all nodes", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2, { graceMillis: 1, loginTriesMax: 1e6, loginBytesMax: 1e9 })
        const { client: first } = yield* a!.enter("first", features)
        const carol = yield* a!.connectAs("carol")
        yield* carol.sees("first", "carol")
        first.socket.resetAndDestroy()
        yield* carol.sees("carol")
        const newcomer = yield* b!.connect
        while ((yield* newcomer.ask({ type: "login", username: "first" })).code !== undefined) continue
        yield* carol.sees("carol", "first")
      })
    )
  )
})
