import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { Connection } from "./Connection.ts"
import { Settings } from "../settings/Settings.ts"

/** How often deadlines are looked at: they are kept to within this. */
const sweepMillis = 1_000

/**
 * The deadlines of all connections, looked at by one fiber: a number each costs nothing, where a timer each
 * would cost kilobytes. Its clock is the monotonic one, so that setting the machine's time ends nobody.
 */
export class Deadlines extends Context.Service<
  Deadlines,
  {
    /** The time of the last sweep. */
    readonly clock: { readonly nowMillis: number }
    /** The connections whose deadlines count. */
    readonly connections: Set<Connection>
  }
>()("palabre/Deadlines") {
  static readonly layer = Layer.effect(
    Deadlines,
    Effect.gen(function* () {
      const { idleMillisMax } = yield* Settings
      const connections = new Set<Connection>()
      const clock = { nowMillis: yield* monotonicMillis }
      const sweep = Effect.gen(function* () {
        clock.nowMillis = yield* monotonicMillis
        for (const connection of connections) {
          if (clock.nowMillis >= connection.loginByMillis) connection.stop("login_timeout")
          else if (clock.nowMillis - connection.activeAtMillis >= idleMillisMax)
            connection.stop("idle_timeout")
        }
      })
      yield* Effect.forkScoped(Effect.repeat(sweep, Schedule.spaced(sweepMillis)))
      return Deadlines.of({ clock, connections })
    })
  )
}

const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))
