import * as Effect from "effect/Effect"
import { growthMaxOf, withinBounds } from "./Bounds.ts"
import { type ServerFigures, moreThings } from "./ServerFigures.ts"
import { inChat, noTotals } from "./Chat.ts"
import { plainEncoding } from "./Conversation.ts"
import { type Act, ConformingClient } from "./ConformingClient.ts"
import { fillSeats } from "./Seating.ts"
import type { ServerProcess } from "./ServerProcess.ts"
import { type Violation, violation } from "./Violation.ts"

/** Waits until everything that clients held is given back, and gives the figures that show it. Fails where a bound was passed. */
export const awaitEmpty = Effect.fnUntraced(function* (server: ServerProcess, start: ServerFigures) {
  const peakBytes = server.peakBytes() // counting takes memory too
  const first = yield* server.figures
  yield* withinBounds(start, first, peakBytes, growthMaxOf(server.seats, server.address.tls !== undefined))
  const isEmpty = (figures: ServerFigures) => moreThings(start, figures).length === 0
  if (isEmpty(first)) return first
  const last = yield* Effect.repeat(Effect.delay(server.figures, PAUSE_MILLIS), {
    until: isEmpty,
    times: TRIES_MAX
  })
  return isEmpty(last) ? last : yield* leftOver(start, last)
})

const leftOver = (start: ServerFigures, last: ServerFigures): Violation => {
  const more = moreThings(start, last)
  const describe = (figures: ServerFigures) => more.map((name) => `${name} ${figures[name]}`).join(", ")
  return violation("LEAVE-4", "the server", `${describe(start)}, as before`, describe(last))
}

/** Every sweep and linger of the server is over long before. */
const TRIES_MAX = 60
const PAUSE_MILLIS = 250

/** Takes all seats and leaves them again: each must be there, and be given back. */
export const checkSeats = Effect.fnUntraced(function* (server: ServerProcess, start: ServerFigures) {
  yield* fillSeats(server.address, server.seats)
  yield* awaitEmpty(server, start)
})

/**
 * Checks that the server still serves, tells its clients when it ends, and ends in time with exit code 0, without an error
 * in its log.
 */
export const checkShutdown = Effect.fnUntraced(function* (server: ServerProcess) {
  yield* inChat(server, ["guest 1", "guest 2", "guest 3"], noTotals(), (chat) =>
    Effect.gen(function* () {
      const guests = [...chat.speakers.values()].map((speaker) => new ConformingClient(speaker, chat))
      for (const guest of guests) yield* guest.login()
      for (const guest of guests.slice(1)) yield* guest.play(greeting)
      for (const guest of guests.slice(1)) yield* guest.fence()
      const goodbyes = guests.map((guest) => guest.awaitShutdown())
      const [ended] = yield* Effect.all([server.terminate, ...goodbyes], { concurrency: "unbounded" })
      if (ended.code !== 0) return yield* wrongEnd("exit code 0", ended.how)
      if (ended.millis > END_MILLIS_MAX)
        return yield* wrongEnd(`its end within ${END_MILLIS_MAX} ms`, `its end after ${ended.millis} ms`)
    })
  )
  const [complaint] = server.complaints()
  if (complaint !== undefined) return yield* wrongEnd("no error in the log", complaint)
})

const greeting: Act = {
  requests: [{ type: "message", content: "good evening", id: 1 }],
  encoding: plainEncoding,
  cuts: []
}

/** The time it has to drain, and as much again to exit. */
const END_MILLIS_MAX = 10_000

const wrongEnd = (expected: string, received: string) => violation("END-1", "the server", expected, received)
