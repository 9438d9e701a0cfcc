import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { timeText } from "../src/client/Text.ts"
import { everything, expectLogin, online, says, start } from "./support/terminals.ts"
import { scriptedServer } from "./support/ScriptedServer.ts"
import type { TestClient } from "./support/TestClient.ts"
import { keys, type VirtualTerminal } from "./support/VirtualTerminal.ts"

/** The time that messages without one have here. */
const at = timeText(0, (_, text) => text)

const inRoom = (room: string, username: string, content: string, seq: number) => ({
  ...says(username, content),
  room,
  seq,
  at: 0
})

/** A message as history has it. */
const kept = (seq: number) => ({ seq, username: "bob", content: `number ${seq}`, at: 0 })

/** alice goes into a room, where bob is. */
const join = Effect.fnUntraced(function* (peer: TestClient, terminal: VirtualTerminal, room = "lab") {
  terminal.type(`/join ${room}`, keys.enter)
  assert.deepStrictEqual(yield* peer.next, { type: "join", room, recent: 20 })
  peer.send({ status: "success", room, users: ["bob", "alice"], first: 12, last: 99 })
  yield* terminal.shows(`* 2 in ${room.includes(" ") ? `"${room}"` : room}: bob, alice`)
})

describe("A room", () => {
  it.effect("is gone into with what was said last, and left again; what is typed is said there", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({}, everything)
      terminal.type("/join Lab", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { type: "join", room: "Lab", recent: 20 })
      peer.send(
        { status: "success", room: "lab", users: ["bob", "alice"], first: 12, last: 99 },
        inRoom("lab", "bob", "before", 99),
        inRoom("lab", "bob", "after", 100)
      )
      yield* terminal.shows("<bob> after")
      terminal.type("hello", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { ...says("alice", "hello"), room: "lab", cid: "0" })
      peer.send({ status: "success", room: "lab", seq: 101, cid: "0" })
      terminal.type("/list", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { type: "list", room: "lab" })
      peer.send({ status: "success", room: "lab", users: ["bob", "alice"] })
      yield* terminal.until(({ text }) => text.split("2 in lab: bob, alice").length === 3)
      terminal.type("/leave", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { type: "leave", room: "lab" })
      peer.send({ status: "success", room: "lab" })
      yield* terminal.shows("* you have left lab")
      terminal.type("/leave", keys.enter)
      yield* terminal.shows("! nobody can leave the lobby; /quit leaves the chat")
      assert.deepStrictEqual(terminal.lines, [
        "* Bienvenue, alice",
        "* 1 here: alice",
        "alice> /join Lab",
        "* you are in lab now",
        "* 2 in lab: bob, alice",
        `${at} <bob> before`,
        `${at} <bob> after`,
        "alice [lab]> hello",
        "alice [lab]> /list",
        "* 2 in lab: bob, alice",
        "alice [lab]> /leave",
        "* you have left lab",
        "alice> /leave",
        "! nobody can leave the lobby; /quit leaves the chat",
        "alice>"
      ])
    })
  )

  it.effect("that one does not look at marks its lines, and is counted in the prompt", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({}, everything)
      yield* join(peer, terminal)
      yield* join(peer, terminal, "my room")
      peer.send(
        { ...says("bob", "to all"), seq: 42, at: 0 },
        inRoom("lab", "bob", "one", 100),
        inRoom("lab", "bob", "two", 101),
        inRoom("my room", "bob", "here", 100),
        { type: "joined", username: "carol", room: "lab" },
        { type: "left", username: "carol", room: "lab" }
      )
      yield* terminal.shows("carol left lab")
      assert.deepStrictEqual(terminal.lines.slice(-7), [
        `${at} [lobby] <bob> to all`,
        `${at} [lab] <bob> one`,
        `${at} [lab] <bob> two`,
        `${at} <bob> here`,
        "* carol joined lab",
        "* carol left lab",
        'alice ["my room"] (lobby 1, lab 2)>'
      ])
      terminal.type("/join lab", keys.enter)
      assert.strictEqual((yield* peer.next).type, "join")
      peer.send({ status: "success", room: "lab", users: ["alice"], first: 12, last: 101 })
      yield* terminal.until(({ lines }) => lines.at(-1) === "alice [lab] (lobby 1)>")
      terminal.type("/join LOBBY", keys.enter)
      assert.strictEqual((yield* peer.next).type, "join")
      peer.send({ status: "success", users: ["alice"], first: 1, last: 42 })
      yield* terminal.until(({ lines }) => lines.at(-1) === "alice>")
      yield* terminal.shows("* you are in the lobby now")
    })
  )

  it.effect("has a short prompt in a narrow window", () =>
    Effect.gen(function* () {
      for (const [columns, prompt] of [
        [80, "alice [lab] (lobby 1, dev 1)>"],
        [40, "alice [lab] (+2)>"],
        [24, "[lab] (+2)>"]
      ] as const) {
        const { peer, terminal } = yield* online({ columns }, everything)
        yield* join(peer, terminal, "dev")
        yield* join(peer, terminal)
        peer.send({ ...says("bob", "to all"), seq: 42, at: 0 }, inRoom("dev", "bob", "x", 100))
        yield* terminal.until(({ lines }) => lines.at(-1) === prompt)
      }
    })
  )

  it.effect("is gone into at the beginning (--room); a refusal leaves one in the lobby", () =>
    Effect.gen(function* () {
      const scripted = yield* scriptedServer
      const { terminal } = yield* start(scripted.address, { username: "alice", room: "lab" })
      const peer = yield* expectLogin(scripted)
      peer.send({ status: "success", ...everything })
      assert.deepStrictEqual(yield* peer.next, { type: "join", room: "lab", recent: 20 })
      // a server that keeps fewer messages
      peer.send({ status: "error", code: "invalid_request", message: "recent" })
      assert.deepStrictEqual(yield* peer.next, { type: "join", room: "lab" })
      peer.send({ status: "error", code: "too_many_rooms", message: "Trop de salons" })
      yield* terminal.shows("! /join was refused: Trop de salons (too_many_rooms). Leave one with /leave")
      yield* terminal.until(({ lines }) => lines.at(-1) === "alice>")
    })
  )

  it.effect("is listed, and completed", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({}, everything)
      terminal.type("/rooms", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { type: "rooms" })
      peer.send({ status: "success", rooms: [] })
      yield* terminal.shows("* there is no room but the lobby; /join ROOM begins one")
      yield* join(peer, terminal)
      terminal.type("/rooms", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { type: "rooms" })
      peer.send({
        status: "success",
        rooms: [
          { room: "dev\u001b[2J", users: 1, last: 4, joined: false },
          { room: "lab", users: 2, last: 99, joined: true }
        ]
      })
      yield* terminal.shows('* 2 rooms: "dev␛[2J" (1 here), lab (2 here, you too)')
      terminal.type("/leave l", keys.tab)
      yield* terminal.until(({ lines }) => lines.at(-1) === "alice [lab]> /leave lab")
    })
  )
})

describe("A direct message", () => {
  it.effect("goes to one person, and is marked where it comes", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({}, everything)
      peer.send({ ...says("bob b", "psst"), to: "alice", room: "@", seq: 1, at: 0 })
      yield* terminal.shows(`${at} [to you] <bob b> psst`)
      terminal.type("/msg bo", keys.tab, "what?", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { ...says("alice", "what?"), to: "bob b", cid: "0" })
      yield* terminal.shows('alice> /msg "bob b" what?')
      peer.send({ status: "error", code: "no_such_user", message: "Personne" })
      yield* terminal.shows('! "what?" was refused: Personne (no_such_user). /list tells who is here')
      terminal.type("/msg bob", keys.enter)
      yield* terminal.shows("! /msg is followed by NAME TEXT; /help says more")
    })
  )
})

describe("History", () => {
  it.effect("goes back from the oldest message shown, page by page, until nothing is kept", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({}, everything)
      terminal.type("/history 2", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { type: "history", limit: 2 })
      peer.send({ status: "success", first: 39, messages: [kept(40), kept(41)] })
      yield* terminal.shows("number 41")
      terminal.type("/history", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { type: "history", before: 40, limit: 20 })
      peer.send({ status: "success", first: 39, messages: [kept(39)] })
      yield* terminal.shows("number 39")
      terminal.type("/history", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { type: "history", before: 39, limit: 20 })
      peer.send({ status: "success", first: 39, messages: [] })
      yield* terminal.shows("* nothing older is kept from the lobby")
      terminal.type("/history many", keys.enter)
      yield* terminal.shows("! /history is followed by [COUNT]; /help says more")
    })
  )

  it.effect("says the day of what was said on another one", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({}, everything)
      const midday = new Date(2026, 10, 5, 12).getTime()
      peer.send(
        { ...says("bob", "then"), seq: 42, at: midday },
        { ...says("bob", "never"), seq: 43, at: 1e300 }
      )
      yield* terminal.shows("2026-11-05 12:00 <bob> then")
      yield* terminal.shows("--:-- <bob> never")
    })
  )
})

describe("A server without rooms", () => {
  it.effect("is asked for none, and the help does not mention them", () =>
    Effect.gen(function* () {
      for (const granted of [{}, { features: ["presence"] }]) {
        const { peer, terminal } = yield* online({ columns: 120 }, granted)
        terminal.type("/help", keys.enter)
        yield* terminal.shows("/quit  log out")
        assert.notInclude(terminal.text, "/join")
        for (const [line, what] of [
          ["/join lab", "/join was refused: this server has no rooms"],
          ["/rooms", "/rooms was refused: this server has no rooms"],
          ["/history", "/history was refused: this server has no history"],
          ["/msg bob psst", '"psst" was refused: this server has no direct messages']
        ] as const) {
          terminal.type(line, keys.enter)
          yield* terminal.shows(`! ${what} (not_offered)`)
        }
        terminal.type("hello", keys.enter)
        assert.deepStrictEqual(yield* peer.next, says("alice", "hello"), "nothing else was sent")
      }
    })
  )

  it.effect("may give fields of the extension any meaning of its own", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online()
      peer.send(
        { ...says("bob", "one"), room: "main", to: "everyone", seq: 1, at: 5 },
        { ...says("bob", "two"), room: 7, to: null, seq: "x", at: "noon" },
        { ...says("bob", "three"), seq: 1 },
        { type: "gap", reason: "expired" }
      )
      yield* terminal.shows("<bob> three")
      assert.deepStrictEqual(terminal.lines.slice(2), [
        `${at} <bob> one`,
        `${at} <bob> two`,
        `${at} <bob> three`,
        "alice>"
      ])
    })
  )
})
