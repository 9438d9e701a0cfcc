import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { pointedAt } from "../../harness/report/Pointer.ts"
import { ObjectBytes } from "../../harness/stage/Unreadable.ts"
import { english } from "../../harness/texts/en.ts"
import { chat, playing } from "./playing.ts"

/** The object that these bytes make malformed, with ‸ before the character at fault. */
const told = (...pieces: ReadonlyArray<string | Buffer>): string => {
  const bytes = new ObjectBytes()
  const buffers = pieces.map((piece) => Buffer.from(piece as string))
  let pending = 0
  for (const piece of buffers.slice(0, -1)) bytes.keep(piece, (pending += piece.length))
  const { at, fault, text } = bytes.malformed(buffers.at(-1)!)
  return `${text.slice(0, at)}‸${text.slice(at)}  ${fault}`
}

describe("bytes that are not JSON", () => {
  const table: ReadonlyArray<readonly [string, ReadonlyArray<string | Buffer>, string]> = [
    ["single quotes", ["{'a':1}\n"], "{‸'a':1}  single quote"],
    ["a quote that is not escaped", ['{"a":"b "c""}\n'], '{"a":"b "‸c""}  unexpected'],
    ["a comma too many", ['{"a":[1,]}\n'], '{"a":[1,‸]}  unexpected'],
    ["a line break in a string", ['{"a":"b\n'], '{"a":"b‸\n  control character'],
    ["a zero byte", ["\0"], "‸\0  zero byte"],
    ["no object at all", ["Hello\n"], "‸Hello  unexpected"],
    ["a wrong byte", [Buffer.from('{"a":"\xff"}', "latin1")], '{"a":"‸\ufffd"}  not UTF-8'],
    ["half a character", [Buffer.from('{"a":"\xc3"}', "latin1")], '{"a":"\ufffd‸"}  not UTF-8'],
    ["a letter where none may stand", ["{é}"], "{‸é}  unexpected"],
    ["what comes after a whole object", ['{"a":1} {"b":,}\n'], '{"b":‸,}  unexpected'],
    ["what came before, in other pieces", ['{"a":', '"b', '"x}\n'], '{"a":"b"‸x}  unexpected']
  ]
  for (const [name, pieces, expected] of table)
    it(`are shown from the start of their object to the place: ${name}`, () => {
      assert.strictEqual(told(...pieces), expected)
    })

  it("are not kept without bound", () => {
    const bytes = new ObjectBytes()
    const piece = Buffer.alloc(1024, "x")
    for (let length = 1024; length <= 1024 * 1024; length += 1024) bytes.keep(piece, length)
    assert.isAtMost(bytes.beginning("unfinished").text.length, 16 * 1024)
  })

  it("end with their object", () => {
    const bytes = new ObjectBytes()
    bytes.keep(Buffer.from('{"a":1}{"b"'), 4)
    assert.strictEqual(bytes.beginning("unfinished").text, '{"b"')
    bytes.keep(Buffer.from(":1}"), 0)
    assert.strictEqual(bytes.beginning("unfinished").text, "")
  })
})

const point = (text: string, at: number) => pointedAt({ text, at, fault: "single quote" }, 40, english)

describe("the place where bytes cease to be JSON", () => {
  it("has a caret below, with the reason where there is room", () => {
    assert.deepStrictEqual(point("{'a':1}", 1), ["{'a':1}", " ^ JSON has double quotes"])
    assert.deepStrictEqual(point(`{"abcdefghijklmnopqrst":'a'}`, 24), [
      `{"abcdefghijklmnopqrst":'a'}`,
      " JSON has double quotes ^"
    ])
  })

  it("is in the middle of what is shown of a long text", () => {
    const [line, caret] = point(`{"${"a".repeat(500)}":'${"b".repeat(500)}'}`, 504)
    assert.deepStrictEqual([line!.length, line![caret!.indexOf("^")]], [40, "'"])
    assert.match(line!, /^… a+":'b+…$/)
  })
})

it.live("a scenario tells what came instead of JSON, and what is not finished", () =>
  Effect.gen(function* () {
    const steps = "- alice tries to log in\n- alice receives: { status: success }"
    const garbled = yield* playing(
      steps,
      chat(() => ({ encode: () => '{"status":"success","message":"a "b""}\n' }))
    )
    assert.deepInclude(garbled.failure?.finding.unreadable, { at: 34, fault: "unexpected" })
    const half = yield* playing(
      `${steps}\n  within: 100ms`,
      chat(() => ({ encode: () => '{"status":"succ' }))
    )
    assert.deepStrictEqual(half.failure?.finding.unreadable, {
      text: '{"status":"succ',
      at: 15,
      fault: "unfinished"
    })
  })
)
