import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { server } from "../support/server.ts"
import { connectAs } from "../support/TestClient.ts"
import { contents, enter } from "./Member.ts"

const numbered = (from: number, to: number): ReadonlyArray<string> =>
  Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`)

layer(server({ historyMax: 10, frameBytesMax: 4_096 }))("History", (it) => {
  it.effect("SEQ-1, SEQ-3: numbers rise by one, and the ack stands where the message stands", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("seq-alice")
      const { client: bob } = yield* enter("seq-bob")
      yield* alice.ask({ type: "join", room: "seq" })
      yield* bob.ask({ type: "join", room: "seq" })
      for (let i = 0; i < 50; i++) {
        alice.send({ type: "message", room: "seq", content: `a${i}`, cid: `${i}` })
        bob.send({ type: "message", room: "seq", content: `b${i}` })
      }
      for (const client of [alice, bob]) {
        const received = yield* client.take(100)
        assert.deepStrictEqual(
          received.map(({ seq }) => seq),
          Array.from({ length: 100 }, (_, i) => i + 1)
        )
        assert.isTrue(received.every(({ room }) => room === "seq"))
        assert.strictEqual(received.filter(({ status }) => status === "success").length, 50)
      }
    })
  )

  it.effect("SEQ-1: in the lobby, events and acks have numbers, and no room", () =>
    Effect.gen(function* () {
      const { client: alice, welcome } = yield* enter("lob-alice")
      const plain = yield* connectAs("lob-plain")
      const { client: bob } = yield* enter("lob-bob")
      assert.deepStrictEqual(yield* alice.ask({ type: "message", content: "x", cid: "c", id: "i" }), {
        status: "success",
        message: "Message envoyé à tous les clients",
        seq: welcome.last + 1,
        cid: "c",
        id: "i"
      })
      assert.deepStrictEqual(yield* plain.ask({ type: "message", content: "y" }), {
        type: "message",
        username: "lob-alice",
        content: "x"
      })
      const [x, y] = yield* bob.take(2)
      assert.deepStrictEqual(Object.keys(x!), ["type", "username", "content", "seq", "at"])
      assert.deepStrictEqual([x!.seq, y!.seq], [welcome.last + 1, welcome.last + 2])
    })
  )

  it.effect("ROOM-1: a room that nobody is in exists as long as something that was said there is kept", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("again-alice")
      yield* alice.ask({ type: "join", room: "again" })
      assert.strictEqual((yield* alice.ask({ type: "message", room: "again", content: "x" })).seq, 1)
      yield* alice.ask({ type: "leave", room: "again" })
      const { rooms } = yield* alice.ask({ type: "rooms" })
      assert.deepStrictEqual(
        rooms.find(({ room }: { room: string }) => room === "again"),
        { room: "again", users: 0, last: 1, joined: false }
      )
      const kept = yield* alice.ask({ type: "join", room: "again" })
      assert.deepStrictEqual([kept.first, kept.last], [1, 1])
    })
  )

  it.effect("HIST-1, SEQ-2: join with recent or after shows that, one's own too, then goes on", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("hist-alice")
      yield* alice.ask({ type: "join", room: "hist" })
      for (let i = 1; i <= 15; i++) yield* alice.ask({ type: "message", room: "hist", content: `${i}` })
      const { client: bob } = yield* enter("hist-bob")
      bob.send({ type: "join", room: "hist", recent: 4 }, { type: "message", room: "hist", content: "16" })
      const reply = yield* bob.next
      assert.deepStrictEqual([reply.first, reply.last], [6, 15])
      assert.deepStrictEqual(contents(yield* bob.take(4)), numbered(12, 15))
      assert.strictEqual((yield* bob.next).seq, 16)
      const { client: carol } = yield* enter("hist-carol")
      yield* carol.ask({ type: "join", room: "hist", recent: 500 })
      assert.deepStrictEqual(contents(yield* carol.before), numbered(7, 16))
      yield* alice.ask({ type: "leave", room: "hist" })
      yield* alice.takeUntil(({ room }) => room === "hist")
      alice.send({ type: "join", room: "hist", after: 13 })
      yield* alice.takeUntil(({ users }) => users !== undefined)
      assert.deepStrictEqual(contents(yield* alice.before), numbered(14, 16))
    })
  )

  it.effect("HIST-3: what is asked for and not kept any more is a gap", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("gap-alice")
      yield* alice.ask({ type: "join", room: "gap" })
      for (let i = 1; i <= 15; i++) yield* alice.ask({ type: "message", room: "gap", content: `${i}` })
      const { client: bob, welcome } = yield* enter("gap-bob")
      yield* bob.ask({ type: "join", room: "gap", after: 2 })
      assert.deepStrictEqual(yield* bob.next, { type: "gap", room: "gap", from: 3, to: 5, reason: "expired" })
      assert.deepStrictEqual(contents(yield* bob.take(10)), numbered(6, 15))
      for (const fields of [{ after: 99 }, { after: 3, epoch: "other" }]) {
        yield* bob.ask({ type: "leave", room: "gap" })
        yield* bob.ask({ type: "join", room: "gap", ...fields })
        assert.deepStrictEqual(yield* bob.next, {
          type: "gap",
          room: "gap",
          reason: "epoch",
          epoch: welcome.epoch,
          last: 15
        })
      }
      assert.strictEqual(
        (yield* bob.ask({ type: "join", room: "gap", after: 3, recent: 3 })).message,
        "`recent` et `after` ne vont pas ensemble"
      )
    })
  )

  it.effect("HIST-2: a page is one reply within the frame limit, the newest below `before`", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("page-alice")
      yield* alice.ask({ type: "join", room: "page" })
      const empty = yield* alice.ask({ type: "history", room: "page" })
      assert.deepStrictEqual([empty.first, empty.messages], [1, []])
      for (let i = 1; i <= 9; i++) yield* alice.ask({ type: "message", room: "page", content: `${i}` })
      const page = yield* alice.ask({ type: "history", room: "PAGE", before: 8, limit: 3, id: 4 })
      assert.deepStrictEqual(page, {
        status: "success",
        room: "page",
        first: 1,
        messages: [5, 6, 7].map((seq, i) => ({
          seq,
          username: "page-alice",
          content: `${seq}`,
          at: page.messages[i].at
        })),
        id: 4
      })
      const long = "x".repeat(1_500)
      for (let i = 0; i < 5; i++) yield* alice.ask({ type: "message", room: "page", content: long })
      const newest = yield* alice.ask({ type: "history", room: "page" })
      assert.isBelow(JSON.stringify(newest).length, 4_096)
      assert.deepStrictEqual(
        newest.messages.map(({ seq }: { seq: number }) => seq),
        [13, 14]
      )
      const { client: bob } = yield* enter("page-bob")
      assert.strictEqual((yield* bob.ask({ type: "history", room: "page" })).code, "not_in_room")
      for (const fields of [{ limit: 0 }, { limit: 201 }, { before: 0 }, { before: 1.5 }])
        assert.strictEqual((yield* bob.ask({ type: "history", ...fields })).code, "invalid_request")
    })
  )

  it.effect("HIST-4: a room keeps its latest messages, and `first` never falls", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("first-alice")
      yield* alice.ask({ type: "join", room: "first" })
      let first = 0
      for (let i = 1; i <= 25; i++) {
        yield* alice.ask({ type: "message", room: "first", content: `${i}` })
        const page = yield* alice.ask({ type: "history", room: "first" })
        assert.isAtLeast(page.first, first)
        first = page.first
        assert.isAtMost(page.messages.length, 10)
      }
      assert.strictEqual(first, 16)
    })
  )
})

layer(server({ historyMax: undefined }))("No history", (it) => {
  it.effect("HIST-4: with --history off, the feature is not granted", () =>
    Effect.gen(function* () {
      const { welcome } = yield* enter("off-alice", { session: 5 })
      assert.deepStrictEqual(welcome, {
        status: "success",
        message: "Bienvenue, off-alice",
        features: ["rooms", "direct"]
      })
    })
  )
})
