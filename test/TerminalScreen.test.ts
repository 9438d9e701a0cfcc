import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { timeText } from "../src/client/Text.ts"
import { online, says } from "./support/terminals.ts"
import { keys } from "./support/VirtualTerminal.ts"

/** The time that messages have here. */
const at = timeText(0, (_, text) => text)

describe("The line being typed", () => {
  it.effect("stays as it is, cursor included, when a message comes", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online()
      terminal.type("hallo", keys.left, keys.left, keys.left)
      yield* terminal.shows("alice> hallo")
      peer.send(says("bob", "one"), says("bob", "two"))
      yield* terminal.shows("<bob> two")
      terminal.type(keys.left, "H")
      yield* terminal.shows("hHallo")
      assert.deepStrictEqual(terminal.lines, [
        "* Bienvenue, alice",
        "* 1 here: alice",
        `${at} <bob> one`,
        `${at} <bob> two`,
        "alice> hHallo"
      ])
      assert.deepStrictEqual(terminal.cursor, [4, "alice> hH".length])
      terminal.type(keys.enter)
      assert.deepStrictEqual(yield* peer.next, { ...says("alice", "hHallo") })
    })
  )

  it.effect("leaves no trace of itself when it is longer than the window is wide", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({ columns: 20 })
      terminal.type(..."abcdefghijklmnopqrstuvwxyz0123456789", keys.left, keys.left)
      yield* terminal.until(({ lines }) => lines.at(-1) === "789")
      peer.send(says("bob", "a message that is longer than the window too"))
      yield* terminal.shows("window too")
      assert.deepStrictEqual(terminal.lines, [
        "* Bienvenue, alice",
        "* 1 here: alice",
        `${at} <bob> a messag`,
        "e that is longer tha",
        "n the window too",
        "alice> abcdefghijklm",
        "nopqrstuvwxyz0123456",
        "789"
      ])
      assert.deepStrictEqual(terminal.cursor, [7, 1])
    })
  )

  it.effect("leaves no trace of itself when it was pasted", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({ columns: 20 })
      terminal.type("a pasted text that takes three rows of the window")
      yield* terminal.shows("of the window")
      peer.send(says("bob", "hi"))
      yield* terminal.shows("<bob> hi")
      assert.deepStrictEqual(terminal.lines.slice(2), [
        `${at} <bob> hi`,
        "alice> a pasted text",
        " that takes three ro",
        "ws of the window"
      ])
    })
  )

  it.effect("leaves no trace of itself when it is edited after it was pasted", () =>
    Effect.gen(function* () {
      const { terminal } = yield* online({ columns: 20 })
      terminal.type("a pasted text that takes three rows of the window")
      yield* terminal.shows("of the window")
      terminal.type(keys.left, keys.left, "X")
      yield* terminal.shows("windXow")
      assert.deepStrictEqual(terminal.lines.slice(1), [
        "* 1 here: alice",
        "alice> a pasted text",
        " that takes three ro",
        "ws of the windXow"
      ])
    })
  )

  it.effect("costs no message its place when the window changes its size", () =>
    Effect.gen(function* () {
      for (const reflowCursorLine of [true, false]) {
        const { peer, terminal } = yield* online({ columns: 30, reflowCursorLine })
        terminal.type("a text that takes more than one row of the window")
        yield* terminal.shows("of the window")
        for (const columns of [20, 70, 15, 100]) {
          peer.send(says("bob", `before ${columns}`))
          yield* terminal.shows(`<bob> before ${columns}`)
          terminal.resize(columns, 24)
        }
        peer.send(says("bob", "at last"))
        yield* terminal.shows("<bob> at last")
        for (const columns of [20, 70, 15, 100]) assert.include(terminal.text, `<bob> before ${columns}`)
        assert.deepStrictEqual(terminal.lines.slice(-2), [
          `${at} <bob> at last`,
          "alice> a text that takes more than one row of the window"
        ])
      }
    })
  )

  it.effect("has wide characters and emoji in their places", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({ columns: 20 })
      terminal.type("日本語日本語日本語👋é", keys.left, keys.left)
      yield* terminal.shows("👋")
      peer.send(says("bob", "やあ 👋"))
      yield* terminal.shows("<bob> やあ 👋")
      assert.deepStrictEqual(terminal.lines.slice(2), [
        `${at} <bob> やあ 👋`,
        "alice> 日本語日本語",
        "日本語👋é"
      ])
      assert.deepStrictEqual(terminal.cursor, [4, 6])
    })
  )

  it.effect("comes back with the up key, and tab completes commands and names", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online()
      peer.send(says("roberta", "hi"))
      yield* terminal.shows("<roberta>")
      terminal.type("hey rob", keys.tab)
      yield* terminal.shows("alice> hey roberta")
      terminal.type(keys.enter)
      assert.strictEqual((yield* peer.next).content, "hey roberta")
      peer.send({ status: "success" })
      terminal.type("/li", keys.tab)
      yield* terminal.shows("alice> /list")
      terminal.type(keys.ctrlU, keys.up)
      yield* terminal.until(({ lines }) => lines.at(-1) === "alice> hey roberta")
    })
  )
})

describe("What others say", () => {
  it.effect("is told apart from one's own words without colours, and NO_COLOR is obeyed", () =>
    Effect.gen(function* () {
      for (const env of [{ TERM: "xterm-256color" }, { TERM: "xterm-256color", NO_COLOR: "1" }]) {
        const { peer, terminal } = yield* online({ env })
        terminal.type("mine", keys.enter)
        yield* peer.next
        peer.send(
          { status: "success" },
          says("bob", "theirs"),
          { type: "joined", username: "carol" },
          { type: "left", username: "bob" }
        )
        yield* terminal.shows("bob left")
        assert.deepStrictEqual(terminal.lines.slice(2), [
          "alice> mine",
          `${at} <bob> theirs`,
          "* carol joined",
          "* bob left",
          "alice>"
        ])
        const colours = /\p{Cc}\[[0-9;]*m/u
        assert.strictEqual(colours.test(terminal.written), !("NO_COLOR" in env))
      }
    })
  )

  it.effect("cannot control the terminal, pose as another line, or turn the reading direction", () =>
    Effect.gen(function* () {
      const { peer, terminal } = yield* online({ env: { TERM: "xterm", NO_COLOR: "1" } })
      const before = terminal.written.length
      peer.send(
        says(
          "bob\u001b[2J\n",
          "\u001b[31mred\u001b]0;title\u0007\u009b2J\b\r\nalice> forged\u202edrawkcab\tend"
        ),
        { type: "joined", username: "eve\u001b[2J" }
      )
      yield* terminal.shows("joined")
      terminal.type("x", keys.enter)
      yield* peer.next
      peer.send({ status: "error", message: "no\u001b[2J" })
      yield* terminal.shows("was refused")
      assert.deepStrictEqual(terminal.lines.slice(2, -1), [
        `${at} <bob␛[2J␊> ␛[31mred␛]0;title␇�2J␈`,
        "    alice> forged�drawkcab end",
        '* "eve␛[2J" joined',
        "alice> x",
        '! "x" was refused: no␛[2J'
      ])
      // Nothing is written but what readline itself needs to redraw the line.
      const redraw = /\p{Cc}\[(?:\d*[ABCDGJK]|\d+;\d+H)/gu
      assert.notMatch(
        terminal.written.slice(before).replace(redraw, "").replaceAll(/\r?\n/g, ""),
        /\p{Cc}|\u202e/u
      )
    })
  )
})
