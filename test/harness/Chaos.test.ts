import { readdirSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { kinds, type Kind } from "../../harness/chaos/Changes.ts"
import { changedBy, playChanged } from "../../harness/run/Chaos.ts"
import { runAll } from "../../harness/run/RunAll.ts"
import { loadScenarios } from "../../harness/scenario/Files.ts"
import type { Target } from "../../harness/stage/Target.ts"
import { TargetKnowledge } from "../../harness/stage/TargetKnowledge.ts"
import { english } from "../../harness/texts/en.ts"
import type { Outcome } from "../../harness/verdict/Outcome.ts"
import { faults } from "../../mutants/Faults.ts"
import { chat, playerOf, playing, scenarioOf, steps } from "./playing.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const folder = temporaryFolder()

const broadcast = Effect.map(loadScenarios(["scenarios/broadcast.yaml"]), ([scenario]) => scenario!)

const faulty = (name: string): Target => chat(faults.find((fault) => fault.name === name)!.change)

/** Correct servers answer at once; those that do not are to be found out soon. */
const timeScale = 0.25

/** All that a run under chaos tells of the broadcast. */
const run = Effect.fnUntraced(function* (target: Target, kinds: ReadonlyArray<Kind>, saveTo = folder) {
  const outcomes: Array<Outcome> = []
  const knowledge = new TargetKnowledge()
  yield* runAll([yield* broadcast], target, {
    seed: 1,
    knowledge,
    texts: english,
    timeScale,
    jobs: 1,
    chaos: { kinds, folder: saveTo, seed: 1, knowledge },
    stopsAfter: () => undefined,
    onBegin: () => undefined,
    onOutcome: (outcome) => void outcomes.push(outcome)
  })
  return outcomes
})

/** What a scenario becomes under one kind of change: the lines of its steps. */
const stepsUnder = (kind: Kind, lines: string): ReadonlyArray<string> => {
  const [changed] = changedBy(steps(lines), { kinds: [kind], folder, seed: 1 })
  const text = changed?.scenario.text ?? ""
  return text
    .slice(text.indexOf("steps:\n") + "steps:\n".length)
    .split("\n")
    .filter((line) => line.startsWith("  "))
    .map((line) => line.slice(2))
}

const textsOf = (seed: number): ReadonlyArray<string> =>
  changedBy(steps("- everyone logs in"), { kinds, folder, seed }).map(({ scenario }) => scenario.text)

describe("chaos", () => {
  for (const [kind, fault, clause] of [
    ["slice", "half-forgotten", "FRAME-1"],
    ["slice", "escape-forgotten", "FRAME-1"],
    ["slice", "decodes-each-recv", "FRAME-3"],
    ["merge", "rest-of-segment-lost", "FRAME-2"],
    ["merge", "newline-needed", "FRAME-9"]
  ] as const)
    it.live(`${kind} shows ${fault} where the scenario itself passes, and saves what replays it`, () =>
      Effect.gen(function* () {
        const target = faulty(fault)
        const [plain, failed] = yield* run(target, [kind])
        assert.isDefined(failed)
        assert.strictEqual(plain?.verdict, "passed")
        assert.strictEqual(failed.verdict, "failed")
        assert.deepStrictEqual([...failed.clauses], [[clause, { verdict: "failed" }]])
        playerOf(target, timeScale)
        const [saved] = yield* loadScenarios([failed.scenario.file])
        for (const seed of [2, 3]) {
          const again = yield* playing(saved!, target, seed)
          assert.strictEqual(again.verdict, "failed")
          assert.deepStrictEqual(again.clauses.get(clause), { verdict: "failed" })
          assert.deepStrictEqual(again.failure?.place, failed.failure?.place)
        }
      })
    )

  it.live("holds a client that does not come back against LEAVE-2", () =>
    Effect.gen(function* () {
      const isOfMember = new WeakSet()
      const target = chat((base) => ({
        claim: (client, name) => {
          isOfMember.add(client)
          return base.claim(client, name)
        },
        closed: (client) => {
          if (!isOfMember.has(client)) base.closed(client)
        }
      }))
      const [, failed] = yield* run(target, ["reconnect"])
      assert.deepStrictEqual([...(failed?.clauses ?? [])], [["LEAVE-2", { verdict: "failed" }]])
    })
  )

  it.live("finds nothing in a correct server, and saves nothing then", () =>
    Effect.gen(function* () {
      const before = readdirSync(folder)
      const outcomes = yield* run(chat(), kinds)
      assert.deepStrictEqual(
        outcomes.map(({ verdict }) => verdict),
        ["passed"]
      )
      assert.deepStrictEqual(readdirSync(folder), before)
    })
  )

  it.live("is not to blame for texts that a server gets wrong without it", () =>
    Effect.gen(function* () {
      const outcomes = yield* run(faulty("latin-1"), ["slice"])
      assert.deepStrictEqual(
        outcomes.map(({ verdict }) => verdict),
        ["passed"]
      )
    })
  )

  it.live("says where a failure cannot be saved", () =>
    Effect.gen(function* () {
      const [, failed] = yield* run(faulty("half-forgotten"), ["slice"], "package.json")
      assert.strictEqual(failed?.verdict, "failed")
      assert.include(failed?.notes[0], "cannot be saved as package.json/broadcast-slice.yaml")
    })
  )

  it.live("glues nothing to a list on a server that answers none", () =>
    Effect.gen(function* () {
      const target = faulty("rest-of-segment-lost")
      const knowledge = new TargetKnowledge()
      knowledge.fences = "settle"
      const chaos = { kinds: ["merge"] as const, folder, seed: 1, knowledge }
      assert.deepStrictEqual(yield* playChanged(yield* broadcast, playerOf(target), chaos), [])
    })
  )
})

describe("a scenario under a change", () => {
  it("sends each request between two lists, where its answer is sure", () => {
    assert.deepStrictEqual(stepsUnder("merge", 'alice logs in\n- alice says: "hello"'.replace(/^/, "- ")), [
      "- alice logs in",
      '- alice sends together: [ { type: list }, { type: message, username: alice, content: "hello" }, { type: list } ]',
      "- alice receives: [ { status: success, users: $_ }, { status: success }, { status: success, users: $_ } ]"
    ])
  })

  it("leaves a request alone whose sender still waits for an answer", () => {
    const lines = "- alice logs in\n- alice sends: { type: list }\n- alice sends: { type: list }"
    const changed = stepsUnder("merge", lines)
    assert.strictEqual(changed.filter((line) => line.includes("together")).length, 1)
  })

  it("lets only the last to come be cut off, and only once it has heard everything", () => {
    const lines = ["- alice and bob log in", "- alice says: hi", "- bob receives: { type: message }"]
    const cut = stepsUnder(
      "reconnect",
      [...lines, "- bob receives nothing", "- alice receives nothing"].join("\n")
    )
    assert.deepStrictEqual(
      cut.flatMap((line, index) => (line.includes("cut off") ? [`${cut[index - 1]}, ${line}`] : [])),
      ["- alice and bob log in, - bob is cut off", "- bob receives nothing, - bob is cut off"]
    )
  })

  it("cuts no client's bytes that the server may hang up at", () => {
    assert.deepStrictEqual(stepsUnder("slice", '- alice connects\n- alice sends bytes: "no JSON\\n"'), [])
  })

  it("grows its bounds, and those of its steps", () => {
    const scenario = scenarioOf(
      "scenario: a test\nwithin: 1s\ncast: [alice]\nsteps:\n  - alice logs in:\n      within: 3s\n"
    )
    for (const { scenario: changed } of changedBy(scenario, { kinds: ["slice", "delay"], folder, seed: 1 })) {
      const more = changed.withinMillis - 1_000
      assert.isAbove(more, 0)
      assert.strictEqual(changed.steps.at(-1)?.withinMillis, 3_000 + more)
    }
  })

  it("is the same for the same seed", () => {
    assert.isNotEmpty(textsOf(5))
    assert.deepStrictEqual(textsOf(5), textsOf(5))
  })
})
