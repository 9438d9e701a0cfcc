import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { Connections } from "./Connections.ts"
import { monotonicMillis } from "./MonotonicTime.ts"
import { Settings } from "../settings/Settings.ts"

/** Time between two looks at the deadlines: each is met, never early, at the latest one look after it. */
const sweepMillis = 1_000

/**
 * Ends the connections that are past a deadline. One fiber looks at all of them: a number each costs nothing, where
 * a timer each would cost kilobytes.
 */
export const deadlines: Layer.Layer<never, never, Connections | Settings> = Layer.effectDiscard(
  Effect.gen(function* () {
    const { idleMillisMax = Infinity } = yield* Settings
    const { open } = yield* Connections
    const sweep = Effect.map(monotonicMillis, (nowMillis) => {
      for (const connection of open) {
        if (connection.wasActive) {
          connection.wasActive = false
          connection.activeAtMillis = nowMillis
        }
        if (nowMillis >= connection.loginByMillis) connection.stop("login_timeout")
        else if (connection.isPaused) continue
        else if (nowMillis - connection.activeAtMillis >= idleMillisMax) connection.stop("idle_timeout")
      }
    })
    yield* Effect.forkScoped(Effect.repeat(sweep, Schedule.spaced(sweepMillis)))
  })
)
