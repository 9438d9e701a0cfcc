import { relative } from "node:path"
import { Ajv } from "ajv"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "@effect/vitest"
import { parse } from "yaml"
import { classSchema, readClassFile } from "../../../harness/grade/ClassFile.ts"
import { readSubmission } from "../../../harness/grade/Submission.ts"
import { Classroom } from "./classroom.ts"

const minimal = ["submissions: rendus/*", "reference: reference", 'start: "./server {port}"']

const classroom = new Classroom()
classroom.put("alice", "")
classroom.put("bob", "")

const read = (...lines: ReadonlyArray<string>) => {
  const file = classroom.write([...lines, ""].join("\n"), "class.yaml")
  return Effect.runPromise(Effect.result(readClassFile(file)))
}

/** What is wrong in a class file, with its place. */
const mistakeIn = async (...lines: ReadonlyArray<string>) => {
  const result = await read(...lines)
  if (result._tag === "Success") return undefined
  const [{ column, line, message }] = result.failure.mistakes as [(typeof result.failure.mistakes)[0]]
  return `${line}:${column}: ${message}`
}

const isValid = new Ajv({ strict: false }).compile(classSchema)

describe("a class file", () => {
  it("needs little, and has a default for the rest", async () => {
    const result = await read(...minimal)
    assert(result._tag === "Success")
    const { submissions, ...rules } = result.success
    assert.deepStrictEqual(
      submissions,
      ["alice", "bob"].map((name) => relative(".", classroom.path("rendus", name)))
    )
    assert.deepStrictEqual(
      {
        limits: rules.limits,
        score: rules.score,
        scenarios: rules.scenarios,
        within: rules.withinMillis
      },
      {
        limits: { memoryBytes: 2 ** 30, tasks: 512, cpuMillis: 300_000, diskBytes: 2 ** 31 },
        score: { must: 20, should: 0, may: 0, weights: {} },
        scenarios: ["scenarios"],
        within: 300_000
      }
    )
    assert.isTrue(isValid(parse(minimal.join("\n"))))
  })

  it.each([
    [
      ["submissions: rendus/*", "reference: reference", "start: ./server"],
      "3:8: `start` has no {port}; where the port is compiled in, name it with `port`"
    ],
    [
      [...minimal, "pyton: { start: 'python3 server.py {port}' }"],
      '4:1: unknown option "pyton"; did you mean "python"?'
    ],
    [[...minimal, "python: { build: make }"], '4:9: "start" (a server) or "client" is missing here'],
    [
      [...minimal, "score: { clauses: { MSG-99: 2 } }"],
      '4:21: unknown clause "MSG-99"; did you mean "MSG-9"?'
    ],
    [
      [...minimal, "limits: { memory: 1GB }"],
      "4:19: expected an amount of memory such as 512MiB or 1GiB, not 1GB"
    ],
    [
      [...minimal, "folders: { alise: { start: 'x {port}' } }"],
      '4:12: there is no submission "alise"; did you mean "alice"?'
    ],
    [[...minimal, "hidden: hidden/*.yaml"], "4:9: no file matches hidden/*.yaml"],
    [
      [...minimal, "readable: [rendus]"],
      `4:11: submissions could read ${relative(".", classroom.path("rendus", "alice"))} there`
    ],
    [["submissions: nobody/*", ...minimal.slice(1)], "1:14: no file matches nobody/*"],
    [["submissions: rendus/*", "reference: ref", minimal[2]!], "2:12: no folder matches ref"],
    [
      ["submissions: [rendus/*, '*/alice']", ...minimal.slice(1)],
      '1:14: two submissions have the name "alice"'
    ],
    [
      ["submissions: rendus/*", "reference: reference", "build: make"],
      "1:1: `build`, `port` and `env` need a `start` or a `client` beside them"
    ],
    [
      ["reference: reference"],
      '1:1: "submissions" is missing here: a pattern of folders such as rendus/*, or a list of them'
    ],
    [[], "1:1: this file is empty; a class needs at least `submissions` and `reference`"]
  ] as ReadonlyArray<[ReadonlyArray<string>, string]>)(
    "says what is wrong, and where: %s",
    async (lines, mistake) => {
      assert.strictEqual(await mistakeIn(...lines), mistake)
    }
  )

  it("tells the program of a submission by its name, then by its files, in its own order", async () => {
    classroom.put("carol", "", { "tool.py": "", "main.c": "" })
    classroom.put("dave", "", { "main.c": "" })
    const result = await read(
      ...minimal,
      "c: { build: make, start: './c {port}' }",
      "python: { start: 'python3 server.py {port}' }",
      "folders: { dave: { start: './dave', port: 12345 } }"
    )
    assert(result._tag === "Success")
    const programs = result.success.submissions.map(
      (path) => readSubmission(path, result.success).program?.start
    )
    assert.deepStrictEqual(programs, ["./server {port}", "./server {port}", "./c {port}", "./dave"])
  })

  it("has a schema that knows its keys", () => {
    const whole = [
      ...minimal,
      "build: { run: make, within: 60s, network: true }",
      "score: { must: 14.5, should: 4, clauses: { MSG-1: 3 } }",
      "limits: { memory: 512MiB, processes: 64, cpu: 2m, disk: 1GiB }"
    ]
    assert.isTrue(isValid(parse(whole.join("\n"))), JSON.stringify(isValid.errors))
    assert.isFalse(isValid(parse([...minimal, "pyton: { start: x }"].join("\n"))))
    assert.isFalse(isValid(parse([...minimal, "score: { clauses: { MSG-99: 3 } }"].join("\n"))))
  })
})
