import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { checkpoint } from "../../src/fold/Checkpoint.ts"
import { apply } from "../../src/fold/Fold.ts"
import { restore } from "../../src/fold/Restore.ts"
import { makeState } from "../../src/fold/State.ts"
import { Model } from "./Model.ts"
import { logs, Writer } from "./Requests.ts"
import { contradictions, lineOf, viewOf, viewOfModel } from "./View.ts"

/** Every way in which something can happen, by its first words: a run in which one is missing has tried too little. */
const ways = [
  "granted anew",
  "granted again",
  "granted instead",
  "refused already_logged_in",
  "refused username_taken",
  "refused invalid_request",
  "refused invalid_room",
  "refused not_in_room",
  "refused too_many_rooms",
  "refused no_such_user",
  "refused cannot_receive",
  "fenced",
  "said lobby",
  "said room",
  "letter kept",
  "letter unnumbered",
  "duplicate room",
  "duplicate to",
  "joined",
  "joined already",
  "parted",
  "left for now",
  "left for good",
  "kicked",
  "over",
  "dead",
  "unlike",
  "epoch",
  "done",
  "void",
  "again",
  "forgotten",
  "pieces"
]

const wayOf = (line: string): string => {
  const [first, second, third, , , sixth] = line.split(" ")
  switch (first) {
    case "granted":
      return third === "anew" ? "granted anew" : sixth === "nobody" ? "granted again" : "granted instead"
    case "refused":
      return line
    case "said":
      return second!.startsWith("lobby#") ? "said lobby" : "said room"
    case "letter":
      return second!.endsWith("@0") ? "letter unnumbered" : "letter kept"
    case "duplicate":
      return second === "to" ? "duplicate to" : "duplicate room"
    case "joined":
      return line.endsWith(" already") ? "joined already" : "joined"
    case "left":
      if (line.includes(", kicked: ")) return "kicked"
      return line.includes(" for now ") ? "left for now" : "left for good"
    default:
      return first!
  }
}

describe("Fold", () => {
  it("does what the model does, whatever is appended, and never contradicts itself", () => {
    const seen = new Set<string>()
    const missing = () => ways.filter((way) => !seen.has(way))
    const holds = fc.property(logs, ({ rules, steps }) => {
      const model = new Model()
      const writer = new Writer(rules)
      let state = makeState()
      // Numbers that messages had, by room: none has two messages (SEQ-4).
      const numbers = new Set<string>()
      let position = 0
      for (const step of steps) {
        if (step.does === "restore") {
          const texts = [...checkpoint(state, step.bytesMax)]
          state = Result.getOrThrow(restore(texts))
          assert.isTrue(texts.every((text) => Buffer.byteLength(text) <= step.bytesMax))
          assert.deepStrictEqual(viewOf(state), viewOfModel(model))
          assert.deepStrictEqual(contradictions(state), [])
          if (texts.length > 1) seen.add("pieces")
          continue
        }
        const entry = writer.entry(model, step)
        if (entry === undefined) continue
        position++
        const told: Array<string> = []
        const results = new Set<number>()
        apply(state, position, entry, (happening, i) => {
          told.push(lineOf(happening))
          results.add(i)
          if (happening.t !== "said") return
          const number = `${happening.room.key}#${happening.message.seq}`
          assert.isFalse(numbers.has(number), `${number} names two messages`)
          numbers.add(number)
        })
        const lines = model.apply(position, entry).flatMap((line) => line.split("\n"))
        assert.deepStrictEqual(told, lines)
        assert.deepStrictEqual(viewOf(state), viewOfModel(model))
        assert.deepStrictEqual(contradictions(state), [])
        for (const line of lines) seen.add(wayOf(line))
        if (!results.has(-1)) assert.strictEqual(results.size, entry.ops.length)
        if (state.forgotten > 0) seen.add("forgotten")
      }
    })
    for (let rounds = 0; rounds < 5 && missing().length > 0; rounds++) fc.assert(holds, { numRuns: 500 })
    assert.deepStrictEqual(missing(), [])
  })
})
