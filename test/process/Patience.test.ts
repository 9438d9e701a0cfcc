import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ownPatience, Patience } from "../../process/Patience.ts"

describe("patience", () => {
  const now = { idle: 0, queued: 0 }
  const patience = new Patience({ idleMillis: () => now.idle, queuedMillis: () => now.queued })

  it("ends when there was nothing to do but wait", () => {
    const since = patience.begin()
    now.idle += 2_000
    assert.isUndefined(patience.overdue(since, 2_000))
    now.idle += 500
    assert.strictEqual(patience.overdue(since, 2_000), 2_500)
  })

  it("does not end while a processor is what is waited for", () => {
    const since = patience.begin()
    now.idle += 2_500
    now.queued += 600
    assert.isUndefined(patience.overdue(since, 2_000))
  })

  it.live("lasts longer in a process that is busy, but not for ever", () =>
    Effect.gen(function* () {
      const began = performance.now()
      const work = setInterval(() => {
        for (const end = performance.now() + 100; performance.now() < end;);
      }, 1)
      yield* ownPatience.during(100)
      clearInterval(work)
      assert.isAbove(performance.now() - began, 200)
    })
  )
})
