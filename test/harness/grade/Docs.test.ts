import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { classSchema, readClassFile } from "../../../harness/grade/ClassFile.ts"
import { isLanguage } from "../../../harness/grade/Languages.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const folder = temporaryFolder()
const file = join(folder, "class.yaml")

beforeAll(() => {
  for (const name of ["rendus/ada", "solution"]) mkdirSync(join(folder, name), { recursive: true })
})

const [whole] = (classSchema as { readonly anyOf: ReadonlyArray<{ readonly properties: object }> }).anyOf
const keys = Object.keys(whole!.properties)

describe.each(["docs/GRADING.md", "docs/GRADING.fr.md"])("%s", (name) => {
  const page = readFileSync(name, "utf8")

  it("has every key of a class file", () => {
    for (const key of keys) assert.include(page, isLanguage(key) ? `\`${key}\`` : `\n| \`${key}\` `, key)
    for (const limit of ["memory", "processes", "cpu", "disk"]) assert.include(page, `\`${limit}\``)
  })

  it.effect("has a class file that can be read as it stands", () =>
    Effect.gen(function* () {
      const text = /```yaml\n(\s+submissions: [^]*?)```/.exec(page)![1]!
      writeFileSync(file, text.replaceAll(/^ {3}/gm, ""))
      const { score, submissions } = yield* readClassFile(file)
      assert.deepStrictEqual([submissions.length, score.must], [1, 20])
    })
  )

  it("links to what is there", () => {
    for (const [, link] of page.matchAll(/\]\(((?!http)[^)#]+)\)/g))
      assert.isTrue(existsSync(join("docs", link!)), link)
  })
})

it.effect("the example is a class file", () =>
  Effect.gen(function* () {
    const { hidden, submissions } = yield* readClassFile("examples/class/class.yaml")
    assert.deepStrictEqual([submissions.length, hidden.length], [6, 2])
  })
)
