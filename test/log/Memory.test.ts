import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { memoryLog } from "./MemoryLog.ts"
import { contract, entryOf, openLayer } from "./Contract.ts"

const open = openLayer(memoryLog)

describe("Memory", () => {
  contract({ isShared: false, isKept: false, isRemote: false }, Effect.succeed({ open }))

  it("has called its followers when an append is done, and appends without waiting", () => {
    const seen: Array<number> = []
    const position = Effect.gen(function* () {
      const log = yield* open
      const following = log.follow(0, ([{ position }]) => Effect.sync(() => seen.push(position)))
      yield* Effect.forkScoped(following, { startImmediately: true })
      return yield* log.append(entryOf("now"))
    })
    const appended = Effect.runSync(Effect.scoped(position))
    assert.deepStrictEqual(seen, [appended])
  })
})
