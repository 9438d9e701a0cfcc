import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { contents } from "../rooms/Member.ts"
import { startNodes } from "../support/Nodes.ts"
import type { Received, TestClient } from "../support/TestClient.ts"

const features = ["rooms", "direct", "history"]
const message = (content: string, fields: object = {}) => ({ type: "message", content, ...fields })

/** Nobody who goes on asking is cut off for it. */
const patient = { loginTriesMax: 1e6, loginBytesMax: 1e9 }

/** Asks until the answer is not this error. */
const insist = Effect.fnUntraced(function* (client: TestClient, request: object, code: string) {
  let reply: Received
  do reply = yield* client.ask(request)
  while (reply.code === code)
  return reply
})

describe("Nodes that end", () => {
  it.live("NODE-4, RESUME-1: one that is taken for dead tells its clients, and begins anew", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2, patient)
        const bob = yield* b!.connectAs("bob", "presence")
        const alice = yield* a!.connectAs("alice")
        const { client: carol, welcome } = yield* a!.enter("carol", features)
        yield* bob.take(2)
        yield* b!.submit({ t: "dead", node: a!.replica.node })
        for (const client of [alice, carol])
          assert.deepInclude((yield* client.rest).at(-1), { code: "node_lost" })
        assert.deepStrictEqual(yield* bob.take(2), [
          { type: "left", username: "alice" },
          { type: "left", username: "carol" }
        ])
        const newcomer = yield* b!.connect
        const refused = yield* newcomer.ask({ type: "login", username: "carol" })
        assert.strictEqual(refused.code, "username_taken")
        assert.strictEqual((yield* newcomer.ask({ type: "login", username: "alice" })).status, "success")
        yield* bob.ask(message("missed"))
        const again = yield* a!.connect
        const { epoch, session } = welcome
        const login = { type: "login", username: "carol", features, session, epoch, seen: { lobby: 0 } }
        assert.deepInclude(yield* insist(again, login, "unavailable"), { resumed: true })
        assert.strictEqual((yield* again.next).content, "missed")
        yield* again.ask(message("I am back"))
        assert.deepStrictEqual(contents(yield* newcomer.before), ["missed", "I am back"])
        assert.deepStrictEqual(
          [a!, b!].map(({ house }) => [house.clients.size, house.hub.audiences.online]),
          [
            [1, 1],
            [2, 2]
          ],
          "nothing is left of the first life"
        )
      })
    )
  )

  it.live("NODE-2: what was on its way from a dead node comes after nobody's words", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2, patient)
        const alice = yield* a!.connectAs("alice")
        const bob = yield* b!.connectAs("bob")
        yield* bob.sees("alice", "bob")
        a!.appends.closeUnsafe()
        alice.send(message("from the grave"))
        yield* bob.ask({ type: "list" })
        yield* b!.submit({ t: "dead", node: a!.replica.node })
        const next = yield* b!.connectAs("alice")
        yield* next.ask(message("hello"))
        const last = yield* alice.rest
        assert.deepStrictEqual(
          last.map(({ code, status }) => [status, code]),
          [["error", "node_lost"]]
        )
        a!.appends.openUnsafe()
        const again = yield* a!.connect
        yield* insist(again, { type: "login", username: "carol" }, "unavailable")
        yield* again.ask(message("alive"))
        assert.deepStrictEqual(contents(yield* bob.before), ["hello", "alive"])
      })
    )
  )

  it.live("NODE-4, RESUME-1: the eldest node ends the graces of the dead", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2, { ...patient, graceMillis: 1 })
        const { client: alice } = yield* b!.enter("alice", features)
        b!.reads.closeUnsafe() // it lives on, but does not know yet
        yield* a!.submit({ t: "dead", node: b!.replica.node })
        const newcomer = yield* a!.connect
        yield* insist(newcomer, { type: "login", username: "alice" }, "username_taken")
        b!.reads.openUnsafe()
        assert.deepInclude((yield* alice.rest).at(-1), { code: "node_lost" })
      })
    )
  )

  it.live("NODE-5, DEDUP-3: nobody waits for long for the log, and an ack that is in doubt is none", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2, { storeWaitMillis: 1_000 })
        const { client: alice, welcome } = yield* a!.enter("alice", features)
        const plain = yield* a!.connectAs("plain")
        const bob = yield* b!.connectAs("bob")
        yield* bob.sees("alice", "plain", "bob")
        yield* a!.submit({ t: "fence" }) // so that no sign of life is due
        a!.appends.closeUnsafe()
        alice.send(message("once", { cid: "1" }))
        yield* plain.ask({ type: "ping" }) // so that it is under way, and what comes next waits behind it
        alice.send(message("twice"), { type: "ping" }, { type: "logout" })
        const last = yield* alice.rest
        assert.deepStrictEqual(
          last.map(({ code, retryAfterMs }) => [code, retryAfterMs]),
          [["unavailable", undefined]]
        )
        const refused = yield* plain.ask(message("not in the log"))
        assert.deepInclude(refused, { code: "unavailable", retryAfterMs: 1_000 })
        assert.deepInclude(yield* plain.ask({ type: "list" }), { code: "unavailable" })
        a!.appends.openUnsafe()
        assert.strictEqual((yield* bob.next).content, "once")
        const { epoch, session } = welcome
        const seen = { lobby: 0 }
        const { client: again } = yield* b!.enter("alice", features, { session, epoch, seen })
        const ack = yield* again.ask(message("once", { cid: "1" }))
        assert.deepInclude(ack, { seq: 1, duplicate: true })
        assert.strictEqual((yield* plain.next).content, "once")
        yield* insist(plain, message("heard"), "unavailable")
        assert.strictEqual((yield* bob.next).content, "heard")
      })
    )
  )

  it.live(
    "NODE-4, NODE-5: one that hears nothing from the log ends its clients before others take their names",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const [a, b] = yield* startNodes(2, { ...patient, leaseMillis: 2_000 })
          const alice = yield* a!.connectAs("alice")
          const { client: carol } = yield* a!.enter("carol", features)
          const newcomer = yield* b!.connect
          a!.appends.closeUnsafe()
          alice.send({ type: "list" }, { type: "ping" })
          for (const client of [alice, carol])
            assert.deepStrictEqual(
              (yield* client.rest).map(({ code }) => code),
              ["unavailable"]
            )
          const again = yield* a!.connect
          assert.deepInclude(yield* again.ask({ type: "login", username: "alice" }), {
            code: "unavailable",
            retryAfterMs: 1_000
          })
          yield* insist(newcomer, { type: "login", username: "alice" }, "username_taken")
          yield* newcomer.sees("alice")
          a!.appends.openUnsafe()
          yield* insist(again, { type: "login", username: "bob" }, "unavailable")
          yield* newcomer.sees("alice", "bob")
          assert.deepStrictEqual([a!.house.clients.size, a!.house.hub.audiences.online], [1, 1])
        })
      )
  )

  it.live("NODE-1, NODE-5: a name that was granted when nobody waited for it any more is free", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2, { storeWaitMillis: 1_000 })
        const bob = yield* b!.connectAs("bob", "presence")
        const newcomer = yield* a!.connect
        yield* a!.submit({ t: "fence" })
        a!.appends.closeUnsafe()
        newcomer.send({ type: "login", username: "alice" })
        assert.deepInclude((yield* newcomer.rest).at(-1), { code: "unavailable" })
        a!.appends.openUnsafe()
        assert.deepStrictEqual(yield* bob.take(2), [
          { type: "joined", username: "alice" },
          { type: "left", username: "alice" }
        ])
        yield* b!.connectAs("alice")
      })
    )
  )

  it.live("RESUME-3: where the log has lost something, who knows numbers comes back to new ones", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2)
        const { client: alice, welcome } = yield* a!.enter("alice", features)
        const plain = yield* a!.connectAs("plain")
        yield* plain.ask(message("1"))
        assert.strictEqual((yield* alice.next).seq, 1)
        yield* b!.submit({ t: "epoch", epoch: "another" })
        assert.deepInclude((yield* alice.rest).at(-1), { code: "unavailable" })
        const { epoch, session } = welcome
        const seen = { lobby: 1, "@": 0 }
        const back = yield* a!.enter("alice", features, { session, epoch, seen })
        assert.deepInclude(back.welcome, { resumed: true, epoch: "another" })
        assert.deepInclude(yield* back.client.next, {
          type: "gap",
          reason: "epoch",
          epoch: "another",
          last: 1
        })
        yield* plain.ask(message("2"))
      })
    )
  )
})
