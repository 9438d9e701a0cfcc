import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { nextReport } from "../../harness/report/Next.ts"
import { runAll } from "../../harness/run/RunAll.ts"
import { loadScenarios } from "../../harness/scenario/Files.ts"
import { TargetKnowledge } from "../../harness/stage/TargetKnowledge.ts"
import { english } from "../../harness/texts/en.ts"
import { skipped } from "../../harness/verdict/Outcome.ts"
import { Summary } from "../../harness/verdict/Summary.ts"
import { chat, playing, scenarioOf } from "./playing.ts"
import { runInfo, weighing } from "./reporting.ts"

const login = scenarioOf("scenario: a login\nproves: [LOGIN-1]\ncast: [alice]\nsteps:\n  - alice logs in\n")
const echo = scenarioOf(
  "scenario: no echo\nproves: [MSG-3]\ncast: [alice]\nsteps:\n  - alice logs in\n  - alice says: hello\n  - alice receives nothing\n"
)
const list = scenarioOf(
  "scenario: a list\nproves: [LIST-1]\ncast: [alice]\nsteps:\n  - alice logs in\n  - alice receives nothing\n"
)

describe("what to do next", () => {
  it.live(
    "is the first cause: how far one is, what failed, why that matters, and the likeliest mistake",
    () =>
      Effect.gen(function* () {
        const target = chat((base) => ({ recipients: () => [...base.clients] }))
        const outcomes = [
          yield* playing(login, target),
          yield* playing(echo, target),
          skipped(list, "not played")
        ]
        const text = nextReport(new Summary(outcomes, weighing), runInfo()).join("\n")
        assert.match(
          text,
          /^✓ login +1 of 1\n✗ messages +0 of 1\n· list +0 of 1\n\nFAIL {2}MSG-3 {2}nobody hears/
        )
        assert.include(text, "│   received  ")
        assert.include(text, "Why it matters\n")
        assert.include(text, "The likeliest mistake\n  • The message is sent to everyone, the sender too\n")
        assert.include(text, "if other is not sender:")
        assert.include(
          text,
          "1 of 3 must clauses hold so far.\nAgain  pnpm scenario scenarios/test.yaml:7 --spawn './chat {port}' --seed 7\n"
        )
        assert.match(text, /More {3}pnpm scenario explain MSG-3$/)
      })
  )

  it.live("is what a careful server does, where all holds", () =>
    Effect.gen(function* () {
      const summary = new Summary([yield* playing(login, chat())], weighing)
      assert.deepStrictEqual(nextReport(summary, runInfo()), [
        "✓ login       1 of 1",
        "",
        "All 1 must clauses hold.",
        "Next: what a careful server does. pnpm scenario --level should"
      ])
    })
  )

  it("is the target, where it is lost", () => {
    const lost = {
      ...skipped(login, "it did not start", "inconclusive"),
      targetLost: { _tag: "TargetFailed", reason: "", lastLines: ["bind: in use"] }
    } as never
    const text = nextReport(new Summary([lost], weighing), runInfo()).join("\n")
    assert.include(text, "1 inconclusive: it did not start\n  bind: in use")
    assert.notInclude(text, "must clauses")
  })
})

it.live("a list is played in its order where that is asked for, else with the groundwork first", () =>
  Effect.gen(function* () {
    const scenarios = yield* loadScenarios(["scenarios/list.yaml"])
    const list = [login, ...scenarios]
    for (const [inOrder, expected] of [
      [true, list],
      [false, list.toReversed()]
    ] as const) {
      const played: Array<string> = []
      yield* runAll(list, chat(), {
        seed: 1,
        timeScale: 1,
        jobs: 1,
        knowledge: new TargetKnowledge(),
        texts: english,
        inOrder,
        stopsAfter: () => undefined,
        onBegin: () => undefined,
        onOutcome: ({ scenario }) => void played.push(scenario.title)
      })
      assert.deepStrictEqual(
        played,
        expected.map(({ title }) => title)
      )
    }
  })
)
