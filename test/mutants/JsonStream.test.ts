import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { Frames, malformed, tooLarge } from "../../src/wire/Frames.ts"
import { JsonStream } from "../../mutants/chat/JsonStream.ts"

const LIMIT = 4096

const tokens = [
  ...'{ } [ ] , : " \\ - 0 12 .5 e+7 tru null nope'.split(" "),
  '{"type":"list"}',
  '"a":',
  '"é\\u00e9😀"',
  '"\\ud83d"',
  "\n",
  "\r\n",
  " ",
  "\u2028",
  "\0",
  "\ufeff"
]

/** What the reader under test makes of the pieces. */
const read = (pieces: ReadonlyArray<Buffer>): ReadonlyArray<string> => {
  const stream = new JsonStream(LIMIT)
  return pieces.flatMap((piece) => [...stream.push(piece)].map(String))
}

/** What the server's own reader makes of them: it was written by another method, a state machine. */
const readByServer = (pieces: ReadonlyArray<Buffer>): ReadonlyArray<string> => {
  const frames = new Frames(LIMIT)
  const all: Array<string> = []
  for (const piece of pieces) {
    frames.push(piece)
    for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
      if (typeof frame === "string") all.push(frame)
      else if (frame === malformed) all.push(frames.hasLines ? "malformed" : "unreadable")
      else all.push("too_large")
      if (frame === tooLarge) return all
    }
  }
  return all
}

describe("JsonStream", () => {
  it("FRAME-1 to FRAME-7: reads any bytes, cut anywhere, as the server's own reader does", () => {
    const token = fc.constantFrom(...tokens)
    const bytes = fc.oneof(
      fc.array(token, { maxLength: 12 }).map((tokens) => Buffer.from(tokens.join(""))),
      fc.array(fc.uint8Array({ maxLength: 6 })).map((parts) => Buffer.concat(parts))
    )
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (pieces) => {
        assert.deepStrictEqual(read(pieces), readByServer(pieces))
      }),
      { numRuns: 2000 }
    )
  })

  it("FRAME-5: says once that a value is too large, and nothing more", () => {
    const text = Buffer.alloc(LIMIT, "a")
    assert.deepStrictEqual(read([Buffer.from('"'), text, text, Buffer.from('"{}')]), ["too_large"])
    assert.deepStrictEqual(read([Buffer.from(`"${"a".repeat(LIMIT - 2)}"{}`)]).at(-1), "{}")
    assert.deepStrictEqual(read([Buffer.from(`"${"a".repeat(LIMIT - 1)}"{}`)]), ["too_large"])
  })
})
