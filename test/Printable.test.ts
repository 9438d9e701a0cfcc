import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { printable, printableJson, printableLines } from "../src/client/Printable.ts"

/** Any text, with many of the characters that matter here. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\u001b", "\n", "\r", "\u009b", "\u202e", "\u2066", "\ud800", "\t")
    )
  )
  .map((parts) => parts.join(""))

const printableOnly = /^[^\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/u

describe("Text of others", () => {
  it("never reaches the terminal with anything in it that controls it or changes the direction of reading", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.match(printable(text), printableOnly)
        for (const line of printableLines(text).split("\n")) assert.match(line, printableOnly)
        assert.match(printableJson(JSON.stringify({ text }, undefined, 2)), printableOnly)
      })
    )
  })

  it("is otherwise as it was: letters of all scripts, emoji with their joiners, blanks", () => {
    const text = "  Ça va ? 你好 שלום 👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 e\u0301 "
    assert.strictEqual(printable(text), text)
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
