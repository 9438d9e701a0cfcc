import { join } from "node:path"
import { describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { sqliteLog } from "../../src/log/Sqlite.ts"
import { contract, openLayer } from "./Contract.ts"
import { folder } from "../support/folder.ts"

describe.each(["full", "normal"] as const)("SQLite, %s", (sync) => {
  contract(
    { isShared: false, isKept: true, isRemote: false },
    Effect.map(folder, (folder) => {
      const options = { path: join(folder, "chat.db"), sync, bytesMax: 2 ** 30 }
      return { open: openLayer(sqliteLog(options)) }
    })
  )
})
