import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makePlayer } from "../../harness/run/Player.ts"
import { loadScenarios } from "../../harness/scenario/Files.ts"
import { varied } from "../../harness/scenario/Varied.ts"
import { TargetKnowledge } from "../../harness/stage/TargetKnowledge.ts"
import { english } from "../../harness/texts/en.ts"
import { chat, playing, scenarioOf, steps, told } from "./playing.ts"

const namesOf = (seed: number) => [...varied(steps("- alice connects"), seed).cast.keys()]

describe("--vary", () => {
  it("changes names and messages alike, wherever they stand, but not the title", () => {
    const { cast, text, title } = varied(
      steps(`- alice logs in
- bob logs in as Bob
- alice says: hello
- bob receives: { type: message, username: alice, content: hello }
- alice says: "where is alicia, alice?"
- alice sends bytes: '{"type":"message","username":"alice"}'
`),
      5
    )
    assert.strictEqual(title, "a test")
    assert.deepStrictEqual([...cast.keys()], ["x2s_alice", "x2s_bob", "x2s_carol"])
    assert.strictEqual(
      text.split("steps:\n")[1],
      `  - x2s_alice logs in
  - x2s_bob logs in as x2s_Bob
  - x2s_alice says: hello x2s
  - x2s_bob receives: { type: message, username: x2s_alice, content: hello x2s }
  - x2s_alice says: "where is alicia, x2s_alice? x2s"
  - x2s_alice sends bytes: '{"type":"message","username":"x2s_alice"}'
`
    )
  })

  it("leaves a message as it is that stands elsewhere too", () => {
    const { text } = varied(steps("- alice logs in\n- alice says: list\n- alice sends: { type: list }"), 1)
    assert.match(text, /says: list$/m)
    assert.include(text, "{ type: list }")
  })

  it("differs from seed to seed, and is the same for one", () => {
    assert.deepStrictEqual(namesOf(1), namesOf(1))
    assert.notDeepEqual(namesOf(1), namesOf(2))
    assert.match(namesOf(999_999)[0]!, /^x[0-9a-z]{2}_alice$/)
  })

  it("leaves a scenario as it is that counts bytes, and says so", () => {
    const scenario = scenarioOf(
      "scenario: bytes\ncast: [alice]\nsteps:\n  - alice connects\n  - alice sends bytes: { hex: 7b }\n"
    )
    const { isNotVaried, text } = varied(scenario, 1)
    assert.deepStrictEqual([text, isNotVaried], [scenario.text, true])
  })

  it.live("finds a server that knows its names by heart, and no fault with a correct one", () =>
    Effect.gen(function* () {
      const scenario = steps("- alice logs in\n- alice says: hello")
      const byHeart = chat((base) => ({
        isName: (name) => /^(alice|newcomer)$/.test(name) && base.isName(name)
      }))
      assert.strictEqual(told(yield* playing(scenario, byHeart)), "passed")
      assert.match(told(yield* playing(varied(scenario, 1), byHeart)), /^failed at x\w\w_alice logs in/)
      assert.strictEqual(told(yield* playing(varied(scenario, 1), chat())), "passed")
    })
  )

  it.live("holds for the scenarios that others build on, which are played unseen", () =>
    Effect.gen(function* () {
      const scenario = steps("- alice logs in\n- alice says: hello", "proves: [MSG-2]\n")
      const byHeart = chat((base) => ({ isName: (name) => !/^x\w\w_/.test(name) && base.isName(name) }))
      const settings = { timeScale: 1, seed: 1, knowledge: new TargetKnowledge(), texts: english }
      const player = makePlayer(byHeart, { ...settings, vary: true })
      const { reason, verdict } = yield* player.play(varied(scenario, 1))
      assert.deepStrictEqual([verdict, reason], ["not_reached", "LOGIN-1"])
    })
  )

  it.effect("takes nearly all scenarios there are", () =>
    Effect.gen(function* () {
      const all = yield* loadScenarios(["scenarios"])
      const left = all.filter((scenario) => varied(scenario, 1).isNotVaried)
      assert.isBelow(left.length, all.length / 10)
    })
  )
})
