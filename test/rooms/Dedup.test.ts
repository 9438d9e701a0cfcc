import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { server } from "../support/server.ts"
import { contents, cut, enter } from "./Member.ts"

layer(server({ receiptsMax: 4 }))("Dedup", (it) => {
  it.effect(
    "DEDUP-1: the same cid is no second message, also after a cut: the ack has the first number",
    () =>
      Effect.gen(function* () {
        const { client: bob } = yield* enter("bob")
        const { client: alice, welcome } = yield* enter("alice")
        const said = yield* alice.ask({ type: "message", content: "once", cid: "c" })
        assert.deepStrictEqual(yield* alice.ask({ type: "message", content: "once", cid: "c", id: 1 }), {
          ...said,
          duplicate: true,
          id: 1
        })
        const dm = { type: "message", to: "bob", content: "psst", cid: "d" }
        yield* alice.ask(dm)
        assert.deepStrictEqual(yield* alice.ask(dm), {
          status: "success",
          message: "Message envoyé à bob",
          to: "bob",
          cid: "d",
          duplicate: true
        })
        yield* cut(alice, bob, "alice")
        const { epoch, session } = welcome
        const { client: back } = yield* enter("alice", { session, epoch, seen: { lobby: said.seq } })
        assert.deepStrictEqual(yield* back.ask({ type: "message", content: "once", cid: "c" }), {
          ...said,
          duplicate: true
        })
        assert.deepStrictEqual(contents(yield* bob.before), [])
      })
  )

  it.effect("DEDUP-2: the latest count, and a refused cid is not used up", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("two-alice")
      const say = (cid: string, fields: object = {}) =>
        alice.ask({ type: "message", content: cid, cid, ...fields })
      assert.strictEqual((yield* say("r", { room: "nowhere" })).code, "not_in_room")
      const first = yield* say("r")
      assert.deepStrictEqual([first.status, first.duplicate], ["success", undefined])
      for (const cid of ["1", "2", "3", "4"]) yield* say(cid)
      const again = yield* say("r")
      assert.deepStrictEqual([again.duplicate, again.seq], [undefined, first.seq + 5])
      for (const cid of ["", "x".repeat(65), 7])
        assert.strictEqual((yield* alice.ask({ type: "message", content: "x", cid })).code, "invalid_request")
    })
  )

  it.effect("DEDUP-4: the same cid with other content, or to somewhere else, is refused", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("four-alice")
      const { client: bob } = yield* enter("four-bob")
      yield* alice.ask({ type: "message", content: "x", cid: "c" })
      yield* bob.next
      yield* alice.ask({ type: "join", room: "four" })
      for (const fields of [{ content: "y" }, { room: "four" }, { to: "four-bob" }])
        assert.strictEqual(
          (yield* alice.ask({ type: "message", content: "x", cid: "c", ...fields })).code,
          "invalid_request"
        )
      assert.deepStrictEqual(contents(yield* bob.before), [])
    })
  )
})
