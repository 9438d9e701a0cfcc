import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { memoryLog, sharedMemoryLog } from "./MemoryLog.ts"
import { contract, entryOf, openLayer } from "./Contract.ts"

describe("Memory", () => {
  for (const log of [memoryLog, sharedMemoryLog])
    contract({ isShared: false, isKept: false, isRemote: false }, Effect.succeed({ open: openLayer(log) }))

  it("has called its followers when an append is done, and appends without waiting", () => {
    const seen: Array<number> = []
    const position = Effect.gen(function* () {
      const log = yield* openLayer(memoryLog)
      const following = log.follow(0, ([{ position }]) => Effect.sync(() => seen.push(position)))
      yield* Effect.forkScoped(following, { startImmediately: true })
      return yield* log.append(entryOf("now"))
    })
    const appended = Effect.runSync(Effect.scoped(position))
    assert.deepStrictEqual(seen, [appended])
  })
})
