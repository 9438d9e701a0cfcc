import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { fail } from "../../harness/stage/Finding.ts"
import { Patience } from "../../process/Patience.ts"
import { NotYet, retryUntil } from "../../harness/verbs/Retry.ts"

const notYet = (received: string) => new NotYet({ finding: { expected: "bob", received } })

/** The times of all attempts, and how it ended, with a bound of a second. */
const attempts = Effect.fnUntraced(function* (
  attempt: Parameters<typeof retryUntil>[2],
  firstPauseMillis = 1
) {
  const times: Array<number> = []
  const noted = Effect.andThen(
    Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sync(() => times.push(now))),
    attempt
  )
  const clock = yield* Clock.Clock
  const patience = new Patience({ idleMillis: () => clock.currentTimeMillisUnsafe(), queuedMillis: () => 0 })
  const fiber = yield* Effect.forkChild(Effect.exit(retryUntil(1_000, firstPauseMillis, noted, patience)))
  yield* TestClock.adjust(2_000)
  return { times, exit: yield* Fiber.join(fiber) }
})

describe("an attempt is made again", () => {
  it.effect("after pauses that grow up to a tenth of a second, until the deadline", () =>
    Effect.gen(function* () {
      const { exit, times } = yield* attempts(Effect.fail(notYet("nobody")))
      assert.deepStrictEqual(times.slice(0, 9), [0, 1, 3, 7, 15, 31, 63, 127, 227])
      assert.isAtMost(times.at(-1)!, 1_000)
      assert.isAtLeast(times.at(-1)!, 900)
      assert.deepStrictEqual(exit, Exit.fail(fail({ expected: "bob", received: "nobody" })))
    })
  )

  it.effect("until it succeeds", () =>
    Effect.gen(function* () {
      let left = 3
      const { exit, times } = yield* attempts(
        Effect.suspend(() => (--left > 0 ? Effect.fail(notYet("nobody")) : Effect.void)),
        20
      )
      assert.deepStrictEqual(times, [0, 20, 60])
      assert.isTrue(Exit.isSuccess(exit))
    })
  )

  it.effect("but not where it failed for good", () =>
    Effect.gen(function* () {
      const failed = fail({ expected: "bob", received: "the end" })
      const { exit, times } = yield* attempts(Effect.fail(failed))
      assert.deepStrictEqual([times, exit], [[0], Exit.fail(failed)])
    })
  )
})
