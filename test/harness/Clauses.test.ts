import { readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import { clauses } from "../../harness/language/Clauses.ts"

it("the clauses are the headings of docs/PROTOCOL.md, with their levels and in their order", () => {
  const headings = readFileSync("docs/PROTOCOL.md", "utf8").matchAll(
    /^### ([A-Z]+-\d+) \((must|should|may)\)/gm
  )
  assert.deepStrictEqual(
    [...headings].map(([, id, level]) => [id, level]),
    Object.entries(clauses)
  )
})
