import type { StreamInfo } from "@nats-io/jetstream"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Entry } from "../fold/Operation.ts"
import { encode } from "./Codec.ts"
import type { Position } from "./Log.ts"
import type { LogError } from "./LogError.ts"
import { nats, type NatsClient } from "./NatsClient.ts"

/** What a stream has of its entries. */
export interface Extent {
  readonly first: Position
  /** The newest one, also where it was trimmed. */
  readonly last: Position
}

export const extentIn = ({ state }: StreamInfo): Extent => ({ first: state.first_seq, last: state.last_seq })

/** The ends of a stream, as its leader knows them: one that has just become it may not know all yet. */
export const extentOf = ({ manager }: NatsClient, name: string): Effect.Effect<Extent, LogError> =>
  Effect.map(
    nats(() => manager.streams.info(name)),
    extentIn
  )

/**
 * The same for certain: an entry that counts for nothing is appended, and what the leader takes after all others has a
 * number after theirs.
 */
export const certainExtentOf = (
  client: NatsClient,
  name: string,
  subject: string
): Effect.Effect<Extent, LogError> =>
  Effect.gen(function* () {
    const nothing: Entry = { v: 1, node: "", n: 0, at: yield* Clock.currentTimeMillis, ops: [] }
    const { seq } = yield* nats(() => client.jetstream.publish(subject, encode(nothing)))
    const { first } = yield* extentOf(client, name)
    return { first, last: seq }
  })
