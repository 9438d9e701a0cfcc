import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { server } from "../support/server.ts"
import { connect, connectAs } from "../support/TestClient.ts"
import { all, contents, cut, enter } from "./Member.ts"

layer(server({ historyMax: 10 }))("Resume", (it) => {
  it.effect("RESUME-3: `seen` that is no object of whole numbers is refused", () =>
    Effect.gen(function* () {
      const client = yield* connect
      for (const seen of [
        [],
        [1],
        null,
        5,
        "",
        { lobby: -1 },
        { lobby: 0.5 },
        { lobby: 2 ** 53 },
        { lobby: "1" }
      ]) {
        const { code } = yield* client.ask({ type: "login", username: "seen", features: ["history"], seen })
        assert.strictEqual(code, "invalid_request", JSON.stringify(seen))
      }
    })
  )

  it.effect("RESUME-1, RESUME-3: rooms are joined again, and what was missed comes once, in order", () =>
    Effect.gen(function* () {
      const { client: bob } = yield* enter("bob")
      yield* bob.ask({ type: "join", room: "lab" })
      const { client: alice, welcome } = yield* enter("alice")
      const { epoch, session } = welcome
      assert.match(session, /^[\w-]{32}$/)
      yield* alice.ask({ type: "join", room: "Lab" })
      const own = yield* alice.ask({ type: "message", room: "lab", content: "mine", cid: "1" })
      yield* alice.ask({ type: "message", content: "in the lobby" })
      yield* cut(alice, bob, "alice")
      yield* bob.before
      const missed = yield* bob.ask({ type: "message", room: "lab", content: "missed" })
      yield* bob.ask({ type: "message", content: "missed, too" })
      const back = yield* enter("alice", { session, epoch, seen: { Lobby: welcome.last, LAB: 0 } })
      assert.deepStrictEqual(back.welcome, {
        status: "success",
        message: "Bienvenue, alice",
        features: ["rooms", "direct", "history"],
        session,
        epoch,
        last: welcome.last + 2,
        resumed: true,
        rooms: { lab: { first: 1, last: missed.seq } }
      })
      const events = yield* back.client.take(2)
      assert.deepStrictEqual(
        events.map(({ content, room, seq }) => [content, room, seq]),
        [
          ["missed, too", undefined, welcome.last + 2],
          ["missed", "lab", own.seq + 1]
        ]
      )
      assert.deepStrictEqual(yield* back.client.before, [])
      yield* bob.ask({ type: "message", room: "lab", content: "live" })
      assert.deepStrictEqual(contents(yield* back.client.before), ["live"])
      assert.deepStrictEqual((yield* bob.ask({ type: "list", room: "lab" })).users, ["bob", "alice"])
    })
  )

  it.effect("RESUME-1: an absent name is off the list and told `left`, and reserved for its token", () =>
    Effect.gen(function* () {
      const { client: watcher } = yield* enter("ab-watcher", {}, all)
      const { client: alice, welcome } = yield* enter("ab-alice")
      yield* watcher.ask({ type: "list" })
      yield* cut(alice, watcher, "ab-alice")
      const stranger = yield* connect
      assert.strictEqual(
        (yield* stranger.ask({ type: "login", username: "AB-alice" })).code,
        "username_taken"
      )
      const { welcome: back } = yield* enter("ab-alice", { session: welcome.session })
      assert.strictEqual(back.resumed, true)
      const told = (yield* watcher.before).filter(({ type }) => type === "joined" || type === "left")
      assert.deepStrictEqual(told.at(-1), { type: "joined", username: "ab-alice" })
    })
  )

  it.effect("RESUME-2: a second connection takes over; others notice nothing", () =>
    Effect.gen(function* () {
      const { client: watcher } = yield* enter("over-watcher", {}, all)
      const { client: alice, welcome } = yield* enter("over-alice")
      yield* watcher.before
      const { epoch, last, session } = welcome
      const { client: second } = yield* enter("over-alice", { session, epoch, seen: { lobby: last } })
      assert.strictEqual((yield* alice.next).code, "session_replaced")
      assert.strictEqual(yield* alice.ended, "fin")
      yield* watcher.ask({ type: "message", content: "hello" })
      assert.deepStrictEqual(contents(yield* second.before), ["hello"])
      assert.deepStrictEqual(yield* watcher.before, [])
      assert.deepStrictEqual((yield* watcher.ask({ type: "list" })).users.includes("over-alice"), true)
    })
  )

  it.effect("ROOM-5, RESUME-2: a session that goes on without rooms leaves them, which is told once", () =>
    Effect.gen(function* () {
      const { client: watcher } = yield* enter("less-watcher", {}, all)
      yield* watcher.ask({ type: "join", room: "less" })
      const { client: alice, welcome } = yield* enter("less-alice")
      yield* alice.ask({ type: "join", room: "less" })
      yield* enter("less-alice", { session: welcome.session }, ["history"])
      const told = (yield* watcher.before).filter(({ room }) => room === "less")
      assert.deepStrictEqual(
        told.map(({ type, username }) => [type, username]),
        [
          ["joined", "less-alice"],
          ["left", "less-alice"]
        ]
      )
      assert.deepStrictEqual((yield* watcher.ask({ type: "list", room: "less" })).users, ["less-watcher"])
    })
  )

  it.effect("RESUME-3: what is not kept any more, or was never seen, is a gap", () =>
    Effect.gen(function* () {
      const { client: bob } = yield* enter("gap-bob")
      const { client: alice, welcome } = yield* enter("gap-alice")
      yield* alice.ask({ type: "join", room: "gap" })
      yield* bob.ask({ type: "join", room: "gap" })
      yield* cut(alice, bob, "gap-alice")
      for (let i = 0; i < 12; i++) yield* bob.ask({ type: "message", room: "gap", content: `${i + 1}` })
      const { epoch, last, session } = welcome
      const one = yield* enter("gap-alice", { session, epoch, seen: { lobby: last, gap: 0 } })
      assert.deepStrictEqual(yield* one.client.next, {
        type: "gap",
        room: "gap",
        from: 1,
        to: 2,
        reason: "expired"
      })
      assert.strictEqual(contents(yield* one.client.before).length, 10)
      const two = yield* enter("gap-alice", { session, epoch, seen: {} })
      assert.deepStrictEqual((yield* two.client.before).at(-1), {
        type: "gap",
        room: "gap",
        to: 12,
        reason: "unseen"
      })
      const three = yield* enter("gap-alice", { session, epoch: "other", seen: { lobby: 0, gap: 3 } })
      assert.deepStrictEqual(yield* three.client.before, [
        { type: "gap", reason: "epoch", epoch, last: three.welcome.last },
        { type: "gap", room: "gap", reason: "epoch", epoch, last: 12 }
      ])
      const four = yield* enter("gap-alice", { session, epoch, seen: { lobby: 1e6, gap: 12 } })
      assert.deepStrictEqual(yield* four.client.before, [
        { type: "gap", reason: "epoch", epoch, last: four.welcome.last }
      ])
    })
  )

  it.effect("RESUME-4: with an unknown token it is an ordinary login, and rooms are joined again", () =>
    Effect.gen(function* () {
      const { client: bob } = yield* enter("un-bob")
      yield* bob.ask({ type: "join", room: "un" })
      yield* bob.ask({ type: "message", room: "un", content: "kept" })
      const { welcome } = yield* enter("un-alice", {
        session: "x".repeat(32),
        epoch: "other",
        seen: { un: 3, "@": 7, new: 1, " bad": 1 }
      })
      assert.strictEqual(welcome.resumed, false)
      assert.deepStrictEqual(Object.keys(welcome.rooms), ["un", "new"])
      assert.deepStrictEqual((yield* bob.ask({ type: "list", room: "un" })).users, ["un-bob", "un-alice"])
    })
  )

  it.effect("RESUME-5: before the first event, and any number of times", () =>
    Effect.gen(function* () {
      const { client: bob } = yield* enter("five-bob")
      const { welcome } = yield* enter("five-alice")
      const { epoch, session } = welcome
      let { last } = welcome
      for (let i = 0; i < 5; i++) {
        yield* bob.ask({ type: "message", content: `${i}` })
        const { client } = yield* enter("five-alice", { session, epoch, seen: { lobby: last } })
        const [event] = yield* client.take(1)
        assert.deepStrictEqual([event!.content, event!.seq], [`${i}`, last + 1])
        last = event!.seq
      }
    })
  )

  it.effect("RESUME-6: logout ends the session at once", () =>
    Effect.gen(function* () {
      const { client: alice, welcome } = yield* enter("six-alice")
      yield* alice.ask({ type: "logout" })
      yield* alice.ended
      const next = yield* connectAs("six-alice")
      assert.deepStrictEqual(yield* next.before, [])
      const stranger = yield* connect
      const { session } = welcome
      const reply = yield* stranger.ask({
        type: "login",
        username: "six-alice",
        features: ["history"],
        session
      })
      assert.strictEqual(reply.code, "username_taken")
    })
  )
})
