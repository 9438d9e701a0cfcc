import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { server } from "../support/server.ts"
import { connectAs } from "../support/TestClient.ts"
import { cut, enter } from "./Member.ts"

layer(server({ inboxMax: 3 }))("Direct messages", (it) => {
  it.effect("DM-1: only the holder of the name receives; the ack has no number", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("alice")
      const { client: bob } = yield* enter("Bob")
      const { client: plain } = yield* enter("plain", {}, ["direct"])
      const carol = yield* connectAs("carol")
      assert.deepStrictEqual(
        yield* alice.ask({ type: "message", to: "bob", content: "psst", cid: "a1", id: 9 }),
        {
          status: "success",
          message: "Message envoyé à Bob",
          to: "Bob",
          cid: "a1",
          id: 9
        }
      )
      const received = yield* bob.next
      assert.deepStrictEqual(received, {
        type: "message",
        to: "Bob",
        room: "@",
        username: "alice",
        content: "psst",
        seq: 1,
        at: received.at
      })
      assert.isNumber(received.at)
      yield* alice.ask({ type: "message", to: "PLAIN", content: "hush" })
      assert.deepStrictEqual(yield* plain.next, {
        type: "message",
        to: "plain",
        username: "alice",
        content: "hush"
      })
      assert.deepStrictEqual(yield* plain.ask({ type: "message", to: "Bob", content: "hi" }), {
        status: "success",
        message: "Message envoyé à Bob",
        to: "Bob"
      })
      assert.strictEqual((yield* bob.next).seq, 2)
      assert.deepStrictEqual(yield* carol.before, [])
    })
  )

  it.effect("DM-2: nobody there, a holder without the feature, oneself, and a room besides", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("dm-alice")
      yield* connectAs("dm-plain")
      const tries = [
        [{ to: "dm-nobody" }, "no_such_user"],
        [{ to: "dm-plain" }, "cannot_receive"],
        [{ to: "DM-Alice" }, "invalid_request"],
        [{ to: "dm-plain", room: "lab" }, "invalid_request"],
        [{ to: 5 }, "invalid_request"]
      ] as const
      for (const [fields, code] of tries)
        assert.strictEqual((yield* alice.ask({ type: "message", content: "x", ...fields })).code, code)
    })
  )

  it.effect("DM-2, DM-3: an absent session's inbox keeps the latest; before them there is a gap", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("box-alice")
      const { client: bob, welcome } = yield* enter("box-bob")
      yield* alice.ask({ type: "message", to: "box-bob", content: "seen" })
      assert.strictEqual((yield* bob.next).seq, 1)
      yield* cut(bob, alice, "box-bob")
      for (let i = 2; i < 7; i++)
        assert.strictEqual(
          (yield* alice.ask({ type: "message", to: "box-bob", content: `${i}` })).status,
          "success"
        )
      const { epoch, last, session } = welcome
      const back = yield* enter("box-bob", { session, epoch, seen: { lobby: last, "@": 1 } })
      assert.strictEqual(back.welcome.resumed, true)
      const [gap, ...letters] = yield* back.client.take(4)
      assert.deepStrictEqual(gap, { type: "gap", room: "@", from: 2, to: 3, reason: "expired" })
      assert.deepStrictEqual(
        letters.map(({ content, room, seq }) => [content, room, seq]),
        [
          ["4", "@", 4],
          ["5", "@", 5],
          ["6", "@", 6]
        ]
      )
    })
  )

  it.effect("DM-3, DM-4: the next holder of a name does not get the letters of the last one", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("next-alice")
      const { client: bob } = yield* enter("next-bob")
      yield* alice.ask({ type: "message", to: "next-bob", content: "secret" })
      yield* bob.next
      yield* bob.ask({ type: "logout" })
      yield* bob.ended
      const { client: next } = yield* enter("next-bob", { seen: { "@": 0 } })
      yield* alice.ask({ type: "message", to: "next-bob", content: "hello" })
      const [letter] = yield* next.before
      assert.deepStrictEqual([letter?.content, letter?.seq], ["hello", 1])
    })
  )
})
