import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { server } from "../support/server.ts"
import { connect, type TestClient } from "../support/TestClient.ts"
import { cut, enter } from "./Member.ts"

/** The reply to a login without a token. */
const tries = (username: string) =>
  Effect.scoped(
    Effect.flatMap(connect, (client) => client.ask({ type: "login", username, features: ["history"] }))
  )

const say = (client: TestClient) => client.ask({ type: "message", content: "x" })

/** A client with history that was cut off, and what its login gave. */
const absent = (username: string, witness: TestClient) =>
  Effect.gen(function* () {
    const { client, welcome } = yield* enter(username)
    yield* cut(client, witness, username)
    return welcome
  })

layer(server({ graceMillis: 60_000 }))("Grace", (it) => {
  it.effect("RESUME-1, DM-4: after the grace, the name is free and nothing of the session is left", () =>
    Effect.gen(function* () {
      const { client: bob } = yield* enter("bob")
      const { session } = yield* absent("alice", bob)
      yield* bob.ask({ type: "message", to: "alice", content: "letter" })
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual((yield* tries("alice")).code, "username_taken")
      yield* TestClock.adjust("2 seconds")
      const { client, welcome } = yield* enter("alice", { session, seen: { "@": 0 } })
      assert.strictEqual(welcome.resumed, false)
      assert.notStrictEqual(welcome.session, session)
      assert.deepStrictEqual(
        (yield* client.before).filter(({ room }) => room === "@"),
        []
      )
    })
  )

  it.effect("RESUME-1, RESUME-5: each absence has a grace of its own", () =>
    Effect.gen(function* () {
      const { client: bob } = yield* enter("own-bob")
      const { session } = yield* absent("own-alice", bob)
      for (let i = 0; i < 3; i++) {
        yield* TestClock.adjust("40 seconds")
        const { client, welcome } = yield* enter("own-alice", { session })
        assert.strictEqual(welcome.resumed, true)
        yield* cut(client, bob, "own-alice")
      }
    })
  )
})

layer(server({ frameBytesMax: 1_024 }))("Ends", (it) => {
  it.effect(
    "RESUME-1: a client that the server ended may come back as well, one that logged out may not",
    () =>
      Effect.gen(function* () {
        const { client: alice, welcome } = yield* enter("alice")
        alice.send(`{"type":"message","content":"${"x".repeat(2_000)}`)
        assert.strictEqual((yield* alice.next).code, "too_large")
        yield* alice.ended
        const back = yield* enter("alice", { session: welcome.session })
        assert.strictEqual(back.welcome.resumed, true)
        yield* back.client.ask({ type: "logout" })
        yield* back.client.ended
        const { welcome: anew } = yield* enter("alice", { session: welcome.session })
        assert.strictEqual(anew.resumed, false)
      })
  )

  it.effect("RESUME-4: a token is worth nothing under another name, and its session stays", () =>
    Effect.gen(function* () {
      const { welcome } = yield* enter("mine")
      const { session } = welcome
      const { welcome: other } = yield* enter("other", { session })
      assert.deepStrictEqual([other.resumed, other.session === session], [false, false])
      assert.strictEqual((yield* tries("mine")).code, "username_taken")
      assert.strictEqual((yield* enter("mine", { session })).welcome.resumed, true)
    })
  )

  it.effect("names that are too long to be one are refused at once, whatever they are the name of", () =>
    Effect.gen(function* () {
      const { client: bob } = yield* enter("bob")
      const name = "a" + "\u0323\u0307".repeat(150)
      assert.strictEqual((yield* bob.ask({ type: "join", room: name })).code, "invalid_room")
      assert.strictEqual((yield* bob.ask({ type: "leave", room: name })).code, "invalid_room")
      assert.strictEqual((yield* bob.ask({ type: "list", room: name })).code, "invalid_room")
      assert.strictEqual((yield* bob.ask({ type: "history", room: name })).code, "invalid_room")
      assert.strictEqual((yield* bob.ask({ type: "message", content: "x", to: name })).code, "no_such_user")
      assert.strictEqual((yield* bob.ask({ type: "message", content: "x", room: name })).code, "invalid_room")
    })
  )
})

layer(server({ sessionsMax: 2 }))("Absent sessions", (it) => {
  it.effect("the longest absent one ends where there are more than --sessions-max", () =>
    Effect.gen(function* () {
      const { client: bob } = yield* enter("bob")
      for (const name of ["one", "two", "three"]) yield* absent(name, bob)
      assert.strictEqual((yield* tries("two")).code, "username_taken")
      assert.strictEqual((yield* tries("three")).code, "username_taken")
      assert.strictEqual((yield* tries("one")).status, "success")
    })
  )
})

layer(server({ addressSessionsMax: 1, messageRate: 1, messageBurst: 2 }))("Sessions of an address", (it) => {
  it.effect("the longest absent one ends where one address has more than --sessions-per-address", () =>
    Effect.gen(function* () {
      const { client: bob } = yield* enter("bob")
      yield* absent("one", bob)
      yield* absent("two", bob)
      assert.strictEqual((yield* tries("two")).code, "username_taken")
      assert.strictEqual((yield* tries("one")).status, "success")
    })
  )

  it.effect("the rate of messages is that of the session: a new connection does not renew it", () =>
    Effect.gen(function* () {
      const { client: bob } = yield* enter("rate-bob")
      const { client: alice, welcome } = yield* enter("rate-alice")
      const { session } = welcome
      assert.strictEqual((yield* say(alice)).status, "success")
      yield* cut(alice, bob, "rate-alice")
      const { client: back } = yield* enter("rate-alice", { session })
      yield* back.before
      assert.strictEqual((yield* say(back)).status, "success")
      const { client: over } = yield* enter("rate-alice", { session })
      yield* over.before
      assert.deepInclude(yield* say(over), { code: "rate_limited", retryAfterMs: 1_000 })
    })
  )
})

layer(server({ historyMillisMax: 10_000, historyBytesMax: 64 * 1024 }))("What is kept", (it) => {
  it.effect("HIST-4: for --history-age, and no longer", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("alice")
      yield* alice.ask({ type: "message", content: "1" })
      yield* TestClock.adjust("6 seconds")
      yield* alice.ask({ type: "message", content: "2" })
      yield* TestClock.adjust("6 seconds")
      const later = yield* alice.ask({ type: "history" })
      assert.deepStrictEqual([later.first, later.messages.length], [2, 1])
      yield* TestClock.adjust("6 seconds")
      const last = yield* alice.ask({ type: "history" })
      assert.deepStrictEqual([last.first, last.messages], [3, []])
    })
  )

  it.effect("SEQ-1, SEQ-4: a room that comes back after it was forgotten begins above its numbers", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("seq-alice")
      yield* alice.ask({ type: "join", room: "Seq" })
      for (let i = 0; i < 3; i++) yield* alice.ask({ type: "message", room: "seq", content: "x" })
      yield* alice.ask({ type: "leave", room: "seq" })
      assert.deepStrictEqual((yield* alice.ask({ type: "rooms" })).rooms, [
        { room: "Seq", users: 0, last: 3, joined: false }
      ])
      yield* TestClock.adjust("12 seconds")
      assert.deepStrictEqual((yield* alice.ask({ type: "rooms" })).rooms, [])
      const again = yield* alice.ask({ type: "join", room: "seq" })
      assert.deepStrictEqual([again.room, again.first, again.last], ["seq", 4, 3])
      assert.strictEqual((yield* alice.ask({ type: "message", room: "seq", content: "x" })).seq, 4)
    })
  )

  it.effect("HIST-4: within --history-bytes in all rooms together, the oldest go first", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("bytes-alice")
      for (const room of ["quiet", "busy"]) yield* alice.ask({ type: "join", room })
      const early = yield* alice.ask({ type: "message", room: "quiet", content: "early" })
      assert.strictEqual((yield* alice.ask({ type: "join", room: "quiet" })).first, early.seq)
      const content = "x".repeat(4_000)
      for (let i = 0; i < 12; i++) yield* alice.ask({ type: "message", room: "busy", content })
      const { first, last } = yield* alice.ask({ type: "join", room: "quiet" })
      const { messages } = yield* alice.ask({ type: "history", room: "quiet" })
      assert.deepStrictEqual([first - last, messages], [1, []])
      assert.isAbove((yield* alice.ask({ type: "join", room: "busy" })).first, 4)
    })
  )
})

layer(server({ roomsMax: 2 }))("Rooms at once", (it) => {
  it.effect("too_many_rooms: --rooms-max rooms exist, and one that is forgotten makes room", () =>
    Effect.gen(function* () {
      const { client: alice } = yield* enter("alice")
      for (const room of ["one", "two"]) yield* alice.ask({ type: "join", room })
      assert.strictEqual((yield* alice.ask({ type: "join", room: "three" })).code, "too_many_rooms")
      yield* alice.ask({ type: "leave", room: "one" })
      assert.strictEqual((yield* alice.ask({ type: "join", room: "three" })).status, "success")
    })
  )
})

layer(server({ roomsMax: 2 }))("Rooms that nobody is in", (it) => {
  it.effect(
    "ROOM-1: where there are so many, one that only its history keeps makes room, the most silent first",
    () =>
      Effect.gen(function* () {
        const { client: alice } = yield* enter("alice")
        for (const room of ["first", "second"]) yield* alice.ask({ type: "join", room })
        for (const room of ["first", "second", "first"])
          yield* alice.ask({ type: "message", room, content: "x" })
        yield* alice.ask({ type: "leave", room: "first" })
        yield* alice.ask({ type: "leave", room: "second" })
        const third = yield* alice.ask({ type: "join", room: "third" })
        assert.deepStrictEqual([third.status, third.first], ["success", 2])
        assert.deepStrictEqual(
          (yield* alice.ask({ type: "rooms" })).rooms.map(({ room }: { room: string }) => room),
          ["first", "third"]
        )
        yield* alice.ask({ type: "join", room: "first" })
        assert.strictEqual((yield* alice.ask({ type: "join", room: "second" })).code, "too_many_rooms")
      })
  )
})

layer(server({ trafficRate: 1_000, trafficBurst: 20_000 }))("The past", (it) => {
  it.effect("HIST-1: whoever was shown more of it than --traffic-rate allows must wait for more", () =>
    Effect.gen(function* () {
      const { client: bob } = yield* enter("bob")
      yield* bob.ask({ type: "join", room: "lab" })
      for (let i = 0; i < 3; i++) yield* bob.ask({ type: "message", room: "lab", content: "x".repeat(5_000) })
      const { client: alice } = yield* enter("alice")
      yield* alice.ask({ type: "join", room: "lab", recent: 3 })
      assert.lengthOf(yield* alice.before, 3)
      yield* alice.ask({ type: "leave", room: "lab" })
      const { code, retryAfterMs } = yield* alice.ask({ type: "join", room: "lab", after: 0 })
      assert.strictEqual(code, "rate_limited")
      assert.isAbove(retryAfterMs, 5_000)
      assert.strictEqual((yield* alice.ask({ type: "join", room: "den" })).status, "success")
      yield* TestClock.adjust(retryAfterMs)
      assert.strictEqual((yield* alice.ask({ type: "join", room: "lab", after: 0 })).status, "success")
    })
  )
})
