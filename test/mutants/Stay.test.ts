import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Change } from "../../mutants/chat/Chat.ts"
import { serving } from "./serving.ts"

const all = ["rooms", "direct", "history"]

/** Alice with all features, and the fields of her login's reply. */
const alone = Effect.fnUntraced(function* (...changes: ReadonlyArray<Change>) {
  const { connect } = yield* serving(...changes)
  const alice = yield* connect
  const welcome = yield* alice.ask({ type: "login", username: "alice", features: all })
  const { epoch, session } = welcome
  const back = (seen: object) => ({ type: "login", username: "alice", features: all, session, epoch, seen })
  return { alice, back, connect, epoch, welcome }
})

describe("the base, for those who stay", () => {
  it.effect("ROOM, SEQ: members alone hear what is said in a room, numbered for those with history", () =>
    Effect.gen(function* () {
      const { alice, connect, welcome } = yield* alone()
      assert.deepInclude(welcome, { status: "success", features: all, last: 0 })
      assert.match(welcome.session, /^[\w-]{32}$/)
      const [bob, carol] = [yield* connect, yield* connect]
      yield* carol.login("carol")
      yield* bob.login("bob", "rooms", "presence")
      assert.deepStrictEqual(yield* alice.ask({ type: "join", room: "lab" }), {
        status: "success",
        users: ["alice"],
        first: 1,
        last: 0,
        room: "lab"
      })
      const joined = yield* bob.ask({ type: "join", room: "LAB" })
      assert.deepInclude(joined, { room: "lab", users: ["alice", "bob"] })
      assert.notProperty(joined, "first")
      const ack = yield* alice.ask({ type: "message", room: "lab", content: "Hi" })
      assert.deepInclude(ack, { status: "success", room: "lab", seq: 1 })
      const hi = { type: "message", username: "alice", content: "Hi", room: "lab" }
      assert.deepStrictEqual(yield* bob.next, hi)
      assert.deepStrictEqual(yield* carol.before, [])
      const message = { type: "message", room: "lab", content: "Hi" }
      assert.deepInclude(yield* carol.ask(message), { status: "success" })
      assert.deepInclude(yield* alice.next, { username: "carol", seq: 1 })
      yield* bob.next
      assert.deepInclude(yield* alice.ask({ type: "leave", room: "lab" }), { status: "success", room: "lab" })
      assert.deepStrictEqual(yield* bob.next, { type: "left", username: "alice", room: "lab" })
      assert.deepInclude(yield* alice.ask(message), { code: "not_in_room" })
      assert.deepInclude(yield* alice.ask({ type: "leave", room: "Lobby" }), { code: "invalid_room" })
      assert.deepInclude(yield* alice.ask({ type: "join", room: "@" }), { code: "invalid_room" })
    }).pipe(Effect.scoped)
  )

  it.effect(
    "DM, RESUME, SEQ-2: whoever comes back gets what was missed, once, and of nobody else's inbox",
    () =>
      Effect.gen(function* () {
        const { alice, back, connect } = yield* alone()
        const bob = yield* connect
        yield* bob.login("bob", "presence", "direct", "rooms")
        yield* alice.ask({ type: "join", room: "lab" })
        yield* bob.ask({ type: "join", room: "lab" })
        yield* alice.ask({ type: "message", room: "lab", content: "mine" })
        yield* bob.next
        alice.socket.resetAndDestroy()
        const left = { type: "left", username: "alice" }
        assert.deepStrictEqual(yield* bob.take(2), [{ ...left, room: "lab" }, left])
        yield* bob.ask({ type: "message", room: "lab", content: "missed" })
        const letter = yield* bob.ask({ type: "message", to: "Alice", content: "psst" })
        assert.deepInclude(letter, { status: "success", to: "alice" })
        const thief = yield* connect
        assert.deepInclude(yield* thief.ask({ type: "login", username: "ALICE" }), { code: "username_taken" })
        const again = yield* connect
        const welcome = yield* again.ask(back({ lobby: 0, lab: 0, "@": 0 }))
        assert.deepInclude(welcome, { resumed: true, rooms: { lab: { first: 1, last: 2 } } })
        const [missed, psst] = yield* again.take(2)
        assert.deepInclude(missed, { room: "lab", username: "bob", content: "missed", seq: 2 })
        assert.deepInclude(psst, { room: "@", to: "alice", username: "bob", content: "psst", seq: 1 })
        const third = yield* connect
        assert.deepInclude(yield* third.ask(back({ lobby: 0, lab: 2, "@": 1 })), { resumed: true })
        assert.deepInclude(yield* again.next, { code: "session_replaced" })
        assert.deepStrictEqual(yield* third.before, [])
        yield* third.ask({ type: "logout" })
        const next = yield* connect
        const other = yield* next.ask(back({ lobby: 0, lab: 1, "@": 0 }))
        assert.deepInclude(other, { resumed: false, rooms: { lab: { first: 1, last: 2 } } })
        assert.deepInclude(yield* next.next, { room: "lab", content: "missed", seq: 2 })
        assert.deepStrictEqual(yield* next.before, [])
      }).pipe(Effect.scoped)
  )

  it.effect("HIST: what is kept is shown on joining and page by page, and what is gone is a gap", () =>
    Effect.gen(function* () {
      const { alice, connect } = yield* alone(() => ({ historyMax: 3 }))
      const bob = yield* connect
      yield* bob.login("bob", ...all)
      yield* alice.ask({ type: "join", room: "lab" })
      for (const content of ["1", "2", "3", "4", "5"])
        yield* alice.ask({ type: "message", room: "lab", content })
      assert.deepInclude(yield* bob.ask({ type: "join", room: "lab", after: 1 }), { first: 3, last: 5 })
      const shown = yield* bob.take(4)
      assert.deepStrictEqual(shown[0], { type: "gap", room: "lab", from: 2, to: 2, reason: "expired" })
      assert.deepStrictEqual(
        shown.slice(1).map(({ seq }) => seq),
        [3, 4, 5]
      )
      const page = yield* bob.ask({ type: "history", room: "lab", before: 5, limit: 1 })
      assert.deepInclude(page, { first: 3 })
      assert.deepStrictEqual(
        page.messages.map(({ content }: { content: string }) => content),
        ["4"]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("DEDUP: the same message under the same cid is said once", () =>
    Effect.gen(function* () {
      const { alice, back, connect } = yield* alone()
      const message = { type: "message", content: "once", cid: "a1" }
      assert.deepInclude(yield* alice.ask(message), { seq: 1, cid: "a1" })
      assert.deepInclude(yield* alice.ask(message), { seq: 1, cid: "a1", duplicate: true })
      const again = yield* connect
      yield* again.ask(back({ lobby: 1 }))
      assert.deepInclude(yield* again.ask(message), { seq: 1, duplicate: true })
      assert.deepInclude(yield* again.ask({ ...message, content: "twice" }), { code: "invalid_request" })
      assert.deepInclude(yield* again.ask({ ...message, cid: "" }), { code: "invalid_request" })
    }).pipe(Effect.scoped)
  )
})
