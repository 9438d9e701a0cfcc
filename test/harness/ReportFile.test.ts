import { lstatSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { prepareFile, writeWhole } from "../../harness/report/ReportFile.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const folder = temporaryFolder()

describe("a report's file", () => {
  it("is not there until the report is whole, even where an older one was", () => {
    const path = join(folder, "report.json")
    writeFileSync(path, "of another run")
    prepareFile(path)
    assert.deepStrictEqual(readdirSync(folder), [])
    writeWhole(path, "{}")
    assert.deepStrictEqual(readdirSync(folder), ["report.json"])
    assert.strictEqual(readFileSync(path, "utf8"), "{}")
    rmSync(path)
  })

  it("is refused beforehand where it cannot be written", () => {
    assert.throws(() => prepareFile(join(folder, "nowhere", "report.json")), /ENOENT.*nowhere/)
    assert.throws(() => prepareFile(folder), /EISDIR/)
  })

  // a link stands for all that is not a plain file: a device is not tried, for a mistake would remove it
  it("is written through a link, which stays one", () => {
    const [target, link] = [join(folder, "target"), join(folder, "link")]
    symlinkSync(target, link)
    prepareFile(link)
    writeWhole(link, "report")
    assert.strictEqual(readFileSync(target, "utf8"), "report")
    assert.isTrue(lstatSync(link).isSymbolicLink())
  })
})
