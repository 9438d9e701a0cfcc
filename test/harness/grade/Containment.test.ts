import { existsSync, readFileSync, rmSync } from "node:fs"
import net from "node:net"
import * as Effect from "effect/Effect"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { canContain } from "../../../process/Sandbox.ts"
import { isRunning } from "../../support/isRunning.ts"
import { Classroom } from "./classroom.ts"

const contains = await Effect.runPromise(canContain)
if (!contains) console.warn("bubblewrap does not work here: what contains submissions is NOT tested")

/** Begins as a server that writes what it was able to do, and serves all the same. */
const prelude = `
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { spawn } from "node:child_process"
import net from "node:net"
import { serve } from "./chat.mjs"
const found = []
const attempt = (what, act) => { try { if (act() !== false) found.push(what) } catch {} }
`

/** It gives up at once if it was able to do any of what it tried: its grade tells. */
const spy = (classroom: Classroom, port: number) => `${prelude}
const folder = ${JSON.stringify(classroom.folder)}
attempt("hidden files", () => readFileSync(folder + "/hidden/secret.yaml"))
attempt("results", () => readdirSync(folder + "/grades"))
attempt("another submission", () => readdirSync(folder + "/rendus/honest"))
attempt("other work", () => readdirSync("/tmp").some((name) => name.startsWith("palabre-work-")))
attempt("home", () => readdirSync(${JSON.stringify(process.env["HOME"] ?? "/root")}))
attempt("the environment", () => process.env.SECRET_X !== undefined)
attempt("the environment of others", () =>
  readdirSync("/proc").some((pid) => {
    try { return readFileSync("/proc/" + pid + "/environ", "utf8").includes("SECRET_X") } catch { return false }
  }))
attempt("its own marks", () => writeFileSync(folder + "/grades/spy/grade.json", "{}"))
const socket = net.connect(${port}, "127.0.0.1")
socket.on("connect", () => { found.push("the network"); finish() }).on("error", () => finish())
const finish = () => {
  if (found.length > 0) { console.error("found: " + found.join(", ")); process.exit(1) }
  serve(process.argv[2])
}
`

const honest = `import { serve } from "./chat.mjs"\nserve(process.argv[2])\n`
const scenarios = [
  'scenarios: ["SUITE/login.yaml", "SUITE/list.yaml"]'.replaceAll("SUITE", `${process.cwd()}/scenarios`),
  "hidden: hidden/*.yaml"
]
const secret = "scenario: a well kept secret\nproves: [LOGIN-1]\ncast: [alice]\nsteps:\n  - alice logs in\n"

/** A listener on the loopback of this machine, until this process ends, and the connections it got. */
const listening = async () => {
  let connections = 0
  const server = net.createServer((socket) => {
    connections++
    socket.on("error", () => {}).destroy()
  })
  await new Promise<void>((resolve) => server.unref().listen(0, "127.0.0.1", resolve))
  return { port: (server.address() as net.AddressInfo).port, connections: () => connections }
}

describe.skipIf(!contains)("a submission in its sandbox", () => {
  const classroom = new Classroom()
  const marker = 86_400 + process.pid
  let listener: Awaited<ReturnType<typeof listening>> | undefined
  let ran: Awaited<ReturnType<Classroom["grade"]>> | undefined

  beforeAll(async () => {
    listener = await listening()
    classroom.env["SECRET_X"] = "secret"
    classroom.write(secret, "hidden", "secret.yaml")
    classroom.put("honest", honest)
    classroom.put("spy", spy(classroom, listener.port))
    classroom.put(
      "survivor",
      `${prelude}\nspawn("setsid", ["sleep", "${marker}"], { detached: true, stdio: "ignore" }).unref()\nserve(process.argv[2])\n`
    )
    classroom.put(
      "forks",
      `${prelude}\nspawn("sh", ["-c", "while :; do sleep ${marker} & done"], { stdio: "ignore" })\nserve(process.argv[2])\n`
    )
    classroom.put(
      "eats",
      `${prelude}\nconst kept = []\nfor (let i = 0; i < 600; i++) kept.push(Buffer.alloc(1 << 20, 1))\nsetTimeout(() => serve(process.argv[2]), 9_000, kept)\n`
    )
    classroom.put("spins", honest)
    classroom.put(
      "hoards",
      `${prelude}\nfor (let i = 0; i < 90; i++) writeFileSync("file" + i, Buffer.alloc(1 << 20, 1))\nsetTimeout(() => serve(process.argv[2]), 9_000)\n`
    )
    for (const name of ["offline", "online"]) classroom.put(name, honest)
    const connects = `node -e 'require("net").connect(${listener.port}, "127.0.0.1").on("connect", () => process.exit(5)).on("error", () => process.exit(6))'`
    classroom.rules(
      "within: 2m",
      "limits: { memory: 400MiB, processes: 100, cpu: 8s, disk: 60MiB }",
      ...scenarios,
      "folders:",
      `  spins: { build: "while :; do :; done", start: "true {port}" }`,
      ...["offline", "online"].flatMap((name) => [
        `  ${name}:`,
        `    start: "true {port}"`,
        `    build: { run: ${JSON.stringify(connects.replace("node", process.execPath))}, network: ${name === "online"} }`
      ])
    )
    ran = await classroom.grade("--jobs", "2")
  })

  it("is graded, whatever it does", () => {
    assert.strictEqual(ran?.code, 0, ran?.err)
    assert.strictEqual(classroom.gradeOf("honest").outcome, "graded")
    assert.strictEqual(classroom.gradeOf("honest").containment, "contained")
  })

  it("sees no hidden file, result, other submission, home, variable, process or network", () => {
    const { log, outcome, scenarios: all } = classroom.gradeOf("spy")
    assert.deepStrictEqual({ outcome, log }, { outcome: "graded", log: undefined })
    assert.isTrue(all.every(({ result }) => result === "passed"))
    assert.strictEqual(listener!.connections(), 1) // the build that may
  })

  it("does not survive its scenario", () => {
    assert.strictEqual(classroom.gradeOf("survivor").scenarios[0]!.result, "passed")
    assert.isFalse(isRunning(`sleep ${marker}`))
  })

  it("has a bound for its processes", () => {
    assert.include(
      JSON.stringify(classroom.gradeOf("forks")),
      "process limit reached (100 processes and threads)"
    )
  })

  it("has a bound for its memory, and for nothing that is only reserved", () => {
    const { outcome, reason, scenarios: all } = classroom.gradeOf("eats")
    assert.deepStrictEqual(
      { outcome, reason },
      { outcome: "not_started", reason: "memory limit reached (400 MiB): the program was killed" }
    )
    assert.isTrue(all.every(({ result }) => result === "not_played"))
  })

  it("has a bound for its processor time, and for what it writes", () => {
    const ends = ["spins", "hoards"].map((name) => {
      const { outcome, reason } = classroom.gradeOf(name)
      return { outcome, reason }
    })
    assert.deepStrictEqual(ends, [
      { outcome: "not_built", reason: "CPU time limit reached (8 s): the program was killed" },
      { outcome: "not_started", reason: "disk limit reached (60 MiB): the program was killed" }
    ])
  })

  it("builds without a network, unless the class file gives it one", () => {
    const reasons = ["offline", "online"].map((name) => classroom.gradeOf(name).reason)
    assert.deepStrictEqual(reasons, ["the build failed (exit code 6)", "the build failed (exit code 5)"])
  })

  it("learns of hidden scenarios their clauses alone", () => {
    const { scenarios: all } = classroom.gradeOf("honest")
    assert.deepStrictEqual(
      all.map(({ isHidden, name }) => ({ isHidden, name })),
      [
        { isHidden: false, name: "login" },
        { isHidden: false, name: "list" },
        { isHidden: true, name: "secret" }
      ]
    )
    const page = readFileSync(classroom.path("grades", "honest", "report.html"), "utf8")
    assert.include(page, "a free name is granted")
    assert.notInclude(page, "secret")
    assert.notInclude(page, classroom.folder)
  })

  it("leaves the teacher's folder as it was", () => {
    assert.isFalse(existsSync(classroom.path("rendus", "spy", "found")))
  })
})

describe("a submission that cannot be contained", () => {
  it("is inconclusive where another program has the port that it needs", async () => {
    const classroom = new Classroom()
    const { port } = await listening()
    classroom.withoutBubblewrap()
    classroom.write(secret, "hidden", "secret.yaml")
    for (const name of ["alice", "bob"]) classroom.put(name, honest)
    classroom.rules(
      ...scenarios,
      `folders: { bob: { start: "${process.execPath} server.mjs ${port}", port: ${port} } }`
    )
    const { code, err } = await classroom.grade()
    assert.strictEqual(classroom.gradeOf("bob").outcome, "inconclusive")
    assert.strictEqual(code, 4)
    assert.include(err, "1 submission is inconclusive: run it again to grade what is left")
    assert.strictEqual((await classroom.grade("--only", "bob")).code, 4)
    rmSync(classroom.path("rendus", "alice"), { recursive: true })
    const { code: last, err: why } = await classroom.grade()
    assert.deepStrictEqual(
      { code: last, why: why.split("\n").at(-2) },
      { code: 3, why: "harness: nothing could be graded" }
    )
  })

  it("is said to be so, and finds what is not kept from it", async () => {
    const classroom = new Classroom()
    const { port } = await listening()
    classroom.withoutBubblewrap()
    classroom.write(secret, "hidden", "secret.yaml")
    classroom.put("spy", spy(classroom, port))
    classroom.rules(...scenarios)
    const { code, err } = await classroom.grade()
    assert.strictEqual(code, 0, err)
    assert.match(err, /^not contained: bubblewrap/)
    const { containment, log, outcome } = classroom.gradeOf("spy")
    assert.deepStrictEqual({ containment, outcome }, { containment: "not_contained", outcome: "not_started" })
    assert.match(String(log), /found: hidden files, results, .*the network/)
  })
})
