import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type { Connection } from "./Connection.ts"
import type { Ending } from "./Ending.ts"
import { Connections } from "./Connections.ts"

/** Time between two looks at those who are paused. */
const lookMillis = 100

/** Time between two probes of a client that is paused, so that two seconds and a look are enough to see its end. */
const probeMillis = 1_000

/**
 * The one place where clients are made to wait before their requests are carried out. Meanwhile these stay unread, so
 * that TCP slows the client down.
 */
export class Pauses extends Context.Service<
  Pauses,
  {
    /**
     * Done as soon as the client may go on, which is asked with the milliseconds that it has been paused for; fails
     * with the ending. One pause after the other: a client has one request in hand.
     */
    readonly pause: (
      connection: Connection,
      mayGoOn: (pausedMillis: number) => boolean
    ) => Effect.Effect<void, Ending>
    /** Asks soon, in this turn of the event loop or the next, if those who are paused may go on, the longest first. */
    readonly review: () => void
    readonly paused: ReadonlyMap<Connection, unknown>
    /** The number of pauses since the start. */
    readonly total: () => number
  }
>()("palabre/Pauses") {
  static readonly layer = Layer.effect(
    Pauses,
    Effect.gen(function* () {
      const { outboxes, readMillis } = yield* Connections
      const paused = new Map<Connection, { probeAtMillis: number }>()
      const isAnyPaused = Latch.makeUnsafe(false)
      let total = 0
      let next: NodeJS.Immediate | undefined
      const reviewNow = () => {
        next = undefined
        for (const connection of paused.keys()) connection.wake()
      }
      const probe = () => {
        const nowMillis = readMillis()
        for (const [connection, next] of paused) {
          if (nowMillis < next.probeAtMillis) continue
          next.probeAtMillis = nowMillis + probeMillis
          connection.probe()
        }
      }
      const review = () => {
        if (paused.size > 0) next ??= setImmediate(reviewNow)
      }
      outboxes.onCaughtUp = review
      const look = Effect.gen(function* () {
        yield* isAnyPaused.await
        yield* Effect.sleep(lookMillis)
        reviewNow()
        probe()
        if (paused.size === 0) isAnyPaused.closeUnsafe()
      })
      yield* Effect.forkScoped(Effect.forever(look))
      return Pauses.of({
        pause: (connection, mayGoOn) =>
          Effect.suspend(() => {
            const sinceMillis = readMillis()
            total++
            paused.set(connection, { probeAtMillis: sinceMillis + probeMillis })
            isAnyPaused.openUnsafe()
            return connection.pauseUntil(() => mayGoOn(readMillis() - sinceMillis))
          }).pipe(Effect.ensuring(Effect.sync(() => paused.delete(connection)))),
        review,
        paused,
        total: () => total
      })
    })
  )
}
