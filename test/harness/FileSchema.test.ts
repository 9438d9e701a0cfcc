import { readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Ajv } from "ajv"
import { parse } from "yaml"
import { fileSchema } from "../../harness/scenario/FileSchema.ts"
import { verbs } from "../../harness/scenario/Grammar.ts"

const valid = new Ajv({ strict: false }).compile(fileSchema)

/** What an editor would underline in a file: nothing in one that it takes for right. */
const complaints = (text: string): ReadonlyArray<string> =>
  valid(parse(text))
    ? []
    : (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)

const withStep = (step: string): string => `scenario: a test\ncast: [alice]\nsteps:\n  - ${step}\n`

describe("the schema for editors takes every scenario of ours", () => {
  for (const name of readdirSync("scenarios").filter((name) => name.endsWith(".yaml")))
    it(name, () => {
      assert.deepStrictEqual(complaints(readFileSync(`scenarios/${name}`, "utf8")), [])
    })
})

describe("the schema for editors takes every sentence's example", () => {
  for (const { example } of verbs)
    it(example, () => {
      assert.deepStrictEqual(complaints(withStep(example)), [])
    })
})

describe("the schema for editors refuses", () => {
  const table: ReadonlyArray<readonly [what: string, text: string]> = [
    ["an unknown key", `${withStep("alice logs in")}prooves: [LOGIN-1]\n`],
    ["a file without steps", "scenario: a test\ncast: [alice]\n"],
    ["no steps", "scenario: a test\ncast: [alice]\nsteps: []\n"],
    ["an unknown sentence", withStep("alice sings")],
    ["an unknown option", withStep("alice disconnects: { by: reset }")],
    ["a value of the wrong kind", withStep("alice sends in pieces: { message: { type: list }, at: 3 }")],
    ["a duration without its unit", withStep("alice receives nothing: { within: 2 }")],
    ["a sentence without its value", withStep("alice says")],
    ["an empty block", withStep("at the same time: []")]
  ]
  for (const [what, text] of table)
    it(what, () => {
      assert.notDeepEqual(complaints(text), [])
    })
})
