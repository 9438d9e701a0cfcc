import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { Address } from "../src/net/Address.ts"
import { Order } from "./RunOptions.ts"
import type { Patience } from "./Patience.ts"
import { Speaker } from "./Speaker.ts"
import type { Violation } from "./Violation.ts"

/** What the polite clients of a chat have in common. */
export interface Chat {
  readonly address: Address
  readonly speakers: ReadonlyMap<string, Speaker>
  /** The first of them listens, does not speak, and stays; it has the feature `presence`. */
  readonly witness: Speaker
  readonly order: Order
  readonly patience: Patience
  /** Who says very much does so alone: the others must be able to keep up with it. */
  readonly stage: Semaphore.Semaphore
  readonly figures: Figures
  readonly onViolation: (violation: Violation) => void
}

/** Where clients meet, and how long they wait there. */
export type Venue = Pick<Chat, "address" | "patience">

/** What was done, for people to see. */
export interface Figures {
  /** Requests of polite clients. */
  requests: number
  /** Messages of polite clients that reached another polite client. */
  deliveries: number
  /** Times that a polite client left. */
  departures: number
  /** Connections of rude clients. */
  rudeConnections: number
  rudeBytes: number
}

/** Nothing was done yet. */
export const noFigures = (): Figures => ({
  requests: 0,
  deliveries: 0,
  departures: 0,
  rudeConnections: 0,
  rudeBytes: 0
})

/** Has clients of these names meet; fails with the first thing that the server does wrong to one of them. */
export const inChat = <A, E>(
  { address, patience }: Venue,
  names: ReadonlyArray<string>,
  figures: Figures,
  meeting: (chat: Chat) => Effect.Effect<A, E>
): Effect.Effect<A, E | Violation> =>
  Effect.suspend(() => {
    const violated = Deferred.makeUnsafe<never, Violation>()
    const speakers = new Map(names.map((name) => [name, new Speaker(name)]))
    const chat: Chat = {
      address,
      patience,
      speakers,
      witness: speakers.get(names[0]!)!,
      order: new Order(),
      stage: Semaphore.makeUnsafe(1),
      figures,
      onViolation: (violation) => Deferred.doneUnsafe(violated, Effect.fail(violation))
    }
    return Effect.raceFirst(meeting(chat), Deferred.await(violated))
  })
