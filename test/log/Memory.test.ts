import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Deliver } from "../../src/log/Log.ts"
import { memoryLog, passingLog } from "../../src/log/Memory.ts"
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

  it("drops an entry that every follower has been given, if it is to keep none", () => {
    const seen: Array<number> = []
    const see: Deliver = (logged) => Effect.sync(() => seen.push(...logged.map(({ position }) => position)))
    const kept = Effect.gen(function* () {
      const log = yield* openLayer(passingLog)
      const first = yield* log.append(entryOf("nobody follows"))
      yield* Effect.forkScoped(log.follow(0, see), { startImmediately: true })
      for (let i = 0; i < 3; i++) yield* log.append(entryOf(`${i}`))
      return [first, yield* log.last, yield* log.at(yield* log.last)]
    })
    const [first, last, entry] = Effect.runSync(Effect.scoped(kept))
    assert.deepStrictEqual([first, last, seen], [1, 4, [1, 2, 3, 4]])
    assert.deepStrictEqual(entry, Option.none())
  })
})
