import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { memoryLog } from "../../src/log/Memory.ts"
import { contract, entryOf, openLayer } from "./Contract.ts"

const open = openLayer(memoryLog)

describe("Memory", () => {
  contract({ isShared: false, isKept: false, isRemote: false }, Effect.succeed({ open }))

  it.effect("has called its followers when an append is done, and appends without waiting", () =>
    Effect.gen(function* () {
      const log = yield* open
      const seen: Array<number> = []
      const following = log.follow(0, ([{ position }]) => Effect.sync(() => seen.push(position)))
      yield* Effect.forkScoped(following, { startImmediately: true })
      const position = Effect.runSync(log.append(entryOf("now")))
      assert.deepStrictEqual(seen, [position])
    })
  )
})
