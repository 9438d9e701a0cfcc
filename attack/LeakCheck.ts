import * as Effect from "effect/Effect"
import { growthMaxOf, withinBounds } from "./Bounds.ts"
import { type Census, moreThings } from "./ServerFigures.ts"
import { inChat, noFigures } from "./Chat.ts"
import { plainHand } from "./Conversation.ts"
import { type Act, Polite } from "./ConformingClient.ts"
import { fillSeats } from "./Seating.ts"
import type { ServerProcess } from "./ServerProcess.ts"
import { Violation } from "./Violation.ts"

/** Everything that clients held is given back; done with the census that shows it, once it does. No bound was passed. */
export const awaitEmpty = Effect.fnUntraced(function* (server: ServerProcess, start: Census) {
  const peakBytes = server.peakBytes() // counting takes memory too
  let census = yield* server.census
  yield* withinBounds(start, census, peakBytes, growthMaxOf(server.seats, server.address.tls !== undefined))
  for (let tries = 0; moreThings(start, census).length > 0; tries++) {
    if (tries >= TRIES_MAX) return yield* leftOver(start, census)
    yield* Effect.sleep(PAUSE_MILLIS)
    census = yield* server.census
  }
  return census
})

const leftOver = (start: Census, census: Census): Violation => {
  const describe = (counted: Census) =>
    moreThings(start, census)
      .map((name) => `${name} ${counted[name]}`)
      .join(", ")
  return serverViolation("LEAVE-4", `${describe(start)}, as before`, describe(census))
}

/** Every sweep and linger of the server is over long before. */
const TRIES_MAX = 60
const PAUSE_MILLIS = 250

/** Every seat is there, and can be given back: done once all have been taken and left again. */
export const allSeats = Effect.fnUntraced(function* (server: ServerProcess, start: Census) {
  yield* fillSeats(server.address, server.seats)
  yield* awaitEmpty(server, start)
})

/**
 * The server still serves, tells those who are there when it ends, and ends in time with exit code 0, without a
 * complaint in its log.
 */
export const endInOrder = Effect.fnUntraced(function* (server: ServerProcess) {
  yield* inChat(server, ["guest 1", "guest 2", "guest 3"], noFigures(), (chat) =>
    Effect.gen(function* () {
      const guests = [...chat.speakers.values()].map((speaker) => new Polite(speaker, chat))
      for (const guest of guests) yield* guest.login()
      for (const guest of guests.slice(1)) yield* guest.play(greeting)
      for (const guest of guests.slice(1)) yield* guest.fence()
      const goodbyes = guests.map((guest) => guest.seeOff())
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
  wishes: [{ type: "message", content: "good evening", id: 1 }],
  hand: plainHand,
  cuts: []
}

/** The time it has to drain, and as much again to start counting and to exit. */
const END_MILLIS_MAX = 10_000

const wrongEnd = (expected: string, received: string) => serverViolation("END-1", expected, received)

const serverViolation = (clause: string, expected: string, received: string): Violation =>
  new Violation({ clause, who: "the server", expected, received, trace: [] })
