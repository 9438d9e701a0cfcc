import * as Effect from "effect/Effect"
import type { ActorConnection, ConnectFailed } from "../harness/stage/ActorConnection.ts"
import type { Chat } from "./Chat.ts"
import type { Disconnect, Episode, HostileAct, Kind } from "./Episode.ts"
import { burden, endless, slowReader, steadyReader } from "./Greedy.ts"
import { stallHandshake } from "./HandshakeStall.ts"
import { connect, connectTogether, together } from "./HostileConnection.ts"
import { misuse } from "./RudeWeb.ts"
import { answerMillisMax, type RawConnection } from "./RawConnection.ts"
import { cut } from "./Traffic.ts"
import { type Violation, violation } from "./Violation.ts"
import { writePieces } from "./Wire.ts"

/** Plays the n-th episode of a client; its connections are closed when it is over. */
export const playEpisode = (
  chat: Chat,
  who: string,
  n: number,
  episode: Episode
): Effect.Effect<void, Violation | ConnectFailed> => {
  switch (episode.kind) {
    case "alone":
      return alone(chat, who, episode)
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
    case "steady-reader":
      return steadyReader(chat, `${who} steady reader ${n}`, episode)
    case "handshake-stall":
      return stallHandshake(chat.address, episode.way, episode.millis)
    case "rude-web":
      return misuse(chat, chat.web!, `${who} rude ${n}`, episode)
  }
}

const alone = Effect.fnUntraced(function* (chat: Chat, who: string, { acts, disconnect }: Kind<"alone">) {
  const connection = yield* connect(chat, who)
  for (const act of acts) {
    if (connection.isOver) break
    yield* misbehave(chat, connection.wire, act)
  }
  yield* disconnectAs(connection, disconnect)
}, Effect.scoped)

const misbehave = (chat: Chat, wire: ActorConnection, act: HostileAct): Effect.Effect<void> => {
  switch (act.does) {
    case "write":
      chat.totals.hostileBytes += act.bytes.length
      return writePieces(wire, cut(act.bytes, act.cuts))
    case "wait":
      return Effect.sleep(act.millis)
    case "stopReading":
      return Effect.sync(() => wire.pause())
    case "readAgain":
      return Effect.sync(() => wire.resume())
    case "halfClose":
      return Effect.sync(() => wire.halfClose())
  }
}

/** Leaves in one of the ways; what is left of the connection is reset later. */
const disconnectAs = (connection: RawConnection, disconnect: Disconnect): Effect.Effect<void> => {
  const { wire } = connection
  switch (disconnect.by) {
    case "rst":
      return Effect.void
    case "fin":
      wire.resume()
      wire.halfClose()
      return connection.until(LEAVE_MILLIS_MAX, () => false)
    case "waiting":
      wire.resume()
      return connection.until(disconnect.millis, () => false)
    case "freezing":
      wire.pause()
      return Effect.sleep(disconnect.millis)
  }
}

/** Asks for one name on many connections at the same moment: exactly one gets it (LOGIN-4). */
const storm = Effect.fnUntraced(function* (
  chat: Chat,
  username: string,
  { disconnects, size }: Kind<"storm">
) {
  const connections = yield* connectTogether(chat, username, size)
  yield* together(connections, (each) => each.send({ type: "login", username }))
  yield* together(connections, (each) => each.until(answerMillisMax, () => each.isAnswered))
  const granted = connections.filter(({ replies }) => replies.success > 0).length
  if (granted !== 1)
    return yield* violation("LOGIN-4", username, `one of ${size} logins succeeds`, `${granted} succeeded`)
  return yield* disconnectAll(connections, disconnects)
}, Effect.scoped)

/** Logs a crowd in, each of which says something (LOGIN-1, MSG-2). */
const crowd = Effect.fnUntraced(function* (
  chat: Chat,
  who: string,
  { disconnects, size, watches }: Kind<"crowd">
) {
  const connections = yield* connectTogether(chat, who, size)
  const features = watches ? ["presence"] : []
  yield* together(connections, (each, i) =>
    each.send({ type: "login", username: `${who} ${i}`, features }, { type: "message", content: `I am ${i}` })
  )
  yield* together(connections, (each) => each.until(answerMillisMax, () => each.replies.success === 2))
  const welcome = connections.filter(({ replies }) => replies.success === 2).length
  if (welcome < size)
    return yield* violation("LOGIN-1", who, `${size} can log in and speak`, `${welcome} could`)
  return yield* disconnectAll(connections, disconnects)
}, Effect.scoped)

const disconnectAll = (
  connections: ReadonlyArray<RawConnection>,
  disconnects: ReadonlyArray<Disconnect>
): Effect.Effect<void> =>
  together(connections, (each, i) => disconnectAs(each, disconnects[i % disconnects.length]!))

const LEAVE_MILLIS_MAX = 5_000
