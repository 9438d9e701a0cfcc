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

/** An entry that only marks the end of the log for a moment, as the brokers keep it. */
export const markOf = (at: number, n = 0): string => encode({ node: "", n, at, ops: [] })

/** True of such an entry: nobody is shown it. */
export const isMark = ({ node }: Entry): boolean => node === ""

/**
 * The ends of a stream for certain: an entry that counts for nothing is appended, which the leader numbers after all
 * others. That one is left out.
 */
export const certainExtentOf = (
  client: NatsClient,
  name: string,
  subject: string
): Effect.Effect<Extent, LogError> =>
  Effect.gen(function* () {
    const mark = markOf(yield* Clock.currentTimeMillis)
    const { seq } = yield* nats(() => client.jetstream.publish(subject, mark))
    const { first } = yield* extentOf(client, name)
    return { first, last: seq - 1 }
  })
