import type { StreamConfig, StreamInfo } from "@nats-io/jetstream"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Entry } from "../fold/Operation.ts"
import { decodeAll, encode } from "./Codec.ts"
import { type Failure, tooLarge } from "./Failure.ts"
import { checkpoints } from "./JetStreamCheckpoint.ts"
import { certainExtentOf, extentOf } from "./JetStreamEnd.ts"
import { makeFollow } from "./JetStreamFollow.ts"
import { Log, type Position } from "./Log.ts"
import { LogError } from "./LogError.ts"
import { patiently } from "./Patience.ts"
import {
  isNotFound,
  logErrorOf,
  nats,
  natsClient,
  purge,
  type NatsClient,
  type NatsOptions
} from "./NatsClient.ts"

export interface JetStreamOptions extends NatsOptions {
  /** The name of the stream; that of the checkpoints follows from it. */
  readonly name: string
  /** Brokers that have a copy of each entry. */
  readonly replicas: number
  /** Bytes that each of the two streams may have. JetStream reserves them. */
  readonly bytesMax: number
}

/** A log that many nodes share: a stream of NATS JetStream, which is made where there is none. */
export const jetStreamLog = (options: JetStreamOptions): Layer.Layer<Log, LogError> =>
  Layer.effect(Log, make(options, openStream))

/** The same, if it is there. */
export const existingJetStreamLog = (
  options: NatsOptions & Pick<JetStreamOptions, "name">
): Layer.Layer<Log, LogError> => Layer.effect(Log, make({ ...options, replicas: 1, bytesMax: 0 }, findStream))

const make = Effect.fnUntraced(function* (
  { bytesMax, name, replicas, ...options }: JetStreamOptions,
  open: OpenStream
) {
  const client = yield* natsClient(options)
  const { connection, jetstream, manager } = client
  const subject = `${name}.entry`
  const common = { num_replicas: replicas, max_bytes: bytesMax, discard: "new", allow_direct: false } as const
  const { info: opened, isNew } = yield* open(client, { ...common, name, subjects: [subject] })
  if (opened.config.subjects?.join() !== subject) return yield* new LogError(foreign(name))
  const checkpointName = `${name}-checkpoint`
  const checkpointSubject = `${name}.checkpoint`
  yield* open(client, {
    ...common,
    name: checkpointName,
    subjects: [checkpointSubject, `${checkpointSubject}.>`]
  })
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

  const { mend, save, saved } = checkpoints(
    client,
    checkpointName,
    checkpointSubject,
    opened.created,
    extent,
    certainExtent
  )
  const isMended =
    open === openStream && (yield* patiently("the brokers cannot tell what they have kept yet", mend))

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
        (message) =>
          message === null
            ? Effect.succeedNone
            : Effect.map(decodeAll(position, [message.string()]), ([logged]) =>
                Option.fromUndefinedOr(logged)
              )
      ),
    last,
    trim: (before) => Effect.flatMap(last, (last) => purge(client, name, Math.min(before, last + 1))),
    save,
    saved
  })
})

type OpenStream = (
  client: NatsClient,
  config: Partial<StreamConfig> & { readonly name: string }
) => Effect.Effect<{ readonly info: StreamInfo; readonly isNew: boolean }, LogError>

/** The stream of a name, made where there is none. */
const openStream: OpenStream = ({ manager }, config) =>
  patiently(
    "the brokers cannot keep the log yet",
    nats(async () => {
      const found = await find(manager, config.name)
      if (found !== undefined) return { info: found, isNew: false }
      try {
        return { info: await manager.streams.add(config), isNew: true }
      } catch (error) {
        // two nodes may make it at the same time
        const made = await find(manager, config.name)
        if (made === undefined) throw error
        return { info: made, isNew: false }
      }
    })
  )

/** The stream of a name. */
const findStream: OpenStream = ({ manager }, { name }) =>
  Effect.tryPromise({
    try: async () => ({ info: await manager.streams.info(name), isNew: false }),
    catch: (error) =>
      isNotFound(error)
        ? new LogError({
            reason: "refused",
            detail: `the brokers keep no chat under this --store-name: ${name}`
          })
        : logErrorOf(error)
  })

const find = (manager: NatsClient["manager"], name: string): Promise<StreamInfo | undefined> =>
  manager.streams.info(name).catch((error: unknown) => {
    if (!isNotFound(error)) throw error
    return undefined
  })

const foreign = (name: string): Failure => ({
  reason: "refused",
  detail: `the stream ${name} of the brokers is not the log of a chat: choose another --store-name`
})

const remedy = ": raise max_payload of the brokers, or lower --max-frame"

/** Bytes of a message that are not its text. */
const HEADER_BYTES = 1_024
