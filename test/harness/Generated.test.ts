import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { generated } from "../../harness/scenario/Generated.ts"
import { verbs } from "../../harness/scenario/Grammar.ts"

const files = await generated((name) => readFileSync(name, "utf8"))

describe("what is generated from the verb table is current (pnpm generate)", () => {
  for (const { content, file } of files)
    it(file, () => {
      assert.strictEqual(readFileSync(file, "utf8"), content)
    })

  it("every sentence is documented", () => {
    const page = readFileSync("docs/HARNESS.md", "utf8")
    for (const { example } of verbs) assert.include(page, example.replaceAll("|", "\\|"))
  })
})
