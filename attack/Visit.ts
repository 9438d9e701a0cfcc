import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import { Lines } from "../src/wire/Lines.ts"
import type { Chat } from "./Chat.ts"
import { open, reset } from "./Sockets.ts"
import { Violation } from "./Violation.ts"
import { parseObject } from "./Objects.ts"

/** A connection whose answers are counted by their status. */
export interface Visit {
  readonly socket: Socket
  readonly answers: { success: number; error: number }
  /** The names on the last list that came. */
  users: ReadonlyArray<string>
  /** Told at each answer, and when the connection is closed. */
  onChange: () => void
}

/** Connects as a hostile client; what is left of it is reset when the scope closes. */
export const visit = (chat: Chat, who: string) =>
  Effect.acquireRelease(
    Effect.map(open(chat.address), (socket) => {
      chat.totals.hostileConnections++
      const at: Visit = { socket, answers: { success: 0, error: 0 }, users: [], onChange: () => {} }
      const lines = new Lines(LINE_BYTES_MAX)
      socket.on("data", (chunk: Buffer) => {
        for (const object of lines.push(chunk)) {
          const received = "text" in object ? parseObject<Received>(object.text) : undefined
          const status = received?.status
          if (status === "success" || status === "error") at.answers[status]++
          if (received?.users !== undefined) at.users = received.users
          if (received === undefined)
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

/** The fields that a hostile client looks at. */
interface Received {
  readonly status?: string
  readonly users?: ReadonlyArray<string>
}

/** The violation that a client was not given what it was due. */
export const notAsDue = (clause: string, who: string, expected: string, received: string): Violation =>
  new Violation({ clause, who, expected, received, trace: [] })

/** Waits for something, but not for ever. */
export const until = (at: Visit, millisMax: number, isSo: () => boolean): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    at.onChange = () => {
      if (isSo()) resume(Effect.void)
    }
    at.onChange()
  }).pipe(Effect.timeoutOption(millisMax), Effect.asVoid)

/** One request as a line. */
export const line = (request: object): string => JSON.stringify(request) + "\n"

/** Several of them at once. */
export const visitTogether = (chat: Chat, who: string, size: number) =>
  Effect.all(
    Array.from({ length: size }, () => visit(chat, who)),
    { concurrency: 64 }
  )

/** The time that a hostile client waits for an answer. */
export const answerMillisMax = 30_000

const LINE_BYTES_MAX = 8 * 1024 * 1024
const SHOWN = 200
