import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type Line, Lines } from "../src/wire/Lines.ts"

const cut = (bytes: Buffer, lineBytesMax: number, sizes: ReadonlyArray<number>): Array<Line> => {
  const lines = new Lines(lineBytesMax)
  const all: Array<Line> = []
  let at = 0
  for (const size of sizes) {
    all.push(...lines.push(bytes.subarray(at, at + size)))
    at += size
  }
  return [...all, ...lines.push(bytes.subarray(at)), ...lines.end()]
}

describe("Lines", () => {
  it("come out the same wherever segments end", () => {
    const texts = fc.array(fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]|^\ufeff/g, "")))
    fc.assert(
      fc.property(texts, fc.constantFrom("\n", "\r\n"), fc.array(fc.nat(9)), (expected, lineEnd, sizes) => {
        const bytes = Buffer.from(expected.map((text) => text + lineEnd).join(""))
        assert.deepStrictEqual(
          cut(bytes, 1_000, sizes),
          expected.map((text) => ({ text }))
        )
      })
    )
  })

  it("may end without a line end; only the last byte of a line end is not part of the text", () => {
    assert.deepStrictEqual(cut(Buffer.from("a\r\r\nb\u2028c"), 9, [2]), [
      { text: "a\r" },
      { text: "b\u2028c" }
    ])
    assert.deepStrictEqual(cut(Buffer.from(""), 9, []), [])
  })

  it("have no byte order mark before the first; elsewhere it is a character like others", () => {
    for (const sizes of [[], [1, 1, 1]])
      assert.deepStrictEqual(cut(Buffer.from("\ufeffa\n\ufeffb"), 9, sizes), [
        { text: "a" },
        { text: "\ufeffb" }
      ])
  })

  it("that are too long or no UTF-8 are told as such, and cost no other line", () => {
    const bytes = Buffer.concat([
      Buffer.from("abcdef\nabcde\n"),
      Buffer.from([0xc3, 0x0a]),
      Buffer.from("é\nabcdefgh")
    ])
    for (const sizes of [[], [3, 1, 1, 5], Array.from(bytes, () => 1)])
      assert.deepStrictEqual(cut(bytes, 5, sizes), [
        { problem: "line 1 is longer than 5 bytes" },
        { text: "abcde" },
        { problem: "line 3 is not UTF-8" },
        { text: "é" },
        { problem: "line 5 is longer than 5 bytes" }
      ])
  })
})
