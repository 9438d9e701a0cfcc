import { globSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const root = join(import.meta.dirname, "..")

/** The layers of docs/ARCHITECTURE.md: a list item each, with the names of its files. */
const layers = (): ReadonlyArray<ReadonlyArray<string>> => {
  const page = readFileSync(join(root, "docs/ARCHITECTURE.md"), "utf8")
  const section = page.split(/^## /m).find((part) => part.startsWith("Files and layers"))!
  const items = section.split(/^- /m).slice(1)
  return items.map((item) => [...item.split("\n\n")[0]!.matchAll(/`([\w/]+)`/g)].map(([, name]) => name!))
}

/** The files of `src/` by name (`commands/serve`), and the names of those that each imports. */
const imports = (): ReadonlyMap<string, ReadonlyArray<string>> => {
  const names = globSync("**/*.ts", { cwd: join(root, "src") }).map((file) => file.slice(0, -".ts".length))
  return new Map(
    names.map((name) => {
      const text = readFileSync(join(root, "src", `${name}.ts`), "utf8")
      const paths = [...text.matchAll(/(?:from|import\() ?"(\.[^"]+)\.ts"/g)].map(([, path]) => path!)
      return [name, paths.map((path) => normalize(join(dirname(name), path)))]
    })
  )
}

describe("docs/ARCHITECTURE.md", () => {
  it("names each file of src/ once, in its layer", () => {
    assert.deepStrictEqual(layers().flat().toSorted(), [...imports().keys()].toSorted())
  })

  it("is right that a file imports only its own layer and those before it", () => {
    const layerOf = new Map(layers().flatMap((names, layer) => names.map((name) => [name, layer] as const)))
    const wrong = [...imports()].flatMap(([name, imported]) =>
      imported
        .filter((other) => layerOf.get(other)! > layerOf.get(name)!)
        .map((other) => `${name} → ${other}`)
    )
    assert.deepStrictEqual(wrong, [])
  })
})
