import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import { Lines } from "../src/Lines.ts"
import type { Chat } from "./Chat.ts"
import type { Episode, Going, Rudeness } from "./Episode.ts"
import { type CannotConnect, open, reset, writePieces } from "./Sockets.ts"
import { cut } from "./Traffic.ts"
import { Violation } from "./Violation.ts"

/** Plays the n-th episode of a client; its connections are closed when it is over. */
export const playEpisode = (
  chat: Chat,
  who: string,
  n: number,
  episode: Episode
): Effect.Effect<void, Violation | CannotConnect> => {
  switch (episode.kind) {
    case "alone":
      return alone(chat, who, episode.acts, episode.going)
    case "storm":
      return storm(chat, `${who} storm ${n}`, episode)
    case "crowd":
      return crowd(chat, `${who} crowd ${n}`, episode)
  }
}

/** A connection whose answers are counted by their status. */
interface Visit {
  readonly socket: Socket
  readonly answers: { success: number; error: number }
  /** Told at each answer, and when the connection is closed. */
  onChange: () => void
}

const visit = (chat: Chat, who: string) =>
  Effect.acquireRelease(
    Effect.map(open(chat.address), (socket) => {
      chat.figures.rudeConnections++
      const at: Visit = { socket, answers: { success: 0, error: 0 }, onChange: () => {} }
      const lines = new Lines(LINE_BYTES_MAX)
      socket.on("data", (chunk: Buffer) => {
        for (const object of lines.push(chunk)) {
          const status = "text" in object ? statusOf(object.text) : undefined
          if (status === "success" || status === "error") at.answers[status]++
          else if (status === undefined)
            chat.onViolation(
              notAsDue("WIRE-1", who, "one JSON object a line", JSON.stringify(object).slice(0, SHOWN))
            )
        }
        at.onChange()
      })
      socket.on("close", () => at.onChange())
      return at
    }),
    ({ socket }) => Effect.sync(() => reset(socket))
  )

/** The status of an object, "" where it has none, or `undefined` when the text is none. */
const statusOf = (text: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== "object" || value === null) return undefined
    return "status" in value ? String(value.status) : ""
  } catch {
    return undefined
  }
}

const notAsDue = (clause: string, who: string, expected: string, received: string): Violation =>
  new Violation({ clause, who, expected, received, trace: [] })

const alone = Effect.fnUntraced(function* (
  chat: Chat,
  who: string,
  acts: ReadonlyArray<Rudeness>,
  going: Going
) {
  const at = yield* visit(chat, who)
  for (const act of acts) {
    if (at.socket.destroyed) break
    yield* misbehave(chat, at.socket, act)
  }
  yield* go(at, going)
}, Effect.scoped)

const misbehave = (chat: Chat, socket: Socket, act: Rudeness): Effect.Effect<void> => {
  switch (act.does) {
    case "write":
      chat.figures.rudeBytes += act.bytes.length
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

/** Goes; what is left of the connection is reset. */
const go = (at: Visit, going: Going): Effect.Effect<void> => {
  const { socket } = at
  switch (going.by) {
    case "rst":
      return Effect.void
    case "fin":
      socket.resume()
      socket.end()
      return until(at, LEAVE_MILLIS_MAX, () => socket.closed)
    case "waiting":
      socket.resume()
      return until(at, going.millis, () => socket.closed)
    case "freezing":
      socket.pause()
      return Effect.sleep(going.millis)
  }
}

/** Waits for something, but not for ever. */
const until = (at: Visit, millisMax: number, isSo: () => boolean): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    at.onChange = () => {
      if (isSo()) resume(Effect.void)
    }
    at.onChange()
  }).pipe(Effect.timeoutOption(millisMax), Effect.asVoid)

const line = (request: object): string => JSON.stringify(request) + "\n"

/** Of those who want one name in the same moment, exactly one gets it (LOGIN-4). */
const storm = Effect.fnUntraced(function* (chat: Chat, username: string, { goings, size }: Together) {
  const visits = yield* visitTogether(chat, username, size)
  for (const { socket } of visits) socket.write(line({ type: "login", username }))
  for (const at of visits)
    yield* until(at, ANSWER_MILLIS_MAX, () => at.answers.success + at.answers.error > 0 || at.socket.closed)
  const granted = visits.filter(({ answers }) => answers.success > 0).length
  if (granted !== 1)
    return yield* notAsDue("LOGIN-4", username, `one of ${size} logins succeeds`, `${granted} succeeded`)
  return yield* goAll(visits, goings)
}, Effect.scoped)

/** All of a crowd get their names and say something (LOGIN-1, MSG-2). */
const crowd = Effect.fnUntraced(function* (
  chat: Chat,
  who: string,
  { goings, size, watches }: Together & { readonly watches: boolean }
) {
  const visits = yield* visitTogether(chat, who, size)
  const features = watches ? ["presence"] : []
  for (const [i, { socket }] of visits.entries())
    socket.write(
      line({ type: "login", username: `${who} ${i}`, features }) +
        line({ type: "message", content: `I am ${i}` })
    )
  for (const at of visits)
    yield* until(at, ANSWER_MILLIS_MAX, () => at.answers.success === 2 || at.socket.closed)
  const welcome = visits.filter(({ answers }) => answers.success === 2).length
  if (welcome < size)
    return yield* notAsDue("LOGIN-1", who, `${size} can log in and speak`, `${welcome} could`)
  return yield* goAll(visits, goings)
}, Effect.scoped)

type Together = Pick<Extract<Episode, { kind: "storm" }>, "goings" | "size">

const visitTogether = (chat: Chat, who: string, size: number) =>
  Effect.all(
    Array.from({ length: size }, () => visit(chat, who)),
    { concurrency: 64 }
  )

const goAll = (visits: ReadonlyArray<Visit>, goings: ReadonlyArray<Going>): Effect.Effect<void> =>
  Effect.forEach(visits, (at, i) => go(at, goings[i % goings.length]!), {
    concurrency: "unbounded",
    discard: true
  })

const LINE_BYTES_MAX = 8 * 1024 * 1024
const LEAVE_MILLIS_MAX = 5_000
const SHOWN = 200
const ANSWER_MILLIS_MAX = 30_000
