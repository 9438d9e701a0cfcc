import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { Admission } from "./Admission.ts"
import type { Connection } from "./Connection.ts"
import { type Ending, endings } from "./Ending.ts"
import { monotonicReader } from "./MonotonicTime.ts"
import { possibleClients } from "./OpenFiles.ts"
import { Outboxes } from "./Outboxes.ts"
import { Settings } from "../settings/Settings.ts"

/** Counts of a server's connections since its start: plain numbers, so that counting costs nothing. */
export interface ConnectionTotals {
  /** Connections that got a seat. */
  accepted: number
  /** Those of them that are closed, by reason. */
  readonly ended: Record<Ending, number>
  /** Bytes of closed connections; an open one counts its own. */
  closedBytesIn: number
  closedBytesOut: number
}

/** Time between two rounds of forgetting the addresses that left. */
const pruneMillis = 60_000

/** The connections of a server: each is here from when it can talk until its transport is closed. */
export class Connections extends Context.Service<
  Connections,
  {
    /** All that are open, including those being turned away. */
    readonly open: ReadonlySet<Connection>
    readonly admission: Admission
    readonly outboxes: Outboxes
    readonly totals: ConnectionTotals
    /** The time, monotonic. */
    readonly readMillis: () => number
    readonly add: (connection: Connection) => void
    /** Gives back all that a connection took; called once it is closed. */
    readonly remove: (connection: Connection) => void
    /** Ends all, each after the request in hand. */
    readonly stop: (ending: Ending) => void
    /** Ends all at once. */
    readonly abort: () => void
  }
>()("palabre/Connections") {
  static readonly layer = Layer.effect(
    Connections,
    Effect.gen(function* () {
      const settings = yield* Settings
      const admission = new Admission({
        ...settings,
        clientsMax: yield* possibleClients(settings.clientsMax)
      })
      const readMillis = yield* monotonicReader
      const prune = Effect.sync(() => admission.prune(readMillis()))
      yield* Effect.forkScoped(Effect.repeat(prune, Schedule.spaced(pruneMillis)))
      const open = new Set<Connection>()
      const totals: ConnectionTotals = {
        accepted: 0,
        ended: Object.fromEntries(endings.map((ending) => [ending, 0])) as Record<Ending, number>,
        closedBytesIn: 0,
        closedBytesOut: 0
      }
      return Connections.of({
        open,
        admission,
        outboxes: new Outboxes(settings, () => open),
        totals,
        readMillis,
        add: (connection) => {
          open.add(connection)
          if (connection.seat.refusal === undefined) totals.accepted++
        },
        remove: (connection) => {
          const { bytesIn, bytesOut, ending = "left", seat } = connection
          open.delete(connection)
          admission.giveBack(seat)
          totals.closedBytesIn += bytesIn
          totals.closedBytesOut += bytesOut
          if (seat.refusal === undefined) totals.ended[ending]++
        },
        stop: (ending) => {
          for (const connection of open) connection.stop(ending)
        },
        abort: () => {
          for (const connection of open) connection.abort()
        }
      })
    })
  )
}
