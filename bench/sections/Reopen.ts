import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { Operation } from "../../src/fold/Operation.ts"
import { encode } from "../../src/log/Codec.ts"
import { SqliteFile } from "../../src/log/SqliteFile.ts"
import { rulesOf } from "../../src/replica/Rules.ts"
import { defaults } from "../../src/settings/Settings.ts"
import { start, Unmeasured } from "../Running.ts"
import { ours, type Section } from "../Section.ts"

const entries = 1_000_000

/** The start on a long log, of which no checkpoint was ever kept: the longest that there is to read back. */
export const reopens: Section = {
  name: "reopen",
  about: "from the start of the process to the first accepted connection, on a file of 1,000,000 entries",
  figures: {
    reopen: {
      column: "ms",
      title: "start to listening, on a file of 1,000,000 entries",
      unit: "ms",
      target: { of: "value", max: 3_000 }
    }
  },
  includes: ours,
  method: {
    measure: Effect.fnUntraced(
      function* (peer, executable) {
        const files = yield* FileSystem.FileSystem
        const folder = yield* files.makeTempDirectoryScoped({ prefix: "palabre-bench-" })
        const path = `${folder}/chat.db`
        yield* Effect.sync(() => fill(path))
        return { reopen: (yield* start(peer, executable, { store: path })).startMillis }
      },
      Effect.scoped,
      Effect.catchTag("PlatformError", ({ message }) => Effect.fail(new Unmeasured({ reason: message })))
    )
  }
}

/** Writes a log in which one client says one thing after another. */
const fill = (path: string): void => {
  const file = new SqliteFile({ path, sync: "normal", bytesMax: 2 ** 40 })
  for (let first = 1; first <= entries; first += batch)
    file.append(Array.from({ length: batch }, (_, i) => entry(first + i)))
  file.close()
}

const entry = (n: number): string => encode({ node: "bench", n, at: 0, ops: [beginning[n - 1] ?? said(n)] })

/** Entries written at once. */
const batch = 10_000

const beginning: ReadonlyArray<Operation> = [
  { t: "up", epoch: "bench", rules: rulesOf(defaults()), alone: true },
  { t: "login", id: 1, username: "bench", features: ["history"], token: "bench" }
]

const said = (n: number): Operation => ({ t: "message", id: 1, content: "x".repeat(64), cid: `${n}` })
