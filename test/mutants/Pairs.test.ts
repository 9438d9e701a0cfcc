import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { loadScenarios } from "../../harness/scenario/Files.ts"
import { all, named, shardOf } from "../../mutants/Choice.ts"
import type { Fault } from "../../mutants/Fault.ts"
import { faults } from "../../mutants/Faults.ts"
import { type Pair, pairsOf, pairsToShow, piecesOfBoth, whyHidden } from "../../mutants/Pairs.ts"
import { judgeFaults } from "../../mutants/Proof.ts"

const fault = (name: string): Fault => faults.find((fault) => fault.name === name)!
const pair = (one: string, other: string): Pair => [fault(one), fault(other)]
const named2 = ([one, other]: Pair) => `${one.name}+${other.name}`
const settings = { runs: 1, timeScale: 1, jobs: 1 }

describe("pairs of faults", () => {
  it("come in an order that only the seed decides", () => {
    const first = pairsOf(1).slice(0, 60).map(named2)
    assert.deepStrictEqual(pairsOf(1).slice(0, 60).map(named2), first)
    assert.notDeepEqual(pairsOf(2).slice(0, 60).map(named2), first)
  })

  it("have no clause in common, and break a must", () => {
    for (const [one, other] of pairsOf(1)) {
      assert.isFalse(
        one.clauses.some((clause) => other.clauses.includes(clause)),
        named2([one, other])
      )
      assert.include([one.level, other.level], "must")
    }
  })

  it("show a server that dies of a send beside every fault of framing", () => {
    const dying = pairsToShow.filter(([, { name }]) => name === "sigpipe-kills")
    assert.isAbove(dying.length, 10)
    for (const pair of dying) assert.deepStrictEqual(piecesOfBoth(pair), [], named2(pair))
  })

  it.live("are left out where both replace one piece", () =>
    Effect.gen(function* () {
      const why = whyHidden(
        pair("duplicates", "names-cut-to-8"),
        () => assert.fail("needs no play"),
        settings
      )
      assert.strictEqual(yield* why, "both replace claim")
    })
  )

  it.live("are left out where nothing that catches the one passes on the other", () =>
    Effect.gen(function* () {
      const scenarios = (yield* loadScenarios(["scenarios/duplicate-login.yaml"])).concat(
        yield* loadScenarios(["scenarios/list.yaml"])
      )
      const alone = (fault: Fault) => judgeFaults([fault], scenarios, settings)
      assert.strictEqual(
        yield* whyHidden(pair("reset-kills", "duplicates"), alone, settings),
        "on reset-kills alone no scenario passes that catches duplicates"
      )
      assert.strictEqual(yield* whyHidden(pair("asker-not-listed", "duplicates"), alone, settings), undefined)
    })
  )
})

describe("the servers to judge", () => {
  it("are shared out among shards, none left out and none twice", () => {
    const whole = all(8, 1)
    const parts = [1, 2, 3].map((index) => shardOf(whole, { index, count: 3 }))
    assert.sameMembers(
      parts.flatMap(({ faults }) => [...faults]),
      [...whole.faults]
    )
    assert.sameMembers(
      parts.flatMap(({ variants }) => [...variants]),
      [...whole.variants]
    )
    assert.isAtLeast(
      parts.reduce((sum, { morePairsWanted }) => sum + morePairsWanted, 0),
      8
    )
  })

  it.effect("are named one by one, or as a pair", () =>
    Effect.gen(function* () {
      const choice = yield* named(["duplicates", "crlf", "names-cut-to-8+fin-unnoticed"])
      assert.deepStrictEqual(choice.faults, [fault("duplicates")])
      assert.strictEqual(choice.variants[0]!.name, "crlf")
      assert.deepStrictEqual(choice.pairs, [pair("names-cut-to-8", "fin-unnoticed")])
    })
  )

  it.effect.each(["nope", "duplicates+nope", "crlf+duplicates", "duplicates+names-cut-to-8+crlf"])(
    "cannot be %s",
    (name) =>
      Effect.gen(function* () {
        assert.match((yield* Effect.flip(named([name]))).message, /^unknown fault or variant "/)
      })
  )
})
