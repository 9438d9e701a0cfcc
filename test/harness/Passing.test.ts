import { setTimeout as sleep } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Change } from "../../mutants/chat/Chat.ts"
import { chat, playing, steps, told } from "./playing.ts"

const talk = `
- alice logs in
- bob logs in
- alice says: "hello\\0\\ufeff"
- bob receives: { type: message, username: alice, content: "hello\\0\\ufeff" }
`

const banner: Change = (base) => ({
  accept(socket) {
    socket.write('{"banner":"welcome"}\n')
    base.accept(socket)
  }
})

/** Writes each newline in a segment of its own, a moment after its object. */
const newlinesLater: Change = (base) => {
  let before: Promise<unknown> = Promise.resolve()
  return {
    encode: (object) => JSON.stringify(object),
    write: (client, bytes) => {
      before = before.then(async () => {
        base.write(client, bytes)
        await sleep(5)
        base.write(client, "\n")
      })
    }
  }
}

const newlinesBefore: Change = () => ({ encode: (object) => `\n${JSON.stringify(object)}` })

describe("what is neither a reply nor a message counts against PLAIN-1 alone", () => {
  it.live("other scenarios pass, and tell of it", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(talk, chat(banner))
      assert.strictEqual(told(outcome), "passed")
      assert.deepStrictEqual([...outcome.broken.keys()], ["PLAIN-1"])
    })
  )
  it.live("a scenario that proves it fails", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(steps(talk, "proves: [PLAIN-1]\n"), chat(banner))
      assert.deepStrictEqual([...outcome.clauses], [["PLAIN-1", { verdict: "failed" }]])
    })
  )
  it.live("unless the scenario ignores it", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        steps(talk, "ignoring: [{ exactly: { type: { absent: true }, banner: $_ } }]\n"),
        chat(banner)
      )
      assert.deepStrictEqual([told(outcome), outcome.broken.size], ["passed", 0])
    })
  )
})

describe("objects that are no lines count against WIRE-1 alone", () => {
  const forms: Record<string, Change> = {
    bare: () => ({ encode: (object) => JSON.stringify(object) }),
    pretty: () => ({ encode: (object) => `${JSON.stringify(object, null, 2)}\n` }),
    "with the zero byte that ends a text of C": (base) => ({
      encode: (object) => `${base.encode(object)}\0`
    }),
    "with nothing but that byte": () => ({ encode: (object) => `${JSON.stringify(object)}\0` }),
    "behind byte order marks": (base) => ({ encode: (object) => `\ufeff${base.encode(object)}` })
  }
  for (const [name, change] of Object.entries(forms))
    it.live(name, () =>
      Effect.gen(function* () {
        const outcome = yield* playing(talk, chat(change))
        assert.deepStrictEqual([told(outcome), [...outcome.broken.keys()]], ["passed", ["WIRE-1"]])
      })
    )
  it.live("a newline that comes a moment later ends the line", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(steps("- alice logs in", "proves: [WIRE-1]\n"), chat(newlinesLater))
      assert.strictEqual(told(outcome), "passed")
    })
  )
  it.live("a newline that never comes does not", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        steps("- alice logs in", "proves: [WIRE-1]\nwithin: 300ms\n"),
        chat(newlinesBefore)
      )
      assert.match(told(outcome), /received alice received an object without a newline after it$/)
    })
  )
  it.live("lines that end with \\r\\n are lines", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        talk,
        chat((base) => ({ encode: (object) => base.encode(object).replace("\n", "\r\n") }))
      )
      assert.deepStrictEqual([told(outcome), outcome.broken.size], ["passed", 0])
    })
  )
})
