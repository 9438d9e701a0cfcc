import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import type { Chat } from "./Chat.ts"
import { stallHandshake } from "./HandshakeStall.ts"
import type { Episode, Disconnect, HostileAct } from "./Episode.ts"
import { burden, endless, slowReader } from "./Greedy.ts"
import { type CannotConnect, writePieces } from "./Sockets.ts"
import { cut } from "./Traffic.ts"
import type { Violation } from "./Violation.ts"
import { answerMillisMax, line, notAsDue, until, type Visit, visit, visitTogether } from "./Visit.ts"

/** Plays the n-th episode of a client; its connections are closed when it is over. */
export const playEpisode = (
  chat: Chat,
  who: string,
  n: number,
  episode: Episode
): Effect.Effect<void, Violation | CannotConnect> => {
  switch (episode.kind) {
    case "alone":
      return alone(chat, who, episode.acts, episode.disconnect)
    case "storm":
      return storm(chat, `${who} storm ${n}`, episode)
    case "crowd":
      return crowd(chat, `${who} crowd ${n}`, episode)
    case "burden":
      return burden(chat, `${who} burden ${n}`, episode)
    case "endless":
      return endless(chat, `${who} endless ${n}`, episode)
    case "slow-reader":
      return slowReader(chat, `${who} slow reader ${n}`, episode)
    case "handshake-stall":
      return stallHandshake(chat.address, episode.way, episode.millis)
  }
}

const alone = Effect.fnUntraced(function* (
  chat: Chat,
  who: string,
  acts: ReadonlyArray<HostileAct>,
  disconnect: Disconnect
) {
  const at = yield* visit(chat, who)
  for (const act of acts) {
    if (at.socket.destroyed) break
    yield* misbehave(chat, at.socket, act)
  }
  yield* disconnectAs(at, disconnect)
}, Effect.scoped)

const misbehave = (chat: Chat, socket: Socket, act: HostileAct): Effect.Effect<void> => {
  switch (act.does) {
    case "write":
      chat.totals.hostileBytes += act.bytes.length
      return writePieces(socket, cut(act.bytes, act.cuts))
    case "wait":
      return Effect.sleep(act.millis)
    case "stopReading":
      return Effect.sync(() => socket.pause())
    case "readAgain":
      return Effect.sync(() => socket.resume())
    case "halfClose":
      return Effect.sync(() => socket.end())
  }
}

/** Leaves in one of the ways; what is left of the connection is reset later. */
const disconnectAs = (at: Visit, disconnect: Disconnect): Effect.Effect<void> => {
  const { socket } = at
  switch (disconnect.by) {
    case "rst":
      return Effect.void
    case "fin":
      socket.resume()
      socket.end()
      return until(at, LEAVE_MILLIS_MAX, () => socket.closed)
    case "waiting":
      socket.resume()
      return until(at, disconnect.millis, () => socket.closed)
    case "freezing":
      socket.pause()
      return Effect.sleep(disconnect.millis)
  }
}

/** Asks for one name on many connections at the same moment: exactly one gets it (LOGIN-4). */
const storm = Effect.fnUntraced(function* (chat: Chat, username: string, { disconnects, size }: Together) {
  const visits = yield* visitTogether(chat, username, size)
  for (const { socket } of visits) socket.write(line({ type: "login", username }))
  for (const at of visits)
    yield* until(at, answerMillisMax, () => at.answers.success + at.answers.error > 0 || at.socket.closed)
  const granted = visits.filter(({ answers }) => answers.success > 0).length
  if (granted !== 1)
    return yield* notAsDue("LOGIN-4", username, `one of ${size} logins succeeds`, `${granted} succeeded`)
  return yield* disconnectAll(visits, disconnects)
}, Effect.scoped)

/** Logs a crowd in, each of which says something (LOGIN-1, MSG-2). */
const crowd = Effect.fnUntraced(function* (
  chat: Chat,
  who: string,
  { disconnects, size, watches }: Together & { readonly watches: boolean }
) {
  const visits = yield* visitTogether(chat, who, size)
  const features = watches ? ["presence"] : []
  for (const [i, { socket }] of visits.entries())
    socket.write(
      line({ type: "login", username: `${who} ${i}`, features }) +
        line({ type: "message", content: `I am ${i}` })
    )
  for (const at of visits)
    yield* until(at, answerMillisMax, () => at.answers.success === 2 || at.socket.closed)
  const welcome = visits.filter(({ answers }) => answers.success === 2).length
  if (welcome < size)
    return yield* notAsDue("LOGIN-1", who, `${size} can log in and speak`, `${welcome} could`)
  return yield* disconnectAll(visits, disconnects)
}, Effect.scoped)

type Together = Pick<Extract<Episode, { kind: "storm" }>, "disconnects" | "size">

const disconnectAll = (
  visits: ReadonlyArray<Visit>,
  disconnects: ReadonlyArray<Disconnect>
): Effect.Effect<void> =>
  Effect.forEach(visits, (at, i) => disconnectAs(at, disconnects[i % disconnects.length]!), {
    concurrency: "unbounded",
    discard: true
  })

const LEAVE_MILLIS_MAX = 5_000
