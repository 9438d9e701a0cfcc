import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Entry } from "../fold/Operation.ts"
import { encode } from "./Codec.ts"
import { tooLarge } from "./Failure.ts"
import { checkpoints } from "./JetStreamCheckpoint.ts"
import { certainExtentOf, extentOf } from "./JetStreamEnd.ts"
import { makeFollow } from "./JetStreamFollow.ts"
import { entryIn } from "./JetStreamMessage.ts"
import { findStreams, openStreams, type StreamSize, streamsOf } from "./JetStreamStreams.ts"
import { Log, type Position } from "./Log.ts"
import { LogError } from "./LogError.ts"
import { nats, natsClient, type NatsOptions, purge } from "./NatsClient.ts"
import { patiently } from "./Patience.ts"

export interface JetStreamOptions extends NatsOptions {
  /** The name of the stream; that of the checkpoints follows from it. */
  readonly name: string
  /** Brokers that have a copy of each entry. */
  readonly replicas: number
  /** Bytes that each of the two streams may have. JetStream reserves them. */
  readonly bytesMax: number
}

/** A log that many nodes share: a stream of NATS JetStream, which is made where there is none. */
export const jetStreamLog = ({
  bytesMax,
  replicas,
  ...options
}: JetStreamOptions): Layer.Layer<Log, LogError> =>
  Layer.effect(Log, make(options, { num_replicas: replicas, max_bytes: bytesMax }))

/** The same, if it is there: it is only read. */
export const existingJetStreamLog = (options: ExistingOptions): Layer.Layer<Log, LogError> =>
  Layer.effect(Log, make(options))

type ExistingOptions = NatsOptions & Pick<JetStreamOptions, "name">

const make = Effect.fnUntraced(function* ({ name, ...options }: ExistingOptions, size?: StreamSize) {
  const client = yield* natsClient(options)
  const { connection, jetstream, manager } = client
  const { subject } = streamsOf(name).entries
  const { info: opened, isNew } = yield* size === undefined
    ? findStreams(client, name)
    : openStreams(client, name, size)
  // brokers may come back with another limit; a connection that is closed tells none, and the append says so
  const entryBytesMax = () => (connection.info?.max_payload ?? Number.POSITIVE_INFINITY) - HEADER_BYTES
  const extent = extentOf(client, name)
  const certainExtent = certainExtentOf(client, name, subject)
  const last = Effect.map(extent, ({ last }) => last)

  const append = (entry: Entry): Effect.Effect<Position, LogError> =>
    Effect.suspend(() => {
      const text = encode(entry)
      const bytes = Buffer.byteLength(text)
      return bytes > entryBytesMax()
        ? Effect.fail(new LogError(tooLarge(bytes, entryBytesMax(), remedy)))
        : Effect.map(
            nats(() => jetstream.publish(subject, text)),
            ({ seq }) => seq
          )
    })

  const { mend, save, saved } = checkpoints(client, name, opened.created, extent, certainExtent)
  const isMended =
    size !== undefined && (yield* patiently("the brokers cannot tell what they have kept yet", mend))

  return Log.of({
    continues: !isNew && !isMended,
    isShared: true,
    get entryBytesMax() {
      return entryBytesMax()
    },
    append,
    follow: yield* makeFollow(client, opened, certainExtent),
    at: (position) =>
      Effect.flatMap(
        nats(() => manager.streams.getMessage(name, { seq: position })),
        (message) => (message === null ? Effect.succeedNone : Effect.asSome(entryIn(name, message)))
      ),
    certain: Effect.asVoid(certainExtent),
    last,
    trim: (before) => Effect.flatMap(last, (last) => purge(client, name, Math.min(before, last + 1))),
    save,
    saved
  })
})

const remedy = ": raise max_payload of the brokers, or lower --max-frame"

/** Bytes of a message that are not its text. */
const HEADER_BYTES = 1_024
