import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Failure } from "./Failure.ts"
import type { Extent } from "./JetStreamEnd.ts"
import type { Checkpoint, Log, Unsaved } from "./Log.ts"
import { LogError } from "./LogError.ts"
import { streamsOf } from "./JetStreamStreams.ts"
import { nats, type NatsClient, purge } from "./NatsClient.ts"

/** What says which pieces are the checkpoint. */
interface Mark {
  readonly position: number
  readonly pieces: number
  /** The position that the pieces were saved for. */
  readonly from: number
  /** When the stream of the entries was made: a checkpoint of another one does not count. */
  readonly of: string
}

/** The checkpoints of a log. */
interface Checkpoints extends Pick<Log["Service"], "save" | "saved"> {
  /**
   * Puts the newest checkpoint where a log goes on that has lost entries up to its position, or some that follow it; true if
   * it did, so that the log does not continue. Otherwise no node could ever begin again. Fails as long as a node appends that
   * knows what was lost.
   */
  readonly mend: Effect.Effect<boolean, LogError>
}

/**
 * The newest checkpoint in a stream of its own: a message for each piece, and one that is written last and says that
 * they are complete. Nodes may save at the same time: only one of them can put its mark after the one that it read.
 */
export const checkpoints = (
  client: NatsClient,
  name: string,
  of: string,
  extent: Effect.Effect<Extent, LogError>,
  certainExtent: Effect.Effect<Extent, LogError>
): Checkpoints => {
  const { jetstream, manager } = client
  const { name: stream, subject } = streamsOf(name).checkpoints
  const lastOf = (subject: string) =>
    nats(() => manager.streams.getMessage(stream, { last_by_subj: subject }))
  const put = (subject: string, text: string, options = {}) =>
    nats(() => jetstream.publish(subject, text, options))
  const pieceSubject = (position: number, i: number) => `${subject}.${position}.${i}`
  const mark = Effect.map(lastOf(subject), (message) => {
    const none = { sequence: message?.seq ?? 0, position: 0, pieces: 0, from: 0, of }
    const found = message?.json<Mark>()
    return found?.of === of ? { ...none, ...found } : none
  })
  const complete = (mark: Mark, sequence: number) =>
    put(subject, JSON.stringify(mark), { expect: { lastSubjectSequence: sequence } })

  const save = ({ pieces, position }: Unsaved): Effect.Effect<void, LogError> =>
    Effect.gen(function* () {
      const older = yield* mark
      if (older.position >= position) return
      let first = Number.POSITIVE_INFINITY
      let i = 0
      for (const piece of pieces) {
        const { seq } = yield* put(pieceSubject(position, i++), piece)
        first = Math.min(first, seq)
      }
      const { seq } = yield* complete({ position, pieces: i, from: position, of }, older.sequence)
      yield* purge(client, stream, Math.min(first, seq))
    })

  const saved: Effect.Effect<Option.Option<Checkpoint>, LogError> = Effect.gen(function* () {
    const { from, pieces: count, position } = yield* mark
    if (position === 0) return Option.none()
    const pieces: Array<string> = []
    for (let i = 0; i < count; i++) {
      const message = yield* lastOf(pieceSubject(from, i))
      if (message === null) return yield* saved // a newer one has taken its place meanwhile
      pieces.push(message.string())
    }
    return Option.some({ position, pieces })
  })

  const mend = Effect.gen(function* () {
    const { sequence, ...newest } = yield* mark
    const before = yield* extent
    if (goesOnAt(before, newest) === newest.position) return false
    // who has read what is gone goes on from there: to begin elsewhere beside them would be another chat
    yield* Effect.sleep(QUIET_MILLIS)
    if ((yield* extent).last !== before.last) return yield* new LogError(inUse)
    const position = goesOnAt(yield* certainExtent, newest)
    if (position === newest.position) return false
    yield* complete({ ...newest, position }, sequence)
    return true
  })

  return { save, saved, mend }
}

const inUse: Failure = {
  reason: "unavailable",
  detail:
    "the log lacks entries, and other servers go on that have read them: end those, or wait until they have written the state anew"
}

/** A node that lives shows a sign of life twice in this time. */
const QUIET_MILLIS = 1_000

/** The position of a checkpoint after which the log has all that follows it. */
const goesOnAt = ({ first, last }: Extent, { position }: Pick<Mark, "position">): number =>
  Math.max(first - 1, Math.min(last, position))
