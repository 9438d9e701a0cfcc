import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Checkpoint, Log, Unsaved } from "./Log.ts"
import type { LogError } from "./LogError.ts"
import { nats, type NatsClient, purge } from "./NatsClient.ts"

/** What says which pieces are the checkpoint. */
interface Mark {
  readonly position: number
  readonly pieces: number
}

/**
 * The newest checkpoint in a stream of its own: a message for each piece, and one that is written last and says that
 * they are complete. Nodes may save at the same time: only one of them can put its mark after the one that it read.
 */
export const checkpoints = (
  client: NatsClient,
  stream: string,
  subject: string
): Pick<Log["Service"], "save" | "saved"> => {
  const { jetstream, manager } = client
  const lastOf = (subject: string) =>
    nats(() => manager.streams.getMessage(stream, { last_by_subj: subject }))
  const put = (subject: string, text: string, options = {}) =>
    nats(() => jetstream.publish(subject, text, options))
  const pieceSubject = (position: number, i: number) => `${subject}.${position}.${i}`
  const mark = Effect.map(lastOf(subject), (message) =>
    message === null
      ? { sequence: 0, position: 0, pieces: 0 }
      : { sequence: message.seq, ...message.json<Mark>() }
  )

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
      const complete: Mark = { position, pieces: i }
      const { seq } = yield* put(subject, JSON.stringify(complete), {
        expect: { lastSubjectSequence: older.sequence }
      })
      yield* purge(client, stream, Math.min(first, seq))
    })

  const saved: Effect.Effect<Option.Option<Checkpoint>, LogError> = Effect.gen(function* () {
    const { pieces: count, position } = yield* mark
    if (position === 0) return Option.none()
    const pieces: Array<string> = []
    for (let i = 0; i < count; i++) {
      const message = yield* lastOf(pieceSubject(position, i))
      if (message === null) return yield* saved // a newer one has taken its place meanwhile
      pieces.push(message.string())
    }
    return Option.some({ position, pieces })
  })

  return { save, saved }
}
