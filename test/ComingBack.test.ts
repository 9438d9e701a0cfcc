import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { reconnectSettings } from "../src/client/Reconnect.ts"
import { timeText } from "../src/client/Text.ts"
import { scriptedServer } from "./support/ScriptedServer.ts"
import { admit, everything, expectLogin, online, says } from "./support/terminals.ts"
import { keys } from "./support/VirtualTerminal.ts"

const { logoutMillisMax, retryMillis } = reconnectSettings
const { epoch, last, session } = everything
const at = timeText(0, (_, text) => text)

/** The rest of the reply to a login that comes back to its session. */
const resumed = { ...everything, resumed: true }

/** The rest of the reply where the server has lost the session, and begun anew. */
const forgotten = {
  ...everything,
  session: "YW5vdGhlciBzZXNzaW9uIG9mIGFsaWNl",
  epoch: "y2",
  last: 3,
  resumed: false
}

const numbered = (username: string, content: string, seq: number) => ({
  ...says(username, content),
  seq,
  at: 0
})

/** Lets time pass until this is done. */
const meanwhile = <A, E, R>(effect: Effect.Effect<A, E, R>, millis = retryMillis) => {
  const turn = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
  return Effect.raceFirst(effect, Effect.forever(Effect.andThen(TestClock.adjust(millis), turn)))
}

/** alice at a terminal, in the room lab of a server that has everything. */
const inLab = Effect.fnUntraced(function* () {
  const { peer, running, scripted, terminal } = yield* online({}, everything)
  terminal.type("/join lab", keys.enter)
  yield* peer.next
  peer.send({ status: "success", room: "lab", users: ["bob", "alice"], first: 1, last: 70 })
  yield* terminal.shows("2 in lab")
  return { peer, running, scripted, terminal }
})

describe("Coming back to a kept session", () => {
  it.effect("RESUME-3, DEDUP-1: shows what was missed once, and sends again what has no ack", () =>
    Effect.gen(function* () {
      const { peer, scripted, terminal } = yield* inLab()
      peer.send(numbered("bob", "seen", 42), {
        ...says("carol", "psst"),
        to: "alice",
        room: "@",
        seq: 1,
        at: 0
      })
      yield* terminal.shows("psst")
      terminal.type("one", keys.enter, "two", keys.enter)
      const [one, two] = yield* peer.take(2)
      assert.deepStrictEqual(one, { ...says("alice", "one"), room: "lab", cid: "0" })
      peer.send({ status: "success", room: "lab", seq: 71, cid: "0" })
      peer.socket.resetAndDestroy()
      yield* terminal.shows("! the connection broke. Trying again in")
      terminal.type("three", keys.enter)
      yield* terminal.shows("! not connected: it will be sent once the connection is back")
      const again = yield* meanwhile(expectLogin(scripted))
      assert.deepStrictEqual(again.resumes, { session, epoch, seen: { lobby: 42, "@": 1, lab: 71 } })
      again.send(
        {
          status: "success",
          message: "Bienvenue, alice",
          ...resumed,
          last: 43,
          rooms: { lab: { first: 1, last: 73 } }
        },
        numbered("bob", "missed", 43),
        { ...numbered("bob", "missed too", 73), room: "lab" },
        { ...numbered("bob", "missed too", 73), room: "lab" },
        { ...numbered("bob", "live", 74), room: "lab" }
      )
      assert.deepStrictEqual(yield* again.next, two)
      assert.deepStrictEqual(yield* again.next, { ...says("alice", "three"), room: "lab", cid: "2" })
      assert.deepStrictEqual(yield* again.next, { type: "list", room: "lab" })
      again.send(
        { status: "success", room: "lab", seq: 72, cid: "1", duplicate: true },
        { status: "success", room: "lab", seq: 75, cid: "2" },
        { status: "success", room: "lab", users: ["bob", "alice"] }
      )
      yield* terminal.until(({ text }) => text.split("2 in lab").length === 3)
      const lines = terminal.lines.map((line) => line.replace(/in \S+ s$/, "in a while"))
      assert.deepStrictEqual(lines.slice(lines.indexOf("alice [lab] (lobby 1)> two") + 1), [
        "! the connection broke. Trying again in a while",
        "(not connected)> three",
        "! not connected: it will be sent once the connection is back",
        "* Bienvenue, alice",
        "* what you missed:",
        `${at} [lobby] <bob> missed`,
        `${at} <bob> missed too`,
        `${at} <bob> live`,
        "* 2 in lab: bob, alice",
        "alice [lab] (lobby 2)>"
      ])
      again.socket.resetAndDestroy()
      const third = yield* meanwhile(expectLogin(scripted))
      assert.deepStrictEqual(third.resumes, { session, epoch, seen: { lobby: 43, "@": 1, lab: 75 } })
    })
  )

  it.effect("RESUME-5: works before anything has come", () =>
    Effect.gen(function* () {
      const { peer, scripted } = yield* online({}, everything)
      peer.socket.end()
      const again = yield* meanwhile(expectLogin(scripted))
      assert.deepStrictEqual(again.resumes, { session, epoch, seen: { lobby: last, "@": 0 } })
    })
  )

  it.effect("tells in words what is missing, and where", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* inLab()
      for (const [gap, told] of [
        [
          { room: "lab", from: 58, to: 70, reason: "expired" },
          "13 messages in lab were missed, and are no longer kept"
        ],
        [{ from: 42, to: 42, reason: "expired" }, "1 message in the lobby was missed, and is no longer kept"],
        [
          { room: "@", from: 1, to: 2, reason: "expired" },
          "2 direct messages were missed, and are no longer kept"
        ],
        [{ room: "lab", to: 99, reason: "unseen" }, "messages in lab may be missing here"],
        [
          { room: "lab", reason: "epoch", epoch: "y2", last: 3 },
          "the server has begun anew: messages in lab may be missing here"
        ]
      ] as const) {
        peer.send({ type: "gap", ...gap })
        yield* terminal.shows(`! ${told}`)
      }
    })
  )
})

describe("Coming back to a server that has lost the session", () => {
  it.effect(
    "RESUME-4: tells what may be missing and what may not have been sent, and goes on in its rooms",
    () =>
      Effect.gen(function* () {
        const { peer, scripted, terminal } = yield* inLab()
        terminal.type("was it said?", keys.enter)
        yield* peer.next
        peer.socket.end()
        yield* terminal.shows("Trying again")
        terminal.type("later", keys.enter)
        yield* terminal.shows("it will be sent once the connection is back")
        const again = yield* meanwhile(expectLogin(scripted))
        again.send(
          {
            status: "success",
            message: "Bienvenue, alice",
            ...forgotten,
            rooms: { lab: { first: 1, last: 0 } }
          },
          { type: "gap", reason: "epoch", epoch: "y2", last: 3 }
        )
        yield* terminal.shows("! the server has begun anew: messages in the lobby may be missing here")
        yield* terminal.shows('! "was it said?" may not have been sent: it was never confirmed')
        assert.deepStrictEqual(yield* again.next, { ...says("alice", "later"), room: "lab", cid: "1" })
        again.send({ status: "success", room: "lab", seq: 1, cid: "1" })
        again.socket.resetAndDestroy()
        const third = yield* meanwhile(expectLogin(scripted))
        assert.deepStrictEqual(
          third.resumes,
          {
            session: forgotten.session,
            epoch: "y2",
            seen: { lobby: 3, "@": 0, lab: Number.MAX_SAFE_INTEGER }
          },
          "the gap of lab had not come: its old number must not count in the new epoch"
        )
      })
  )

  it.effect("tells of a room that cannot be joined again", () =>
    Effect.gen(function* () {
      const { peer, scripted, terminal } = yield* inLab()
      peer.socket.end()
      const again = yield* meanwhile(expectLogin(scripted))
      again.send({ status: "success", ...forgotten })
      assert.deepStrictEqual(yield* again.next, { type: "join", room: "lab" })
      again.send({ status: "error", code: "too_many_rooms", message: "Trop de salons" })
      yield* terminal.shows("! you are no longer in lab: /join was refused: Trop de salons (too_many_rooms)")
      assert.deepStrictEqual(yield* again.next, { type: "list" })
      again.send({ status: "success", users: ["alice"] })
      yield* terminal.until(({ lines }) => lines.at(-1) === "alice>")
    })
  )

  it.effect(
    "the same where it has become a plain one: nothing of a room or a person is said to everyone",
    () =>
      Effect.gen(function* () {
        const { peer, scripted, terminal } = yield* inLab()
        peer.socket.end()
        yield* terminal.shows("Trying again")
        terminal.type("for lab alone", keys.enter, "/msg bob for bob alone", keys.enter)
        const again = yield* meanwhile(admit(scripted))
        yield* terminal.shows("! you are no longer in lab: /join was refused: this server has no rooms")
        yield* terminal.shows('! "for lab alone" was refused: this server has no rooms')
        yield* terminal.shows('! "for bob alone" was refused: this server has no direct messages')
        terminal.type("for all", keys.enter)
        assert.deepStrictEqual(yield* again.next, says("alice", "for all"))
      })
  )
})

describe("A chat of several servers", () => {
  for (const code of ["node_lost", "unavailable", "shutting_down"])
    it.effect(`NODE-4, NODE-5: goes on at the next server that is there: ${code}`, () =>
      Effect.gen(function* () {
        const [gone, next] = yield* Effect.all([scriptedServer, scriptedServer])
        yield* gone.close
        const others = [gone.address, next.address]
        const { peer, terminal } = yield* online({ others }, everything)
        terminal.type("one", keys.enter)
        yield* peer.next
        peer.send({ status: "error", code, message: "Ailleurs" })
        peer.socket.end()
        const again = yield* meanwhile(expectLogin(next))
        assert.deepStrictEqual(again.resumes, { epoch, session, seen: { lobby: last, "@": 0 } })
        again.send({ status: "success", message: "Bienvenue, alice", ...resumed })
        assert.deepStrictEqual(yield* again.next, { ...says("alice", "one"), cid: "0" })
      })
    )
})

describe("Somebody who is not to come back", () => {
  for (const code of ["session_replaced", "kicked"])
    it.effect(`does not: ${code}`, () =>
      Effect.gen(function* () {
        const { peer, running } = yield* online({}, everything)
        peer.send({ status: "error", code, message: "Ailleurs" })
        peer.socket.end()
        assert.strictEqual((yield* Effect.flip(Fiber.join(running)))._tag, "ConnectionEnded")
      })
    )

  it.effect("RESUME-6: logs out, once what was said last is answered or was waited for", () =>
    Effect.gen(function* () {
      const { peer, running, terminal } = yield* online({}, everything)
      terminal.type("bye", keys.enter, "/quit", keys.enter)
      assert.deepStrictEqual(yield* peer.next, { ...says("alice", "bye"), cid: "0" })
      assert.deepStrictEqual(yield* meanwhile(peer.next, logoutMillisMax), { type: "logout" })
      peer.socket.end()
      yield* Fiber.join(running)
      yield* terminal.shows('! "bye" may not have been sent')
    })
  )

  it.effect("is told what was never sent, when they leave while there is no connection", () =>
    Effect.gen(function* () {
      const { peer, running, terminal } = yield* online({}, everything)
      peer.socket.end()
      yield* terminal.shows("Trying again")
      terminal.type("hello?", keys.enter, "/quit", keys.enter)
      yield* Fiber.join(running)
      yield* terminal.shows('! "hello?" was not sent')
    })
  )
})

describe("Very many lines", () => {
  it.effect("DEDUP-2: never more than 32 wait for their acks", () =>
    Effect.gen(function* () {
      const { peer, scripted, terminal } = yield* online({}, everything)
      const all = Array.from({ length: 40 }, (_, i) => `line ${i}`)
      terminal.type(...all.flatMap((line) => [line, keys.enter]), "/list", keys.enter)
      const first = yield* peer.take(32)
      peer.send({ status: "success", seq: 42, cid: "0" })
      assert.strictEqual((yield* peer.next).content, "line 32")
      peer.socket.resetAndDestroy()
      const again = yield* meanwhile(expectLogin(scripted))
      again.send({ status: "success", ...resumed })
      const second = yield* again.take(32)
      assert.deepStrictEqual(yield* again.next, { type: "list" }, "and no more")
      assert.deepStrictEqual(
        second.map(({ content }) => content),
        all.slice(1, 33)
      )
      assert.deepStrictEqual(second.slice(0, 31), first.slice(1))
      yield* terminal.shows("Trying again")
    })
  )
})
