import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Change } from "../../mutants/chat/Chat.ts"
import { chat, playing, scenarioOf, steps, told } from "./playing.ts"

const two = "- alice logs in\n- bob logs in\n"
const message = (content: string) => `{ type: message, username: alice, content: ${content} }`

describe("at the same time", () => {
  it.live("each actor keeps the order of its own steps, in whichever branches they stand", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        `${two}- at the same time:\n    - [alice says: a, alice says: b]\n    - bob says: x\n    - alice says: c\n- bob receives: [${["a", "b", "c"].map(message).join(", ")}]\n- alice receives: { type: message, content: x }`,
        chat()
      )
      assert.strictEqual(told(outcome), "passed")
    })
  )

  it.live("the members of a group act together: nobody waits for another's answer", () =>
    Effect.gen(function* () {
      // Answers nobody before all three have asked.
      const asked: Array<() => void> = []
      const change: Change = (base) => ({
        login: (client, request) =>
          new Promise((resolve) => {
            asked.push(() => resolve(base.login(client, request)))
            if (asked.length >= 3) for (const answer of asked) answer()
          })
      })
      const together = "- everyone connects\n- at the same time:\n    - everyone logs in"
      assert.strictEqual(told(yield* playing(together, chat(change))), "passed")
    })
  )

  it.live("a failure inside is the failure of the step it happened in", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        `${two}- at the same time:\n    - alice receives: { type: x }\n    - bob says: y`,
        chat()
      )
      assert.match(told(outcome), /^failed at alice receives/)
    })
  )
})

describe("loops and remarks", () => {
  it.live("repeat plays its steps that many times", () =>
    Effect.gen(function* () {
      let asked = 0
      const change: Change = (base) => ({ ping: (client, request) => (asked++, base.ping(client, request)) })
      yield* playing(
        "- alice connects\n- repeat: { times: 4, steps: [alice sends: { type: ping }, alice receives: { status: success }] }",
        chat(change)
      )
      assert.strictEqual(asked, 4)
    })
  )
  it.live("a note stands in the transcript", () =>
    Effect.gen(function* () {
      const { happenings } = yield* playing("- note: here we go\n- alice connects", chat())
      assert.deepStrictEqual(
        happenings.map(({ kind, text }) => [kind, text]),
        [
          ["note", "here we go"],
          ["connected", "connects"]
        ]
      )
    })
  )
})

describe("what a target lacks", () => {
  it.live("a scenario that needs it is skipped with the reason", () =>
    Effect.gen(function* () {
      const target = { ...chat(), claims: new Set<string>() }
      const outcome = yield* playing(
        steps(
          "- alice logs in\n- alice receives nothing",
          "needs: [presence]\nproves: [PRES-1]\nlevel: may\n"
        ),
        target
      )
      assert.strictEqual(told(outcome), "skipped: this target does not claim presence")
      assert.deepStrictEqual([...outcome.clauses], [["PRES-1", { verdict: "skipped" }]])
    })
  )
  it.live("one that restarts the server is, too", () =>
    Effect.gen(function* () {
      const scenario = scenarioOf(
        "scenario: a\ncast: [alice]\nsteps:\n  - repeat: { times: 1, steps: [the server restarts] }\n"
      )
      assert.strictEqual(told(yield* playing(scenario, chat())), "skipped: this target cannot be restarted")
    })
  )
})
