import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { Address } from "../src/net/Address.ts"
import { MessageOrder } from "./MessageOrder.ts"
import type { Patience } from "../process/Patience.ts"
import { Speaker } from "./Speaker.ts"
import type { Violation } from "./Violation.ts"

/** The state that the conforming clients of a chat share. */
export interface Chat {
  readonly address: Address
  /** Where it serves WebSockets, if it does. */
  readonly web?: Address | undefined
  readonly speakers: ReadonlyMap<string, Speaker>
  /** The first of them listens, does not speak, and stays; it has the feature `presence`. */
  readonly witness: Speaker
  readonly order: MessageOrder
  readonly patience: Patience
  /** The permit to say very much, for one client at a time: the others must be able to keep up with it. */
  readonly floodPermit: Semaphore.Semaphore
  readonly totals: Totals
  readonly onViolation: (violation: Violation) => void
}

/** A server, and the measure of what its clients wait. */
export type Endpoint = Pick<Chat, "address" | "patience" | "web">

/** Counts of what was done. */
export interface Totals {
  /** Requests of conforming clients. */
  requests: number
  /** Messages of conforming clients that reached another one. */
  deliveries: number
  /** Times that a conforming client left. */
  departures: number
  /** Connections of hostile clients. */
  hostileConnections: number
  hostileBytes: number
}

/** Zero of everything. */
export const noTotals = (): Totals => ({
  requests: 0,
  deliveries: 0,
  departures: 0,
  hostileConnections: 0,
  hostileBytes: 0
})

/** A chat for clients of these names. */
export const makeChat = (
  { address, patience, web }: Endpoint,
  names: ReadonlyArray<string>,
  totals: Totals,
  onViolation: Chat["onViolation"]
): Chat => {
  const speakers = new Map(names.map((name) => [name, new Speaker(name)]))
  return {
    address,
    web,
    patience,
    speakers,
    witness: speakers.get(names[0]!)!,
    order: new MessageOrder(),
    floodPermit: Semaphore.makeUnsafe(1),
    totals,
    onViolation
  }
}

/** Gives clients of these names a chat; fails with the first thing that the server does wrong to one of them. */
export const inChat = <A, E>(
  endpoint: Endpoint,
  names: ReadonlyArray<string>,
  totals: Totals,
  meeting: (chat: Chat) => Effect.Effect<A, E>
): Effect.Effect<A, E | Violation> =>
  Effect.suspend(() => {
    const violated = Deferred.makeUnsafe<never, Violation>()
    const chat = makeChat(endpoint, names, totals, (violation) =>
      Deferred.doneUnsafe(violated, Effect.fail(violation))
    )
    return Effect.raceFirst(meeting(chat), Deferred.await(violated))
  })
