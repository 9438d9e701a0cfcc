import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import { Drain } from "./hub/Drain.ts"
import type { Refusal } from "./net/Admission.ts"
import { Connection, type ConnectionRules } from "./net/Connection.ts"
import { Connections } from "./net/Connections.ts"
import type { Acceptor } from "./net/Listener.ts"
import { Replies } from "./requests/Replies.ts"
import { makeServe } from "./Session.ts"
import { Settings } from "./settings/Settings.ts"
import { ConnectionLog } from "./telemetry/ConnectionLog.ts"
import { Counters } from "./telemetry/Counters.ts"

/** Receives those who connect: each is served in a fiber of its own, or turned away if there is no seat. */
export const makeReception = Effect.gen(function* () {
  const connections = yield* Connections
  const counters = yield* Counters
  const drain = yield* Drain
  const log = yield* ConnectionLog
  const replies = yield* Replies
  const serve = yield* makeServe
  const { admission, outboxes, readMillis } = connections
  const fibers = yield* FiberSet.make()
  const fork = yield* FiberSet.runtime(fibers)()
  const rules: ConnectionRules = {
    ...(yield* Settings),
    outboxes,
    readMillis,
    onSlow: (connection) => {
      fork(log.readsSlowly(connection))
    },
    onClosed: connections.remove
  }
  let lastId = 0

  const turnAway = (connection: Connection, code: Refusal): Effect.Effect<void> => {
    counters.errors[code]++
    return Effect.andThen(log.turnedAway(connection, code), connection.finish(replies.errors[code]))
  }

  const acceptor: Acceptor = {
    accept: (newcomer) =>
      drain.isDraining()
        ? admission.refuse("shutting_down", readMillis())
        : admission.admit(newcomer, readMillis()),
    serve: (transport, seat) => {
      const connection = new Connection(++lastId, transport, seat, rules)
      connections.add(connection)
      const service = seat.refusal === undefined ? serve(connection) : turnAway(connection, seat.refusal)
      fork(service, { uninterruptible: true })
    },
    miss: (seat) => admission.giveBack(seat),
    refusePlain: () => {
      counters.errors.tls_required++
      return replies.errors.tls_required
    },
    failed: (error) => {
      fork(Effect.logError(`Accepting a connection failed (${error.message}). The server keeps listening.`))
    }
  }

  return {
    acceptor,
    /** Done when nobody is being served or turned away any more. */
    empty: FiberSet.awaitEmpty(fibers)
  }
})
