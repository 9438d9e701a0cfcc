import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { watching } from "../../harness/Watch.ts"

const folder = mkdtempSync(join(tmpdir(), "palabre-watch-"))
afterAll(() => rmSync(folder, { recursive: true }))

describe("--watch", () => {
  it.live("plays again after a change, also one that comes while it plays", () =>
    Effect.gen(function* () {
      const file = join(folder, "watched.yaml")
      writeFileSync(file, "first")
      const third = yield* Deferred.make<void>()
      let runs = 0
      const run = Effect.suspend(() => {
        runs++
        if (runs < 3) writeFileSync(file, `changed in run ${runs}`)
        return runs === 3 ? Deferred.succeed(third, undefined) : Effect.void
      })
      yield* Effect.raceFirst(watching([`${file}:7`], run), Deferred.await(third))
      assert.strictEqual(runs, 3)
    })
  )

  it.live("fails at once where there is nothing to watch", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(
        watching([join(folder, "nowhere.yaml")], Effect.fail({ message: "nowhere" }))
      )
      assert.strictEqual(failure.message, "nowhere")
    })
  )
})
