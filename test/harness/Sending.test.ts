import { Socket } from "node:net"
import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Change } from "../../mutants/chat/Chat.ts"
import { chat, playing, told } from "./playing.ts"

/** What the server receives of a sentence of alice's, chunk by chunk. */
const heard = (sentence: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const chunks: Array<Buffer> = []
    const change: Change = (base) => ({
      accept(socket) {
        socket.on("data", (chunk: Buffer) => chunks.push(chunk))
        base.accept(socket)
      }
    })
    yield* playing(`- alice connects\n- ${sentence}\n- alice receives: { status: error }`, chat(change))
    return chunks.map((chunk) => chunk.toString("latin1"))
  })

describe("what is sent", () => {
  const login = '{ type: login, username: "\u00e9" }'
  const table: ReadonlyArray<readonly [sentence: string, bytes: string]> = [
    [`alice sends: ${login}`, '{"type": "login", "username": "Ã©"}\n'],
    [`alice sends: ${login}\n  as: bare`, '{"type": "login", "username": "Ã©"}'],
    [`alice sends: ${login}\n  as: escaped`, '{"type": "login", "username": "\\u00e9"}\n'],
    [`alice sends: ${login}\n  as: [bare, escaped]`, '{"type": "login", "username": "\\u00e9"}'],
    [`alice sends: ${login}\n  as: crlf`, '{"type": "login", "username": "Ã©"}\r\n'],
    [`alice sends: { type: login }\n  as: pretty`, '{\n  "type": "login"\n}\n'],
    ["alice sends together: [{ type: list }, { type: ping }]", '{"type": "list"}\n{"type": "ping"}\n'],
    [
      'alice sends together: [{ type: list }, { type: ping }]\n  between: ""',
      '{"type": "list"}{"type": "ping"}'
    ],
    ['alice sends bytes: "a\\n"', "a\n"],
    ['alice sends bytes: { hex: "00 ff" }', "\u0000\u00ff"],
    ['alice sends bytes: [x, { text: é, times: 2 }, { hex: "0a" }]', "xÃ©Ã©\n"]
  ]
  for (const [sentence, bytes] of table)
    it.live(sentence.replaceAll("\n", " "), () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* heard(sentence))[0], bytes)
      })
    )

  it.live("in pieces, each of which is a segment of its own", () =>
    Effect.gen(function* () {
      const spy = vi.spyOn(Socket.prototype, "write")
      yield* heard("alice sends in pieces: { message: { type: list }, at: [1, 9] }")
      const written = spy.mock.calls.map(([bytes]) => String(bytes))
      spy.mockRestore()
      assert.deepStrictEqual(written.slice(0, 3), ["{", '"type": ', '"list"}\n'])
    })
  )

  it.live("a part, together with an unseen list, and then the rest", () =>
    Effect.gen(function* () {
      const pieces = yield* heard(
        "alice sends part of: { message: { type: ping }, bytes: 4 }\n- alice sends the rest\n- alice receives: { status: success }"
      )
      const [first, second] = ['{"type": "list"}\n{"ty', 'pe": "ping"}\n']
      assert.strictEqual(pieces[pieces.indexOf(first!) + 1], second)
    })
  )

  it.live("the server that stops reading is told so", () =>
    Effect.gen(function* () {
      const flood = "- alice connects\n- alice sends bytes: { text: a, times: 20000000 }\n  within: 300ms"
      const outcome = yield* playing(
        flood,
        chat(() => ({ accept: (socket) => void socket.on("error", () => undefined) }))
      )
      assert.match(told(outcome), /received it stopped reading, and all buffers in between are full$/)
    })
  )
})
