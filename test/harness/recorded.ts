import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Fact } from "../../harness/record/Recording.ts"
import { transcribe } from "../../harness/record/Transcribe.ts"
import { scenarioText } from "../../harness/scenario/Writing.ts"
import { self } from "../../harness/targets/Self.ts"
import { chat, playing, scenarioOf, told } from "./playing.ts"

/** The scenario of a recording. */
export const textOf = (facts: ReadonlyArray<Fact>) =>
  scenarioText({ title: "recorded", ...transcribe(facts) })

/** Plays a recording on our own server and on the one of the mutants. */
export const holds = Effect.fnUntraced(function* (facts: ReadonlyArray<Fact>) {
  const scenario = scenarioOf(textOf(facts))
  for (const target of [self(), chat()])
    assert.strictEqual(told(yield* playing(scenario, target)), "passed", scenario.text)
})
