import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import { Hub } from "./Hub.ts"

/**
 * Brings sessions and server together at the end, so that every acked message reaches everyone who reads before anyone
 * is told goodbye: all sessions answer their last request, the hub runs empty, then all may leave.
 */
export class Drain extends Context.Service<
  Drain,
  {
    /** True once the server is shutting down. */
    readonly isDraining: () => boolean
    /** A session begins. */
    readonly enter: () => void
    /** A session has answered its last request. Done at once, or while draining as soon as goodbyes may be said. */
    readonly leave: Effect.Effect<void>
    /** Drains, with `stop` to stop the sessions; done when all that entered have left and the hub is empty. */
    readonly begin: (stop: () => void) => Effect.Effect<void>
  }
>()("palabre/Drain") {
  static readonly layer = Layer.effect(
    Drain,
    Effect.gen(function* () {
      const hub = yield* Hub
      const quiet = Latch.makeUnsafe(false)
      const goodbye = Latch.makeUnsafe(false)
      let isDraining = false
      let serving = 0
      return Drain.of({
        isDraining: () => isDraining,
        enter: () => {
          serving++
        },
        leave: Effect.suspend(() => {
          serving--
          if (!isDraining) return Effect.void
          if (serving === 0) quiet.openUnsafe()
          return goodbye.await
        }),
        begin: Effect.fnUntraced(function* (stop) {
          isDraining = true
          stop()
          if (serving > 0) yield* quiet.await
          yield* hub.inTurn(() => undefined)
          goodbye.openUnsafe()
        })
      })
    })
  )
}
