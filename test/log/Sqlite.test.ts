import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Queue from "effect/Queue"
import type { Entry } from "../../src/fold/Operation.ts"
import type { Deliver, Position } from "../../src/log/Log.ts"
import { sqliteLog } from "../../src/log/Sqlite.ts"
import { encode } from "../../src/log/Codec.ts"
import { SqliteFile } from "../../src/log/SqliteFile.ts"
import { contract, entryOf, openLayer } from "./Contract.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

describe.each(["full", "normal"] as const)("SQLite, %s", (sync) => {
  contract(
    { isShared: false, isKept: true, isRemote: false },
    Effect.sync(() => {
      const options = { path: join(temporaryFolder(), "chat.db"), sync, bytesMax: 2 ** 30 }
      return { open: openLayer(sqliteLog(options)) }
    })
  )
})

it.live("delivers a log of many reads in order, to followers at different places", () =>
  Effect.gen(function* () {
    const options = { path: join(temporaryFolder(), "chat.db"), sync: "normal", bytesMax: 2 ** 30 } as const
    const entries = Array.from({ length: 5_000 }, (_, i) => entryOf(`${i}`))
    const file = new SqliteFile(options)
    file.append(entries.map(encode))
    file.close()
    const log = yield* openLayer(sqliteLog(options))
    const follow = Effect.fnUntraced(function* (after: Position, mayGoOn: Effect.Effect<void>) {
      const seen = yield* Queue.unbounded<Entry>()
      const deliver: Deliver = (logged) =>
        Effect.andThen(
          Queue.offerAll(
            seen,
            logged.map(({ entry }) => entry)
          ),
          mayGoOn
        )
      yield* Effect.forkScoped(log.follow(after, deliver), { startImmediately: true })
      return (count: number) => Queue.takeN(seen, count)
    })
    const gate = yield* Latch.make()
    const slow = yield* follow(0, gate.await)
    assert.deepStrictEqual(yield* slow(100), entries.slice(0, 100))
    const quick = yield* follow(700, Effect.void)
    assert.deepStrictEqual(yield* quick(4_300), entries.slice(700))
    yield* gate.open
    assert.deepStrictEqual(yield* slow(4_900), entries.slice(100))
  }).pipe(Effect.scoped)
)
