import type { ConsumerMessages, JsMsg, StreamInfo } from "@nats-io/jetstream"
import { isReadonlyArrayNonEmpty } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Failure, forgot, trimmed } from "./Failure.ts"
import { type Extent, extentIn, isMark } from "./JetStreamEnd.ts"
import { entryIn, entryOf, withoutIt } from "./JetStreamMessage.ts"
import { infoOf, misfitNow } from "./JetStreamStreams.ts"
import type { Deliver, Log, Logged, Position } from "./Log.ts"
import { LogError } from "./LogError.ts"
import { logErrorOf, nats, type NatsClient } from "./NatsClient.ts"

type Follow = Log["Service"]["follow"]

/**
 * Follows a stream by a consumer, made anew after the last entry whenever the connection is another, and looks at the
 * stream itself several times a second: it may have been removed, made anew, or have lost its end.
 */
export const makeFollow = Effect.fnUntraced(function* (
  client: NatsClient,
  stream: StreamInfo,
  certainExtent: Effect.Effect<Extent, LogError>
): Effect.fn.Return<Follow, never, Scope.Scope> {
  const messagesAfter = yield* makeConsumers(client, stream.config.name)
  return (after, deliver) =>
    Effect.suspend(() => {
      const follower = new Follower(after, deliver)
      const look = lookAt(client, stream, follower, certainExtent)
      const read = Effect.scoped(
        Effect.flatMap(
          messagesAfter(() => follower.at),
          readInto(stream.config.name, follower, assertHas(client, stream.config.name, look, certainExtent))
        )
      )
      const looking = Effect.forever(Effect.andThen(Effect.sleep(LOOK_MILLIS), look))
      return Effect.andThen(look, Effect.raceFirst(Effect.forever(untilItAnswers(read)), looking))
    })
})

/** How far somebody has read, and by which consumer. */
class Follower {
  at: Position
  /** The last one that was read. */
  read: Logged | undefined
  readonly #deliver: Deliver
  #isDelivering = false
  #messages: ConsumerMessages | undefined
  /** Looks in a row that found more in the stream than has come, while nothing came. */
  #looksBehind = 0
  #lookedAt = 0

  constructor(at: Position, deliver: Deliver) {
    this.at = at
    this.#deliver = deliver
  }

  reads(messages: ConsumerMessages): void {
    this.#messages = messages
    this.#looksBehind = 0
  }

  /** Takes entries that follow each other, from the next one on. */
  takes(logged: ReadonlyArray<Logged>): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.at += logged.length
      const delivered = logged.filter(({ entry }) => !isMark(entry))
      if (!isReadonlyArrayNonEmpty(delivered)) return Effect.void
      this.read = delivered.at(-1)
      this.#isDelivering = true
      const done = Effect.sync(() => {
        this.#isDelivering = false
      })
      return Effect.ensuring(this.#deliver(delivered), done)
    }).pipe(Effect.uninterruptible)
  }

  /**
   * The stream has entries up to a position. A consumer lives on one broker: where that is gone, it says nothing any more, and
   * another one is made.
   */
  noticed(last: Position): void {
    const isBehind = last > this.at && this.at === this.#lookedAt && !this.#isDelivering
    this.#looksBehind = isBehind ? this.#looksBehind + 1 : 0
    this.#lookedAt = this.at
    if (this.#looksBehind === LOOKS_MAX) this.#messages?.stop()
  }
}

/** What a consumer has given and nobody has read yet. */
type Arrived = Queue.Queue<JsMsg, LogError | Cause.Done>

interface Reading {
  readonly messages: ConsumerMessages
  readonly arrived: Arrived
  /** Bytes of what has arrived and waits, roughly. */
  bytes: number
}

/** Makes consumers of a stream, each for as long as the connection is the same. */
const makeConsumers = Effect.fnUntraced(function* ({ connection, jetstream }: NatsClient, name: string) {
  const open = new Set<ConsumerMessages>()
  // one that is left to itself needs seconds to hear again
  yield* Stream.fromAsyncIterable(connection.status(), logErrorOf).pipe(
    Stream.filter(({ type }) => type === "reconnect"),
    Stream.runForEach(() =>
      Effect.sync(() => {
        for (const messages of open) messages.stop()
      })
    ),
    Effect.ignore,
    Effect.forkScoped
  )
  const make = async (at: Position, arrived: Arrived): Promise<Reading> => {
    const consumer = await jetstream.consumers.get(name, {
      deliver_policy: "by_start_sequence",
      opt_start_seq: at + 1,
      inactive_threshold: INACTIVE_MILLIS
    })
    const messages = await consumer.consume({
      max_messages: 500,
      expires: 5_000,
      idle_heartbeat: 1_000,
      callback: (message) => {
        Queue.offerUnsafe(arrived, message)
        reading.bytes += message.data.length + MESSAGE_BYTES
        // nothing else holds a consumer back; what it has not given is read by the next one
        if (reading.bytes > ARRIVED_BYTES_MAX) messages.stop()
      }
    })
    const reading = { messages, arrived, bytes: 0 }
    open.add(messages)
    void messages.closed().then((error) => {
      open.delete(messages)
      if (error === undefined) Queue.endUnsafe(arrived)
      else Queue.failCauseUnsafe(arrived, Cause.fail(logErrorOf(error)))
    })
    return reading
  }
  return Effect.fnUntraced(function* (at: () => Position) {
    const arrived: Arrived = yield* Queue.unbounded<JsMsg, LogError | Cause.Done>()
    return yield* Effect.acquireRelease(
      nats(() => make(at(), arrived)),
      ({ messages }) => Effect.sync(() => messages.stop())
    )
  })
})

/**
 * Delivers messages until there are no more of these, all at once that have come; fails where one is missing, with `lacking`
 * if it is gone.
 */
const readInto =
  (name: string, follower: Follower, assertHas: (position: Position) => Effect.Effect<void, LogError>) =>
  (reading: Reading): Effect.Effect<void, LogError> => {
    const readAll = (all: ReadonlyArray<JsMsg>): Effect.Effect<void, LogError> => {
      reading.bytes = 0
      const logged: Array<Logged> = []
      let rest: Effect.Effect<void, LogError> = Effect.void
      for (const message of all) {
        const next = follower.at + 1 + logged.length
        if (message.seq < next) continue
        const found = message.seq === next ? entryOf(name, message) : gap
        if (Result.isSuccess(found)) logged.push(found.success)
        else {
          const failed = Effect.fail(found.failure)
          rest = found === gap ? Effect.andThen(assertHas(next), failed) : failed
          break
        }
      }
      return Effect.andThen(follower.takes(logged), rest)
    }
    follower.reads(reading.messages)
    const all = Effect.forever(Effect.flatMap(Queue.takeAll(reading.arrived), readAll))
    return Pull.catchDone(all, () => Effect.void)
  }

/**
 * Fails where an entry is gone. A consumer may be on a broker that has lost sight of one and is still to get it from the
 * others, so it is asked for by its number, several times.
 */
const assertHas =
  (
    { manager }: NatsClient,
    name: string,
    look: Effect.Effect<void, LogError>,
    certainExtent: Effect.Effect<Extent, LogError>
  ) =>
  (position: Position): Effect.Effect<void, LogError> =>
    Effect.gen(function* () {
      const find = untilItAnswers(nats(() => manager.streams.getMessage(name, { seq: position })))
      for (let looks = 1; ; looks++) {
        if (looks === LOOKS_MAX) yield* untilItAnswers(certainExtent)
        if ((yield* find) !== null) return
        yield* look
        if (looks === LOOKS_MAX) return yield* new LogError(lacking(name, position))
        yield* Effect.sleep(LOOK_MILLIS)
      }
    })

/**
 * Fails where the stream has not what the follower has read, or not what it is to read next. A broker that has just
 * become the leader may not know all yet, so it is asked several times, and then for certain.
 */
const lookAt = (
  client: NatsClient,
  { config: { name }, created }: StreamInfo,
  follower: Follower,
  certainExtent: Effect.Effect<Extent, LogError>
) => {
  let told: string | undefined
  const find: Effect.Effect<Extent | undefined, LogError> = Effect.gen(function* () {
    const found = yield* nats(() => infoOf(client, name))
    if (found?.created !== created) return undefined
    const reason = misfitNow(found)?.detail
    if (reason !== told) {
      told = reason
      if (reason !== undefined)
        yield* Effect.logWarning("the log may lose entries, and no server will start on it").pipe(
          Effect.annotateLogs({ reason })
        )
    }
    return extentIn(found)
  })
  return Effect.gen(function* () {
    /** What was read before anything was odd. */
    let doubted: Logged | undefined
    for (let looks = 1; ; looks++) {
      const isLastLook = looks === LOOKS_MAX
      const { at, read } = follower
      const doubt = Effect.sync(() => {
        doubted ??= read
      })
      let extent = yield* untilItAnswers(Effect.tapError(find, () => doubt))
      if (extent !== undefined) follower.noticed(extent.last)
      if (extent !== undefined && extent.last < at) {
        yield* doubt
        if (isLastLook) extent = yield* untilItAnswers(certainExtent)
      }
      const failure = extent === undefined ? exchanged(name) : missing(extent, at)
      if (failure === undefined) return doubted && (yield* assertSame(client, name, doubted, certainExtent))
      if (isLastLook) return yield* new LogError(failure)
      yield* Effect.sleep(LOOK_MILLIS)
    }
  })
}

/**
 * Fails where the stream has another entry in the place of one that was read: brokers that lost the end of it
 * give its numbers to others.
 */
const assertSame = Effect.fnUntraced(function* (
  { manager }: NatsClient,
  name: string,
  { entry, position }: Logged,
  certainExtent: Effect.Effect<Extent, LogError>
) {
  const find = untilItAnswers(nats(() => manager.streams.getMessage(name, { seq: position })))
  let message = yield* find
  if (message === null) {
    const { first } = yield* untilItAnswers(certainExtent)
    if (position < first) return
    message = yield* find
  }
  const found = message === null ? undefined : yield* entryIn(name, message)
  if (found?.entry.node !== entry.node || found.entry.n !== entry.n)
    return yield* new LogError(replaced(position))
})

/** What a follower has read, or is to read next, that is not in the stream. */
const missing = ({ first, last }: Extent, at: Position): Failure | undefined => {
  if (last < at) return forgot(at, last)
  return first > at + 1 ? trimmed(at, first) : undefined
}

const untilItAnswers = <A>(effect: Effect.Effect<A, LogError>): Effect.Effect<A, LogError> =>
  Effect.retry(effect, { schedule: Schedule.spaced(LOOK_MILLIS), while: ({ isRetryable }) => isRetryable })

const exchanged = (name: string): Failure => ({
  reason: "forgot",
  detail: `the stream ${name} was removed or made anew`
})

/** Read again from there. */
const gap = Result.fail(new LogError({ reason: "unavailable", detail: "a broker passed over an entry" }))

const replaced = (position: Position): Failure => ({
  reason: "forgot",
  detail: `entry ${position} of the log is gone, or another one`
})

const lacking = (name: string, position: Position): Failure => ({
  reason: "lacking",
  detail: `entry ${position} of the log is gone: ${withoutIt(name, position)}`
})

const LOOK_MILLIS = 300
const LOOKS_MAX = 3
const INACTIVE_MILLIS = 30_000
/** The most bytes of messages that have come and are not taken yet, but for those of one read. */
const ARRIVED_BYTES_MAX = 4 * 1024 * 1024
/** Bytes of a message that are not its text, roughly. */
const MESSAGE_BYTES = 300
