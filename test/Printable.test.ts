import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  painted,
  printable,
  printableJson,
  printableLines,
  safe,
  spelledOut
} from "../src/client/Printable.ts"

/** Any text, with many of the characters that matter here. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\u001b", "\n", "\r", "\u009b", "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "\t")
    )
  )
  .map((parts) => parts.join(""))

const printableOnly = /^[^\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\u200b\u2060\ufeff\u00ad\ufffe]*$/u

describe("Text of others", () => {
  it("never reaches the terminal with anything in it that controls it or changes the direction of reading", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.match(printable(text), printableOnly)
        for (const line of printableLines(text).split("\n")) assert.match(line, printableOnly)
        assert.match(printableJson(JSON.stringify({ text }, undefined, 2)), printableOnly)
        assert.match(spelledOut(text), printableOnly)
        for (const line of safe(text).split(/[\n\t]/)) assert.match(line, printableOnly)
      })
    )
  })

  it("is otherwise as it was: letters of all scripts, emoji with their joiners, blanks", () => {
    const text = "  Ça va ? 你好 שלום 👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ☺️ می‌خواهم क्‍ष e\u0301 "
    assert.strictEqual(printable(text), text)
    assert.strictEqual(safe(text), text)
  })

  it("hides nothing in a name: joiners and tags stand only where they join something", () => {
    assert.strictEqual(printable("al\u200dice\ufe0f\u{e0041}"), "al\ufffdice\ufffd\ufffd")
    assert.strictEqual(spelledOut("al\u200dice\u{e0041}"), "al\\u200dice\\udb40\\udc41")
  })

  it("has no colours, but may stand in ours", () => {
    const theirs = "\u001b[32mpass\u001b[0m\u001b[31;1234;1234;1234;1234m"
    assert.strictEqual(
      safe(painted(["bold", "red"], theirs)),
      `\u001b[1m\u001b[31m${spelledOut(theirs)}\u001b[39m\u001b[22m`
    )
  })

  it("of several lines is indented from the second on", () => {
    assert.strictEqual(printableLines("a\r\nb\nc\u2028d"), "a\n    b\n    c\n    d")
  })

  it("as JSON keeps its meaning", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        assert.deepStrictEqual(JSON.parse(printableJson(text)), JSON.parse(text))
      })
    )
  })
})
