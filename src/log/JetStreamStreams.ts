import type { StreamConfig, StreamInfo } from "@nats-io/jetstream"
import * as Effect from "effect/Effect"
import type { Failure } from "./Failure.ts"
import { entryIn } from "./JetStreamMessage.ts"
import { LogError } from "./LogError.ts"
import { isNotFound, nats, type NatsClient } from "./NatsClient.ts"
import { patiently } from "./Patience.ts"

/** A stream that a log has. */
interface Wanted {
  readonly name: string
  /** The subject of its messages. */
  readonly subject: string
  /** That, and those of their parts. */
  readonly subjects: ReadonlyArray<string>
}

/** The streams of a log, by its name. */
export const streamsOf = (name: string): { readonly entries: Wanted; readonly checkpoints: Wanted } => {
  const [entry, checkpoint] = [`${name}.entry`, `${name}.checkpoint`]
  return {
    entries: { name, subject: entry, subjects: [entry] },
    checkpoints: {
      name: `${name}-checkpoint`,
      subject: checkpoint,
      subjects: [checkpoint, `${checkpoint}.>`]
    }
  }
}

/** What is needed of each of them, so that what was acknowledged stays until it is trimmed. */
const needed = {
  retention: "limits",
  storage: "file",
  discard: "new",
  max_age: 0,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  max_msg_size: -1,
  no_ack: false,
  deny_purge: false,
  sealed: false
} as const satisfies Partial<StreamConfig>

/** What they may not have: it fills or changes them. */
const unwanted = { mirror: undefined, sources: undefined, subject_transform: undefined }

/** How large the streams are, where they are made. */
export type StreamSize = Pick<StreamConfig, "num_replicas" | "max_bytes">

/** The stream of the entries, as the brokers have it. */
export interface Opened {
  readonly info: StreamInfo
  readonly isNew: boolean
}

/** Makes the streams of a log that are not there. Those that are stay as they are; fails if one cannot be used. */
export const openStreams = (
  client: NatsClient,
  name: string,
  size: StreamSize
): Effect.Effect<Opened, LogError> =>
  patiently(
    "the brokers cannot keep the log yet",
    Effect.gen(function* () {
      const { checkpoints, entries } = streamsOf(name)
      const found = yield* find(client, entries)
      if (found !== undefined) yield* assertEntries(client, found)
      const foundCheckpoints = yield* find(client, checkpoints)
      const opened = found === undefined ? yield* add(client, entries, size) : { info: found, isNew: false }
      if (foundCheckpoints === undefined) yield* add(client, checkpoints, size)
      return opened
    })
  )

/** Finds the streams of a log; fails if there are none. */
export const findStreams = (client: NatsClient, name: string): Effect.Effect<Opened, LogError> =>
  Effect.gen(function* () {
    const { checkpoints, entries } = streamsOf(name)
    const info = yield* find(client, entries)
    if (info === undefined || (yield* find(client, checkpoints)) === undefined)
      return yield* new LogError({
        reason: "refused",
        detail: `the brokers keep no chat under this --store-name: ${name}`
      })
    return { info, isNew: false }
  })

/** The stream, if there is one of this name; fails if that is not one of a log. */
const find = (client: NatsClient, wanted: Wanted): Effect.Effect<StreamInfo | undefined, LogError> =>
  Effect.flatMap(
    nats(() => infoOf(client, wanted.name)),
    (info) => {
      const failure = info && misfit(info, wanted)
      return failure === undefined ? Effect.succeed(info) : Effect.fail(new LogError(failure))
    }
  )

/** Fails if the first message of a stream is no entry. */
const assertEntries = (
  { manager }: NatsClient,
  { config: { name }, state }: StreamInfo
): Effect.Effect<unknown, LogError> =>
  state.messages === 0
    ? Effect.void
    : Effect.flatMap(
        nats(() => manager.streams.getMessage(name, { seq: state.first_seq })),
        (message) => (message === null ? Effect.void : entryIn(name, message))
      ).pipe(
        // it is one, and what cannot be read comes to light where it is needed: in a checkpoint, perhaps
        Effect.catchIf(
          ({ reason }) => reason === "newer",
          () => Effect.void
        )
      )

const add = (client: NatsClient, wanted: Wanted, size: StreamSize): Effect.Effect<Opened, LogError> => {
  const { name, subjects } = wanted
  const config = { ...needed, ...size, name, subjects: [...subjects], allow_direct: false }
  return Effect.catch(
    Effect.map(
      nats(() => client.manager.streams.add(config)),
      (info) => ({ info, isNew: true })
    ),
    // two nodes may make it at the same time
    (error) =>
      Effect.flatMap(find(client, wanted), (info) =>
        info === undefined ? Effect.fail(error) : Effect.succeed({ info, isNew: false })
      )
  )
}

/** What the brokers tell of a stream, if there is one of this name. */
export const infoOf = ({ manager }: NatsClient, name: string): Promise<StreamInfo | undefined> =>
  manager.streams.info(name).catch((error: unknown) => {
    if (!isNotFound(error)) throw error
    return undefined
  })

/** What is wrong with a stream that is used, if anything: its settings may be changed at any time. */
export const misfitNow = (info: StreamInfo): Failure | undefined =>
  misfit(info, streamsOf(info.config.name).entries)

/** Why a stream cannot be used, if so: it is of something else, or would lose what has to stay. */
const misfit = ({ config }: StreamInfo, { name, subjects }: Wanted): Failure | undefined => {
  const wrong = Object.entries({ ...needed, ...unwanted, subjects }).flatMap(([key, value]) => {
    const has = textOf(config[key as keyof StreamConfig] ?? (key === "subjects" ? [] : value))
    return has === textOf(value) ? [] : [`${key} is ${has}, not ${textOf(value)}`]
  })
  if (wrong.length === 0) return undefined
  const detail = `the stream ${name} of the brokers is not one of palabre, or its settings were changed (${wrong.join("; ")}): choose another --store-name, or mend it (nats stream edit ${name})`
  return { reason: "refused", detail }
}

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.join(" ") || "none" : JSON.stringify(value ?? "none")
