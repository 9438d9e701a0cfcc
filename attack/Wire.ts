import * as Effect from "effect/Effect"
import { ActorConnection, type ConnectFailed } from "../harness/stage/ActorConnection.ts"
import { nextTurn } from "../harness/stage/Condition.ts"
import type { End, Incoming, WireListener } from "../harness/stage/WireEvent.ts"
import type { Address } from "../src/net/Address.ts"

/** Takes what comes on a connection, as it comes. */
export interface Receiver {
  readonly received: (incoming: Incoming, text: string) => void
  readonly ended?: (by: End) => void
  /** Called once all that came at once has been taken. */
  readonly changed: () => void
}

/** Connects, and hands all that comes to the receiver: nothing is kept. */
export const open = (address: Address, receiver: Receiver): Effect.Effect<ActorConnection, ConnectFailed> => {
  let wire: ActorConnection | undefined
  const listener: WireListener = (event) => {
    if (event._tag === "Received") receiver.received(event.incoming, event.text)
    if (event._tag === "Ended") receiver.ended?.(event.by)
    if (event._tag !== "Changed") return
    wire?.inbox.splice(0)
    receiver.changed()
  }
  return Effect.tap(ActorConnection.open(address, { actor: "", listener }, CONNECT_MILLIS_MAX), (opened) =>
    Effect.sync(() => {
      wire = opened
    })
  )
}

/** Writes pieces, with a turn of the event loop after each, so that the server may read them one by one. */
export const writePieces = (wire: ActorConnection, pieces: ReadonlyArray<Buffer>): Effect.Effect<void> =>
  Effect.forEach(
    pieces,
    // the server may not be reading: this goes on without the system's having taken them
    (piece) => Effect.andThen(Effect.forkChild(wire.writeNow(piece), { startImmediately: true }), nextTurn),
    { discard: true }
  )

/** Only an upper bound: a machine that is busy with other things is no mistake of the server. */
const CONNECT_MILLIS_MAX = 30_000
