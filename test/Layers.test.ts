import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const root = join(import.meta.dirname, "..")
const page = readFileSync(join(root, "docs/ARCHITECTURE.md"), "utf8")

/** The rooms that a section of docs/ARCHITECTURE.md lists: the files and folders (`src/net/`) at the start of each item. */
const roomsOf = (heading: string): ReadonlyArray<ReadonlyArray<string>> => {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!
  const items = section.split(/^- (?=`)/m).slice(1)
  return items.map((item) => [...item.split(":")[0]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!))
}

/** The paths that a file imports, from the root of the repository; types and dynamic imports count as well. */
const importsOf = (file: string): ReadonlyArray<string> =>
  [...readFileSync(join(root, file), "utf8").matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(
    ([, path]) => normalize(join(dirname(file), path!))
  )

const isIn = (file: string, name: string) => (name.endsWith("/") ? file.startsWith(name) : file === name)

describe.each([
  { heading: "The whole", folders: "{attack,bench,bin,harness,mutants,page,process,src,test}" },
  { heading: "The server", folders: "src" },
  { heading: "The harness", folders: "harness" }
])("docs/ARCHITECTURE.md, $heading", ({ folders, heading }) => {
  const rooms = roomsOf(heading)
  const files = globSync(`${folders}/**/*.{js,ts}`, { cwd: root })
  const roomOf = (file: string) => rooms.findIndex((names) => names.some((name) => isIn(file, name)))

  it("has each file in one room", () => {
    const names = rooms.flat()
    const misplaced = files.filter((file) => names.filter((name) => isIn(file, name)).length !== 1)
    assert.deepStrictEqual(misplaced, [])
  })

  it("names nothing that is not there", () => {
    const stale = rooms.flat().filter((name) => !existsSync(join(root, name)))
    assert.deepStrictEqual(stale, [])
  })

  it("is right that a file imports only from its own room and those before it", () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((other) => roomOf(other) === -1 || roomOf(other) > roomOf(file))
        .map((other) => `${file} → ${other}`)
    )
    assert.deepStrictEqual(wrong, [])
  })
})
