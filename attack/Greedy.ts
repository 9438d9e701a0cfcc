import * as Effect from "effect/Effect"
import { mebibytes } from "./Bounds.ts"
import type { Chat } from "./Chat.ts"
import type { Kind } from "./Episode.ts"
import { connect, connectTogether, together } from "./HostileConnection.ts"
import { patienceMillis } from "./Bounds.ts"
import { answerMillisMax, line, type RawConnection } from "./RawConnection.ts"
import { violation } from "./Violation.ts"

/** Asks for the same on many connections at one moment; a delay shows in the replies of the conforming clients. */
export const burden = Effect.fnUntraced(function* (chat: Chat, who: string, { size, text }: Kind<"burden">) {
  const connections = yield* connectTogether(chat, who, size)
  yield* together(connections, (each, i) => {
    chat.totals.hostileBytes += Buffer.byteLength(text)
    return i % 2 === 0
      ? each.send({ type: "login", username: text })
      : each.send(
          { type: "login", username: `${who} ${i}` },
          { type: "message", username: text, content: "x" }
        )
  })
  yield* together(connections, (each) =>
    each.until(answerMillisMax, () => each.replies.error > 0 || each.replies.success > 1)
  )
}, Effect.scoped)

/** Sends an object without end: the reply that it is too large, or the end of the connection, comes long before (FRAME-5). */
export const endless = Effect.fnUntraced(function* (
  chat: Chat,
  who: string,
  { start, unit }: Kind<"endless">
) {
  const connection = yield* connect(chat, who)
  if (!(yield* logIn(connection, who))) return
  const { wire } = connection
  const isStopped = () => connection.replies.error > 0 || connection.isOver
  const piece = Buffer.from(unit.repeat(PIECE_BYTES / Buffer.byteLength(unit)))
  let bytes = 0
  const writePiece = Effect.suspend(() => {
    bytes += piece.length
    return wire.writeNow(piece)
  })
  yield* wire.writeNow(Buffer.from(start))
  yield* Effect.repeat(writePiece, { until: () => bytes >= ENDLESS_BYTES || isStopped() }).pipe(
    Effect.timeoutOption(answerMillisMax)
  )
  chat.totals.hostileBytes += bytes
  yield* connection.until(patienceMillis, isStopped) // it was due at the first of all those bytes
  if (!isStopped()) {
    const received = `neither after an object of ${mebibytes(bytes)}`
    return yield* violation("FRAME-5", who, "too_large, or the end of the connection", received)
  }
}, Effect.scoped)

/**
 * Reads nothing: the server ends the connection before what waits for it has grown without bound, and takes the name off
 * the list (MSG-10).
 */
export const slowReader = (chat: Chat, who: string, { bytes }: Kind<"slow-reader">) =>
  chat.floodPermit.withPermit(
    Effect.gen(function* () {
      const [listener, speaker] = [yield* connect(chat, who), yield* connect(chat, who)]
      if (!(yield* logIn(listener, who)) || !(yield* logIn(speaker, `${who}, speaker`))) return
      listener.wire.pause()
      const messages = Math.ceil(PORTION_BYTES / bytes)
      const message = line({ type: "message", content: "x".repeat(bytes) })
      const portion = Buffer.from(message.repeat(messages) + line({ type: "list" }))
      let said = 0
      do {
        const due = speaker.replies.success + messages + 1
        yield* speaker.wire.writeNow(portion)
        said += portion.length
        yield* speaker.until(answerMillisMax, () => speaker.replies.success >= due)
        if (speaker.replies.success < due) return // others tell what became of the server
      } while (speaker.users.includes(who) && said < SLOW_READER_BYTES_MAX)
      chat.totals.hostileBytes += said
      if (speaker.users.includes(who)) {
        const received = `${mebibytes(said)} kept for it`
        return yield* violation("MSG-10", who, "slow_consumer for a client that reads nothing", received)
      }
    }).pipe(Effect.scoped)
  )

/** Reads a megabyte a second while others speak as fast as they may: that never costs it its place (MSG-10). */
export const steadyReader = (chat: Chat, who: string, { bytes, millis }: Kind<"steady-reader">) =>
  chat.floodPermit.withPermit(
    Effect.gen(function* () {
      const [reader, ...speakers] = yield* connectTogether(chat, who, 1 + STEADY_SPEAKERS)
      if (!(yield* logIn(reader!, who))) return
      for (const [i, speaker] of speakers.entries())
        if (!(yield* logIn(speaker, `${who}, speaker ${i}`))) return
      const message = line({ type: "message", content: "x".repeat(bytes) })
      const portion = Buffer.from(message.repeat(Math.ceil(PORTION_BYTES / bytes)))
      const count = Effect.sync(() => {
        chat.totals.hostileBytes += portion.length
      })
      const speaking = together(speakers, (each) =>
        Effect.repeat(Effect.andThen(count, each.wire.writeNow(portion)), { until: () => each.isOver })
      )
      yield* Effect.raceFirst(Effect.timeoutOption(speaking, millis), readSteadily(reader!))
      reader!.wire.resume()
      yield* reader!.send({ type: "ping" })
      yield* reader!.until(answerMillisMax, () => reader!.replies.success > 1)
      if (reader!.isOver) {
        const received = String(reader!.last?.code ?? "its end")
        return yield* violation("MSG-10", who, "a reader of 1 MB/s keeps its place", received)
      }
    }).pipe(Effect.scoped)
  )

/** Takes a portion, then pauses for the rest of the time that it is worth; done once the connection is over. */
const readSteadily = Effect.fnUntraced(function* (reader: RawConnection) {
  while (!reader.isOver) {
    const enough = reader.characters + STEADY_PORTION
    reader.wire.resume()
    yield* reader.until(answerMillisMax, () => reader.characters >= enough)
    reader.wire.pause()
    yield* Effect.sleep((STEADY_PORTION / STEADY_BYTES_PER_SECOND) * 1_000)
  }
})

const STEADY_SPEAKERS = 5
const STEADY_BYTES_PER_SECOND = 1_000_000

/** As much as one read takes. */
const STEADY_PORTION = 65_536

const logIn = (connection: RawConnection, username: string): Effect.Effect<boolean> =>
  connection.send({ type: "login", username }).pipe(
    Effect.andThen(connection.until(answerMillisMax, () => connection.isAnswered)),
    Effect.map(() => connection.replies.success > 0)
  )

const PIECE_BYTES = 65_536

/** Far more than --max-frame, and than a server may take into its memory before it looks. */
const ENDLESS_BYTES = 32 * 2 ** 20

/** Bytes said before the next look at the list: no more than others read in one turn. */
const PORTION_BYTES = 60_000

/** More than --max-outbox and what the system keeps for a connection, in both directions. */
const SLOW_READER_BYTES_MAX = 48 * 2 ** 20
