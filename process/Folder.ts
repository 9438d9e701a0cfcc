import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { removeAtEnd } from "./Guard.ts"

/** A new folder for temporary files, named after its use; it is removed at the end of this process, if not before. */
export const newFolder = (use: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `palabre-${use}-`))
  removeAtEnd(folder)
  return folder
}

/** Removes a folder with all that is in it, also while what is ending still writes there. */
export const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })

/** A new folder for temporary files, which is removed with the scope. */
export const temporaryFolder = (use: string) =>
  Effect.acquireRelease(
    Effect.sync(() => newFolder(use)),
    (folder) => Effect.sync(() => removeFolder(folder))
  )
