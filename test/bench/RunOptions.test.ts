import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { modes, runOptions, peerNames, type Flags } from "../../bench/RunOptions.ts"

const flags = (given: Partial<Flags>): Flags => ({
  sections: [],
  quick: false,
  rounds: Option.none(),
  peers: Option.none(),
  write: false,
  ...given
})

const options = (given: Partial<Flags>) => Result.getOrThrow(runOptions(flags(given)))

const mistake = (given: Partial<Flags>) => {
  const result = runOptions(flags(given))
  assert.isTrue(Result.isFailure(result))
  return Result.isFailure(result) ? result.failure : assert.fail()
}

const names = (things: ReadonlyArray<{ readonly name: string }>) => things.map(({ name }) => name)

describe("bench arguments", () => {
  it("mean everything, against everyone, when there are none", () => {
    const { peers, rounds, secondsMax, sections } = options({})
    assert.includeMembers(names(sections), ["saturated", "steady", "login", "room", "start", "harness"])
    assert.includeMembers(names(peers), ["palabre", "batch-per-turn", "write-per-message", ...peerNames])
    assert.strictEqual(rounds, 3)
    assert.isBelow(secondsMax, 240)
  })

  it("give a section that scatters more rounds where it is alone", () => {
    assert.strictEqual(options({ sections: ["frozen"] }).rounds, 15)
    assert.strictEqual(options({ sections: ["frozen", "steady"] }).rounds, 3)
    assert.strictEqual(options({ sections: ["frozen"], rounds: Option.some(4) }).rounds, 4)
    assert.strictEqual(options({ sections: ["frozen"], quick: true }).rounds, 1)
  })

  it("name sections, which come in the order of the report", () =>
    assert.deepStrictEqual(names(options({ sections: ["login", "saturated"] }).sections), [
      "saturated",
      "login"
    ]))

  it("name what is left out otherwise, and that alone is written to another page", () => {
    assert.notInclude(names(options({}).sections), "nodes")
    assert.deepStrictEqual(names(options({ sections: ["log", "nodes"], write: true }).sections), [
      "nodes",
      "log"
    ])
    assert.include(mistake({ write: true, sections: ["nodes"] }).message, "nodes and log")
  })

  it("name peers; ours and the hand-written ones are always there", () =>
    assert.deepStrictEqual(names(options({ peers: Option.some("redis, nats") }).peers), [
      "palabre",
      "batch-per-turn",
      "write-per-message",
      "redis",
      "nats"
    ]))

  it("make a quick run one short round without the servers of others, unless they are asked for", () => {
    const quick = options({ quick: true })
    assert.strictEqual(quick.rounds, 1)
    assert.isBelow(quick.secondsMax, 60)
    assert.isBelow(quick.scale, 1)
    assert.isFalse(quick.peers.some(({ role }) => role === "peer"))
    const asked = options({ quick: true, peers: Option.some("redis"), rounds: Option.some(2) })
    assert.include(names(asked.peers), "redis")
    assert.strictEqual(asked.rounds, 2)
    assert.strictEqual(asked.secondsMax, modes.quick.secondsMax)
  })

  it("that make no sense are told apart from failures, and say what to do", () => {
    assert.include(mistake({ peers: Option.some("redis,kafka") }).message, '"kafka"')
    assert.include(mistake({ peers: Option.some("kafka") }).message, "mosquitto")
    assert.include(mistake({ rounds: Option.some(0) }).message, "--rounds")
    assert.include(mistake({ write: true, quick: true }).message, "--quick")
    assert.include(mistake({ write: true, sections: ["login"] }).message, "sections")
    assert.strictEqual(mistake({ rounds: Option.some(-1) }).exitCode, 2)
  })
})
