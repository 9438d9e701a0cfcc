import * as Effect from "effect/Effect"
import type { Chat } from "./Chat.ts"
import type { Episode } from "./Episode.ts"
import { patienceMillis } from "./Patience.ts"
import { pour } from "./Sockets.ts"
import { answerMillisMax, line, notAsDue, until, type Visit, visit, visitTogether } from "./Visit.ts"

type Kind<Name extends Episode["kind"]> = Extract<Episode, { readonly kind: Name }>

/** Asks for the same on many connections at one moment; a delay shows in the replies of the conforming clients. */
export const burden = Effect.fnUntraced(function* (chat: Chat, who: string, { size, text }: Kind<"burden">) {
  const visits = yield* visitTogether(chat, who, size)
  for (const [i, { socket }] of visits.entries()) {
    const claims = i % 2 === 0
    const requests = claims
      ? line({ type: "login", username: text })
      : line({ type: "login", username: `${who} ${i}` }) +
        line({ type: "message", username: text, content: "x" })
    chat.totals.hostileBytes += Buffer.byteLength(requests)
    socket.write(requests)
  }
  for (const at of visits)
    yield* until(
      at,
      answerMillisMax,
      () => at.answers.error > 0 || at.answers.success > 1 || at.socket.closed
    )
}, Effect.scoped)

/** Sends an object without end: the reply that it is too large, or the end of the connection, comes long before (FRAME-5). */
export const endless = Effect.fnUntraced(function* (
  chat: Chat,
  who: string,
  { start, unit }: Kind<"endless">
) {
  const at = yield* visit(chat, who)
  if (!(yield* logIn(at, who))) return
  const { socket } = at
  const hasEnd = () => at.answers.error > 0 || socket.readableEnded || socket.closed
  socket.write(start)
  const piece = Buffer.from(unit.repeat(PIECE_BYTES / Buffer.byteLength(unit)))
  yield* Effect.timeoutOption(pour(socket, piece, ENDLESS_BYTES, hasEnd), answerMillisMax)
  chat.totals.hostileBytes += socket.bytesWritten
  yield* until(at, patienceMillis, hasEnd) // it was due at the first of all those bytes
  if (!hasEnd())
    return yield* notAsDue(
      "FRAME-5",
      who,
      "too_large, or the end of the connection",
      `neither after an object of ${mebibytes(socket.bytesWritten)}`
    )
}, Effect.scoped)

/** Reads nothing: the server ends the connection before what waits for it has grown without bound, and takes the name off the list (MSG-10). */
export const slowReader = (chat: Chat, who: string, episode: Kind<"slow-reader">) =>
  chat.floodPermit.withPermit(slowReaderAlone(chat, who, episode))

const slowReaderAlone = Effect.fnUntraced(function* (
  chat: Chat,
  who: string,
  { bytes }: Kind<"slow-reader">
) {
  const [listener, speaker] = [yield* visit(chat, who), yield* visit(chat, who)]
  if (!(yield* logIn(listener, who)) || !(yield* logIn(speaker, `${who}, speaker`))) return
  listener.socket.pause()
  const message = line({ type: "message", content: "x".repeat(bytes) })
  const portion = message.repeat(Math.ceil(PORTION_BYTES / bytes)) + line({ type: "list" })
  const replies = portion.split("\n").length - 1
  let said = 0
  do {
    const due = speaker.answers.success + replies
    speaker.socket.write(portion)
    said += portion.length
    yield* until(speaker, answerMillisMax, () => speaker.answers.success >= due || speaker.socket.closed)
    if (speaker.answers.success < due) return // others tell what became of the server
  } while (speaker.users.includes(who) && said < SLOW_READER_BYTES_MAX)
  chat.totals.hostileBytes += said
  if (speaker.users.includes(who))
    return yield* notAsDue(
      "MSG-10",
      who,
      "slow_consumer for a client that reads nothing",
      `${mebibytes(said)} kept for it`
    )
}, Effect.scoped)

const logIn = (at: Visit, username: string): Effect.Effect<boolean> => {
  at.socket.write(line({ type: "login", username }))
  const isAnswered = () => at.answers.success + at.answers.error > 0 || at.socket.closed
  return Effect.map(until(at, answerMillisMax, isAnswered), () => at.answers.success > 0)
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`

const PIECE_BYTES = 65_536

/** Far more than --max-frame, and than a server may take into its memory before it looks. */
const ENDLESS_BYTES = 32 * 2 ** 20

/** Bytes said before the next look at the list: no more than others read in one turn. */
const PORTION_BYTES = 60_000

/** More than --max-outbox and what the system keeps for a connection, in both directions. */
const SLOW_READER_BYTES_MAX = 48 * 2 ** 20
