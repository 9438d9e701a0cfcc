import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { server } from "../support/server.ts"
import { connectAs } from "../support/TestClient.ts"
import { all, contents, enter } from "./Member.ts"

const rooms = ["rooms"]

layer(server({ clientRoomsMax: 3, roomsMax: 20 }))("Rooms", (it) => {
  it.effect("ROOM-1: a room exists while somebody is in it, under any spelling of its name", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("alice", {}, rooms)
      const { client: bob } = yield* enter("bob", {}, rooms)
      assert.deepStrictEqual(yield* alice.ask({ type: "rooms" }), { status: "success", rooms: [] })
      assert.deepStrictEqual(yield* alice.ask({ type: "join", room: "Lab", id: 1 }), {
        status: "success",
        room: "Lab",
        users: ["alice"],
        id: 1
      })
      assert.deepStrictEqual(yield* bob.ask({ type: "join", room: "LAB" }), {
        status: "success",
        room: "Lab",
        users: ["alice", "bob"]
      })
      assert.deepStrictEqual(yield* alice.ask({ type: "rooms" }), {
        status: "success",
        rooms: [{ room: "Lab", users: 2, joined: true }]
      })
      assert.deepStrictEqual(yield* bob.ask({ type: "leave", room: "lab" }), {
        status: "success",
        room: "Lab"
      })
      assert.deepStrictEqual(yield* bob.ask({ type: "rooms" }), {
        status: "success",
        rooms: [{ room: "Lab", users: 1, joined: false }]
      })
      yield* alice.ask({ type: "join", room: "__proto__" })
      assert.deepStrictEqual(
        (yield* alice.ask({ type: "rooms" })).rooms.map(({ room }: { room: string }) => room),
        ["__proto__", "Lab"]
      )
    })
  )

  it.effect("ROOM-1: the lobby is everybody's under any spelling, and cannot be left", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("lobby-alice", {}, rooms)
      const bob = yield* connectAs("lobby-bob")
      assert.strictEqual((yield* alice.ask({ type: "join", room: "LOBBY" })).room, undefined)
      assert.strictEqual((yield* alice.ask({ type: "leave", room: "Lobby" })).code, "invalid_room")
      const ack = yield* alice.ask({ type: "message", room: "lobby", content: "to all" })
      assert.deepStrictEqual(ack, { status: "success", message: "Message envoyé à tous les clients" })
      assert.deepStrictEqual(yield* bob.next, {
        type: "message",
        username: "lobby-alice",
        content: "to all"
      })
      for (const room of ["@", "", " lab", "a\nb", "x".repeat(33)])
        assert.strictEqual((yield* alice.ask({ type: "join", room })).code, "invalid_room", room)
    })
  )

  it.effect("ROOM-2: only members of a room receive what is said there, and only they may say it", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("in-alice", {}, rooms)
      const { client: bob } = yield* enter("in-bob", {}, rooms)
      const { client: carol } = yield* enter("out-carol", {}, rooms)
      yield* alice.ask({ type: "join", room: "den" })
      yield* bob.ask({ type: "join", room: "den" })
      for (const request of [
        { type: "message", room: "den", content: "x" },
        { type: "list", room: "den" },
        { type: "leave", room: "den" },
        { type: "list", room: "nowhere" }
      ])
        assert.strictEqual((yield* carol.ask(request)).code, "not_in_room")
      assert.deepStrictEqual(yield* alice.ask({ type: "message", room: "DEN", content: "psst" }), {
        status: "success",
        message: "Message envoyé au salon den",
        room: "den"
      })
      assert.deepStrictEqual(yield* bob.next, {
        type: "message",
        room: "den",
        username: "in-alice",
        content: "psst"
      })
      assert.deepStrictEqual(yield* carol.before, [])
      assert.deepStrictEqual((yield* alice.ask({ type: "list", room: "den" })).users, ["in-alice", "in-bob"])
      yield* bob.ask({ type: "leave", room: "den" })
      yield* alice.ask({ type: "message", room: "den", content: "alone" })
      assert.deepStrictEqual(yield* bob.before, [])
    })
  )

  it.effect("ROOM-3, ROOM-4: the join reply comes first, then everything in one order for all members", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("order-alice", {}, rooms)
      yield* alice.ask({ type: "join", room: "order" })
      const { client: bob } = yield* enter("order-bob", {}, rooms)
      const { client: carol } = yield* enter("order-carol", {}, rooms)
      for (let i = 0; i < 20; i++) alice.send({ type: "message", room: "order", content: `a${i}` })
      bob.send({ type: "join", room: "order" }, { type: "message", room: "order", content: "b" })
      carol.send({ type: "join", room: "order" })
      assert.strictEqual((yield* bob.next).room, "order")
      assert.deepStrictEqual((yield* carol.next).users.at(-1), "order-carol")
      yield* alice.takeUntil(({ content }) => content === "b")
      for (let i = 20; i < 40; i++) alice.send({ type: "message", room: "order", content: `a${i}` })
      yield* alice.before
      const [ofBob, ofCarol] = [contents(yield* bob.before), contents(yield* carol.before)]
      assert.deepStrictEqual(ofBob.slice(-20), ofCarol.slice(-20))
      assert.deepStrictEqual(
        ofBob.slice(-20),
        Array.from({ length: 20 }, (_, i) => `a${i + 20}`)
      )
    })
  )

  it.effect(
    "ROOM-5: who comes and goes is told to members who asked for presence, rooms before the lobby",
    () =>
      Effect.gen(function* () {
        const { client: alice } = yield* enter("watch-alice", {}, ["presence", "rooms"])
        const { client: deaf } = yield* enter("watch-deaf", {}, rooms)
        yield* alice.before
        yield* alice.ask({ type: "join", room: "watch" })
        yield* deaf.ask({ type: "join", room: "watch" })
        const { client: bob } = yield* enter("watch-bob", {}, ["presence", "rooms"])
        assert.deepStrictEqual(yield* bob.ask({ type: "join", room: "watch" }), {
          status: "success",
          room: "watch",
          users: ["watch-alice", "watch-deaf", "watch-bob"]
        })
        yield* bob.ask({ type: "leave", room: "watch" })
        yield* bob.ask({ type: "join", room: "watch" })
        yield* bob.ask({ type: "logout" })
        const told = (yield* alice.takeUntil(
          ({ room, type, username }) => type === "left" && room === undefined && username === "watch-bob"
        )).filter(({ username }) => username === "watch-bob" || username === "watch-deaf")
        assert.deepStrictEqual(told, [
          { type: "joined", room: "watch", username: "watch-deaf" },
          { type: "joined", username: "watch-bob" },
          { type: "joined", room: "watch", username: "watch-bob" },
          { type: "left", room: "watch", username: "watch-bob" },
          { type: "joined", room: "watch", username: "watch-bob" },
          { type: "left", room: "watch", username: "watch-bob" }
        ])
        assert.deepStrictEqual(yield* deaf.before, [])
      })
  )

  it.effect("too_many_rooms: for a client, and in all", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("many-alice", {}, rooms)
      for (const room of ["many-1", "many-2", "many-3"])
        assert.strictEqual((yield* alice.ask({ type: "join", room })).status, "success")
      assert.strictEqual((yield* alice.ask({ type: "join", room: "many-4" })).code, "too_many_rooms")
      assert.strictEqual((yield* alice.ask({ type: "join", room: "many-1" })).status, "success")
      yield* alice.ask({ type: "leave", room: "many-1" })
      assert.strictEqual((yield* alice.ask({ type: "join", room: "many-4" })).status, "success")
    })
  )

  it.effect("REQ-3, PLAIN-1: without the feature there are no rooms: unknown types, ignored fields", () =>
    Effect.gen(function* () {
      const alice = yield* connectAs("plain-alice")
      const bob = yield* connectAs("plain-bob", "presence", "nonsense")
      const { client: carol } = yield* enter("plain-carol", {}, all)
      yield* carol.ask({ type: "join", room: "plain" })
      for (const type of ["join", "leave", "rooms", "history"])
        assert.deepStrictEqual(
          yield* alice.ask({ type, room: "plain" }),
          {
            status: "error",
            code: "unknown_type",
            message: `Type de requête inconnu : \`${type}\` (il y a login, message, list, logout, ping)`
          },
          type
        )
      const ack = yield* alice.ask({ type: "message", content: "x", room: 7, to: "plain-bob", cid: "" })
      assert.deepStrictEqual(ack, { status: "success", message: "Message envoyé à tous les clients" })
      assert.deepStrictEqual(
        (yield* bob.before).filter(({ type }) => type === "message"),
        [{ type: "message", username: "plain-alice", content: "x" }]
      )
    })
  )
})
