import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { diagrams } from "../../harness/diagram/Generated.ts"
import { schemaOfClasses } from "../../harness/grade/Generated.ts"
import { generated } from "../../harness/scenario/Generated.ts"
import { verbs } from "../../harness/scenario/Grammar.ts"
import { page } from "../../page/Generated.ts"

const read = (name: string): string => readFileSync(name, "utf8")
const files = [...(await generated(read)), await schemaOfClasses(read), await page(read), ...diagrams(read)]

describe("what is generated is current (pnpm generate)", () => {
  for (const [at, { content, file }] of files.entries())
    it(`${file} (${at})`, () => {
      assert.strictEqual(readFileSync(file, "utf8"), content)
    })

  it("every sentence is documented", () => {
    const page = readFileSync("docs/HARNESS.md", "utf8")
    for (const { example } of verbs) assert.include(page, example.replaceAll("|", "\\|"))
  })
})
