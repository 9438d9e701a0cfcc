import { execFileSync } from "node:child_process"
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, beforeAll, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { freePort } from "../../../process/Port.ts"
import { Classroom } from "./classroom.ts"

const suite = `${process.cwd()}/scenarios`

const honest = `import { serve } from "./chat.mjs"\nserve(process.argv[2])\n`
const node = process.execPath

/** A port that is compiled into some programs. */
const port = await Effect.runPromise(Effect.scoped(freePort))

const hanging = honest.replace(")\n", ', ({ type }) => (type === "list" ? "silence" : undefined))\n')

/** Patience for an answer that never comes: longer than anybody has in these tests. */
const patient =
  "scenario: somebody waits for a list\nproves: [LIST-1]\nlevel: must\ncast: [alice]\nwithin: 5m\nsteps:\n" +
  "  - alice logs in\n  - alice sends: { type: list }\n  - alice receives: { status: success }\n"

describe("pnpm grade", () => {
  const classroom = new Classroom()
  let ran: Awaited<ReturnType<Classroom["grade"]>> | undefined

  beforeAll(async () => {
    classroom.write(patient, "more", "patient.yaml")
    classroom.put("honest", honest)
    for (const name of ["fixed", "other"]) classroom.put(name, honest.replace("process.argv[2]", `${port}`))
    for (const name of ["broken", "built", "endless"]) classroom.put(name, honest)
    classroom.put("odd ones", honest, { tool: "" })
    const odd = classroom.path("rendus", "odd ones")
    chmodSync(join(odd, "tool"), 0o755)
    symlinkSync("loop", join(odd, "loop"))
    execFileSync("mkfifo", [join(odd, "pipe")])
    writeFileSync(Buffer.concat([Buffer.from(`${odd}/`), Buffer.from([0xe9, 0x2e, 0x74])]), "")
    classroom.put("dies", honest.replace(")\n", ', () => process.kill(process.pid, "SIGSEGV"))\n'))
    classroom.put("crashes", `console.error("about to give up")\nprocess.exit(3)\n`)
    classroom.put("hangs", hanging)
    classroom.put(
      "unsteady",
      `import { existsSync, writeFileSync } from "node:fs"
import { serve } from "./chat.mjs"
let lies = false
serve(process.argv[2], ({ type, username }) => {
  if (username === "carol" && !existsSync("lied")) {
    lies = true
    writeFileSync("lied", "")
  }
  return lies && type === "list" ? { status: "success", users: ["nobody"] } : undefined
})
`
    )
    classroom.write("no language", "rendus", "empty", "README")
    classroom.write("no folder", "rendus", "late.zip")
    classroom.rules(
      "within: 20s",
      "score: { must: 14 }",
      `scenarios: ["${suite}/login.yaml", "${suite}/list.yaml", more/patient.yaml]`,
      "folders:",
      `  fixed: { start: "${node} server.mjs", port: ${port} }`,
      `  other: { start: "${node} server.mjs", port: ${port} }`,
      `  broken: { build: "echo oops >&2; exit 7", start: "true {port}" }`,
      `  endless: { build: { run: "sleep 86400", within: 1s }, start: "true {port}" }`,
      `  odd ones: { build: "test -x tool && test -L loop && ! test -e pipe && test $(ls | wc -l) = 5 && mkdir -m 500 shut", start: "${node} server.mjs {port}" }`,
      `  built: { build: "mv server.mjs made.mjs", start: "${node} made.mjs {port}" }`
    )
    ran = await classroom.grade("--jobs", "4", "--confirm", "2")
  })

  const ending = (name: string) => {
    const { log, outcome, reason } = classroom.gradeOf(name)
    return { outcome, ...(reason !== undefined && { reason }), ...(log !== undefined && { log }) }
  }
  const resultsOf = (name: string) =>
    Object.fromEntries(classroom.gradeOf(name).scenarios.map((one) => [one.name, one.result]))

  it("grades everybody, and says how it went", () => {
    assert.strictEqual(ran?.code, 0, ran?.err)
    assert.match(ran!.out, /^the reference passes everything\n13 to grade\n/)
    assert.match(ran!.out, /^honest: graded · clauses: 2 hold, 0 failed, 0 not judged · /m)
    assert.match(ran!.out, /^broken: does not build · the build failed \(exit code 7\) · /m)
    assert.match(ran!.out, /\nwritten to .*grades\n$/)
  })

  it("gives a submission that passes its clauses, in the order of the protocol", () => {
    assert.deepStrictEqual(ending("honest"), { outcome: "graded" })
    assert.deepStrictEqual(classroom.gradeOf("honest").clauses, [
      { clause: "LOGIN-1", level: "must", result: "passed" },
      { clause: "LIST-1", level: "must", result: "passed" }
    ])
  })

  it("judges programs with one compiled-in port side by side", () => {
    for (const name of ["fixed", "other"]) assert.deepStrictEqual(ending(name), { outcome: "graded" })
  })

  it("builds in a copy, and leaves the folder as it was handed in", () => {
    assert.deepStrictEqual(ending("built"), { outcome: "graded" })
    assert.isTrue(existsSync(classroom.path("rendus", "built", "server.mjs")))
    assert.isFalse(existsSync(classroom.path("rendus", "built", "made.mjs")))
  })

  it("takes a folder as it comes: names that are no UTF-8, links in circles, pipes", () => {
    assert.deepStrictEqual(ending("odd ones"), { outcome: "graded" })
  })

  it("takes a build that fails, or does not end, for a result", () => {
    assert.deepStrictEqual(ending("broken"), {
      outcome: "not_built",
      reason: "the build failed (exit code 7)",
      log: ["oops"]
    })
    assert.deepStrictEqual(ending("endless"), {
      outcome: "not_built",
      reason: "the build took longer than 1 s",
      log: []
    })
  })

  it("takes a server that ends at once for a result, with what it wrote", () => {
    const { log, outcome, reason } = classroom.gradeOf("crashes")
    assert.deepStrictEqual({ log, outcome }, { log: ["about to give up"], outcome: "not_started" })
    assert.match(String(reason), /^it ended \(exit code 3\) before it listened/)
  })

  it("tells of a server that dies how it died", () => {
    assert.strictEqual(classroom.gradeOf("dies").outcome, "graded")
    const [login] = classroom.gradeOf("dies").scenarios
    assert.strictEqual(login!.result, "failed")
    assert.match(String(login!.sentence), /^expected .*, received .*; the server ended: signal SIGSEGV$/)
  })

  it("counts what was played before the time was over", () => {
    const { reason } = ending("hangs")
    assert.strictEqual(
      reason,
      "building and judging took longer than 20 s; what was not played does not count"
    )
    assert.strictEqual(classroom.gradeOf("hangs").outcome, "timed_out")
    assert.strictEqual(resultsOf("hangs")["login"], "passed")
    assert.strictEqual(resultsOf("hangs")["patient"], "not_played")
    assert.include(readFileSync(classroom.path("grades", "hangs", "report.html"), "utf8"), "a free name")
  })

  it("takes a folder without what it needs, and what is no folder, for a result", () => {
    assert.deepStrictEqual(ending("empty"), {
      outcome: "nothing_to_run",
      reason: "the folder has no file of a language that the class file names"
    })
    assert.deepStrictEqual(ending("late.zip"), {
      outcome: "nothing_to_run",
      reason: "this is not a folder: unpack it first"
    })
  })

  it("does not count a failure that does not come again, but names it", () => {
    assert.deepStrictEqual(classroom.gradeOf("unsteady").unsteady, ["list"])
    assert.isTrue(classroom.gradeOf("unsteady").clauses.every(({ result }) => result === "passed"))
    assert.match(ran!.out, /^unsteady: graded · .* · failed only once: list · /m)
  })

  it("leaves no work behind", () =>
    vi.waitFor(() =>
      assert.isFalse(readdirSync(classroom.temporary).some((name) => name.startsWith("palabre-")))
    ))
})

describe("pnpm grade, again", () => {
  const classroom = new Classroom()
  const rules = [`scenarios: ["${suite}/login.yaml"]`]

  it("grades nobody twice who has not changed", async () => {
    for (const name of ["alice", "bob"]) classroom.put(name, honest)
    classroom.rules(...rules)
    assert.strictEqual((await classroom.grade()).code, 0)
    const [alice, bob] = ["alice", "bob"].map((name) => classroom.gradeOf(name))
    classroom.put("bob", `// better\n${honest}`)
    const { code, out } = await classroom.grade()
    assert.strictEqual(code, 0)
    assert.include(out, "\n1 of 2 left to grade\nbob: graded")
    assert.deepStrictEqual(classroom.gradeOf("alice"), alice)
    assert.notDeepEqual(classroom.gradeOf("bob"), bob)
  })

  it("grades one of them anew where that is asked for", async () => {
    const bob = classroom.gradeOf("bob")
    const { code, out } = await classroom.grade("--only", "alice")
    assert.strictEqual(code, 0)
    assert.include(out, "\n1 to grade\nalice: graded")
    assert.deepStrictEqual(classroom.gradeOf("bob"), bob)
  })

  it("goes on where it was interrupted", async () => {
    const one = new Classroom()
    one.write(patient, "more", "patient.yaml")
    one.put("alice", honest)
    one.put("bob", hanging)
    one.rules("scenarios: more/patient.yaml", "within: 5m")
    const running = one.start("--jobs", "1")
    await running.until(/^alice: graded/m)
    running.interrupt()
    assert.strictEqual((await running.ended).code, 130)
    const alice = one.gradeOf("alice")
    one.put("bob", honest)
    const { code, out } = await one.grade()
    assert.strictEqual(code, 0)
    assert.include(out, "1 of 2 left to grade\nbob: graded")
    assert.deepStrictEqual(one.gradeOf("alice"), alice)
  })
})

describe("pnpm grade refuses", () => {
  it("a reference that does not pass, before anybody is graded", async () => {
    const classroom = new Classroom()
    classroom.put("alice", honest)
    classroom.put("reference", hanging)
    classroom.rules(`scenarios: ["${suite}/login.yaml", "${suite}/list.yaml"]`)
    const { code, err } = await classroom.grade()
    assert.strictEqual(code, 3)
    assert.match(err, /^harness: the reference does not pass, so nobody is graded: list\n$/m)
    assert.isFalse(existsSync(classroom.path("grades", "alice")))
  })

  it("a name that nobody has", async () => {
    const classroom = new Classroom()
    classroom.put("alice", honest)
    classroom.rules()
    const { code, err } = await classroom.grade("--only", "alise")
    assert.strictEqual(code, 2)
    assert.match(err, /^harness: there is no submission "alise"; did you mean "alice"\?\n$/m)
  })
})
