import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, onTestFinished, TestRunner } from "@effect/vitest"
import { removeFolder } from "../../process/Folder.ts"

/** A new folder; it is removed with all that is in it when the test has ended or, outside of tests, those of the file or group. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "palabre-test-"))
  const atEnd = TestRunner.getCurrentTest() === undefined ? afterAll : onTestFinished
  atEnd(() => removeFolder(folder))
  return folder
}
