import { execFile } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { temporaryFolder } from "./support/temporaryFolder.ts"

/** What `.ci/release-notes.mjs` says of a tag, in a repository of version 1.2.3 with this changelog. */
const notesOf = async (tag: string, changelog: string) => {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, "package.json"), '{ "version": "1.2.3" }')
  writeFileSync(join(cwd, "CHANGELOG.md"), changelog)
  const script = resolve(".ci/release-notes.mjs")
  const { stderr, stdout } = await promisify(execFile)(process.execPath, [script, tag], { cwd }).catch(
    (error: { stdout: string; stderr: string }) => error
  )
  return stdout + stderr
}

const changelog = `# Changelog

## [Unreleased]

## [1.2.3] - 2026-12-01

### Fixed

- A bug.

## [1.2.2] - 2026-11-30

- Older.
`

describe("Release notes", () => {
  it("are the section of the version", async () => {
    assert.strictEqual(await notesOf("v1.2.3", changelog), "### Fixed\n\n- A bug.\n")
  })

  it.each([
    ["v1.2.4", changelog, /the tag must be v1\.2\.3/],
    ["", changelog, /the tag must be v1\.2\.3/],
    ["v1.2.3", "# Changelog\n\n## [Unreleased]\n", /has no section/],
    ["v1.2.3", "# Changelog\n\n## [1.2.3]\n\n- A bug.\n", /has no section "## \[1\.2\.3\] - YYYY-MM-DD"/],
    ["v1.2.3", "# Changelog\n\n## [1.2.3] - 2026-12-01\n", /says nothing of 1\.2\.3/]
  ])("are refused for the tag %j where something is missing", async (tag, text, problem) => {
    assert.match(await notesOf(tag, text), problem)
  })
})

describe("CHANGELOG.md", () => {
  it("keeps to the form of a changelog", () => {
    const headings = readFileSync("CHANGELOG.md", "utf8").match(/^##+ .*$/gm) ?? []
    assert.strictEqual(headings[0], "## [Unreleased]")
    const form =
      /^## \[(Unreleased\]|\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d)$|^### (Added|Changed|Deprecated|Removed|Fixed|Security)$/
    assert.deepStrictEqual(
      headings.filter((heading) => !form.test(heading)),
      []
    )
  })
})
