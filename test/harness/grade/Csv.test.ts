import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { csvOf } from "../../../harness/grade/book/Csv.ts"

/** The cells of a table, read by the grammar of RFC 4180 alone. */
const read = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  const rows: Array<Array<string>> = [[]]
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex
    const found = cell.exec(text) ?? assert.fail(`not RFC 4180 from ${at} on: ${text.slice(at)}`)
    rows.at(-1)!.push(found[1]?.replaceAll('""', '"') ?? found[2]!)
    if (found[3] === "\r\n") rows.push([])
  }
  assert.deepStrictEqual(rows.pop(), [])
  return rows
}

describe("a table for spreadsheets", () => {
  it.each([
    ["ada", "ada"],
    ["Ada, the first", '"Ada, the first"'],
    ['"Ada"', '"""Ada"""'],
    ['=HYPERLINK("http://x";"y")', `"'=HYPERLINK(""http://x"";""y"")"`],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    [" =1+1", "' =1+1"],
    ["＝1+1", "'＝1+1"],
    ["\t=1", "\\u0009=1"],
    ["\r=1\n", "\\u000d=1\\u000a"],
    [-1.5, "-1.5"]
  ])("writes %o as %s", (value, cell) => {
    assert.strictEqual(csvOf([[value]]), `${cell}\r\n`)
  })

  it("keeps every name in its cell, and begins none like a formula", () => {
    const anyName = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."=+-@\t\r\n\"',;| a") })
    )
    fc.assert(
      fc.property(fc.array(fc.array(anyName, { minLength: 1, maxLength: 4 }), { maxLength: 4 }), (rows) => {
        const cells = read(csvOf(rows))
        assert.deepStrictEqual(
          cells.map(({ length }) => length),
          rows.map(({ length }) => length)
        )
        for (const cell of cells.flat()) {
          assert.notMatch(cell, /^[=+\-@\t\r\n]/)
          assert.notMatch(cell, /\p{Cc}/u)
        }
      }),
      { numRuns: 300 }
    )
  })
})
