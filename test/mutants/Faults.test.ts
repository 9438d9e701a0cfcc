import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { clauses, levels } from "../../harness/language/Clauses.ts"
import { loadScenarios } from "../../harness/scenario/Files.ts"
import { makeChat } from "../../mutants/chat/makeChat.ts"
import { clientFaults } from "../../mutants/client/Faults.ts"
import { clientVariants } from "../../mutants/client/Variants.ts"
import { faults } from "../../mutants/Faults.ts"
import {
  clausesWithoutProof,
  judgeFaults,
  judgeVariant,
  type ProofSettings,
  unseen
} from "../../mutants/Proof.ts"
import { variants } from "../../mutants/Variants.ts"

describe("the table of faults", () => {
  it("has a fault for every clause of the protocol that can be seen from outside", () => {
    const broken = new Set<string>([...faults, ...clientFaults].flatMap(({ clauses }) => clauses))
    assert.deepStrictEqual(
      Object.keys(clauses).filter((clause) => !broken.has(clause)),
      [...unseen]
    )
  })

  it("breaks no clause harder than it binds", () => {
    for (const fault of [...faults, ...clientFaults])
      for (const clause of fault.clauses) {
        const isStricter = levels.indexOf(fault.level) < levels.indexOf(clauses[clause])
        assert(!isStricter || fault.clauses.length > 1, `${fault.name}: ${clause} is no ${fault.level}`)
      }
  })

  it("has no name twice", () => {
    const names = [...faults, ...variants, ...clientFaults, ...clientVariants].map(({ name }) => name)
    assert.strictEqual(new Set(names).size, names.length)
  })

  it("changes something in each row, and leaves the base as it is", () => {
    for (const { change, name } of [...faults, ...variants]) {
      const base = makeChat()
      const before = { ...base }
      assert.notDeepEqual({ ...base, ...change(base) }, before, name)
      assert.deepStrictEqual({ ...base }, before, name)
    }
  })
})

const settings: ProofSettings = { runs: 2, timeScale: 1, jobs: 1 }
const scenario = (name: string) => loadScenarios([`scenarios/${name}.yaml`])
const faultNamed = (name: string) => faults.find((fault) => fault.name === name)!

describe("the proof", () => {
  it.live("counts a fault as caught by the scenario that fails every time", () =>
    Effect.gen(function* () {
      const judgement = yield* judgeFaults(
        [faultNamed("duplicates")],
        yield* scenario("duplicate-login"),
        settings
      )
      assert.deepStrictEqual(judgement.complaints, [])
      assert.deepStrictEqual([...judgement.findings[0]!.blamed], ["LOGIN-3"])
      assert.notInclude(clausesWithoutProof([judgement]), "LOGIN-3")
      assert.include(clausesWithoutProof([judgement]), "LOGIN-4")
    })
  )

  it.live("complains of a fault that nothing catches", () =>
    Effect.gen(function* () {
      const judgement = yield* judgeFaults([faultNamed("list-by-name")], yield* scenario("login"), settings)
      assert.deepStrictEqual(judgement.complaints, ["no scenario catches list-by-name every time"])
    })
  )

  it.live("complains of a must that a fault is blamed for and does not break", () =>
    Effect.gen(function* () {
      const racing = { ...faultNamed("duplicates"), clauses: ["LOGIN-4"] as const }
      const judgement = yield* judgeFaults([racing], yield* scenario("duplicate-login"), settings)
      assert.match(
        judgement.complaints.join(),
        /blames LOGIN-3, which it does not break: duplicate-login \(failed\): expected a refusal/
      )
    })
  )

  it.live("complains of a must that a server fails which breaks none", () =>
    Effect.gen(function* () {
      const [stern] = yield* scenario("welcome-by-name")
      const judgement = yield* judgeFaults(
        [faultNamed("welcome-misspelt")],
        [stern!, { ...stern!, level: "must" }],
        settings
      )
      assert.match(judgement.complaints.join(), /^welcome-by-name \(failed\): .*Bienvenue/)
    })
  )

  it.live("finds both faults of a pair, and one whose process the other ends", () =>
    Effect.gen(function* () {
      const pair = ["duplicates", "ends-when-empty"].map(faultNamed)
      const both = [yield* scenario("duplicate-login"), yield* scenario("everyone-leaves-and-comes-back")]
      const judgement = yield* judgeFaults(pair, both.flat(), settings)
      assert.deepStrictEqual([...judgement.caught.keys()], ["LOGIN-3", "LEAVE-1"])
      assert.strictEqual(judgement.name, "duplicates+ends-when-empty")
    })
  )

  it.live("lets a correct server that differs pass", () =>
    Effect.gen(function* () {
      const closing = variants.find(({ name }) => name === "close-unsaid")!
      const judgement = yield* judgeVariant(closing, yield* scenario("duplicate-login"), settings)
      assert.deepStrictEqual(judgement.complaints, [])
      assert.lengthOf(judgement.findings, 1)
    })
  )

  it.live("complains of a must scenario that blames a server for what is no must", () =>
    Effect.gen(function* () {
      const [stern] = yield* scenario("welcome-by-name")
      const other = variants.find(({ name }) => name === "other-wording")!
      const judgement = yield* judgeVariant(other, [{ ...stern!, level: "must" }], settings)
      assert.match(judgement.complaints.join(), /^welcome-by-name \(failed\): .*Bienvenue/)
    })
  )
})

const run = (...args: ReadonlyArray<string>) =>
  promisify(execFile)(process.execPath, [
    fileURLToPath(new URL("../../mutants/serve.ts", import.meta.url)),
    ...args
  ])

describe("the command line", () => {
  it("prints its tables as JSON", async () => {
    const tables = JSON.parse((await run("--list")).stdout)
    assert.strictEqual(tables.faults.length, faults.length)
    assert.strictEqual(tables.variants.length, variants.length)
  })

  it("says what is wrong with a name that it does not know", async () => {
    const error = await run("--fault", "nope").catch((error: unknown) => error)
    assert.deepInclude(error, { code: 2, stderr: 'unknown fault "nope"; --list prints them all\n' })
  })
})
