import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Address } from "../src/net/Address.ts"
import { answerMillisMax, RawConnection } from "./RawConnection.ts"
import { type Violation, violation } from "./Violation.ts"

/**
 * Takes all of so many seats, and asks for one more, which must be refused: a seat that a connection did not give back is
 * missing, one that was given back twice is too many. All are free again when it is done.
 */
export const fillSeats = (address: Address, seats: number): Effect.Effect<void, Violation> =>
  Effect.gen(function* () {
    const answers = yield* Effect.forEach(
      Array.from({ length: seats }, (_, i) => `seat ${i}`),
      (username) => sit(address, username),
      { concurrency: AT_ONCE }
    )
    const served = answers.filter((answer) => answer === "success").length
    if (served < seats) return yield* wrong(`${seats} connections are served at once`, `${served} were`)
    const oneMore = yield* enter(address, "one more")
    if (!isFull(oneMore)) return yield* wrong(`server_full for one more than ${seats}`, oneMore)
  }).pipe(Effect.scoped)

/** Takes a seat; the client that had it just before may need a moment to be gone. */
const sit = (address: Address, username: string) =>
  Effect.repeat(enter(address, username), {
    while: isFull,
    times: TRIES_MAX - 1,
    schedule: Schedule.spaced(RETRY_MILLIS)
  })

/** Logs in, and gives the answer in a word; a client without a seat is told so unasked. */
const enter = Effect.fnUntraced(
  function* (address: Address, username: string) {
    const connection = yield* RawConnection.connect(address)
    yield* connection.send({ type: "login", username })
    yield* connection.until(answerMillisMax, () => connection.isAnswered)
    const { isOver, last } = connection
    if (last === undefined) return isOver ? "the end of the connection" : "no reply in time"
    return String(last.code ?? last.status)
  },
  Effect.catchTag("ConnectFailed", ({ reason }) => Effect.succeed(reason)) // many at once are refused without a word
)

const isFull = (answer: string): boolean => answer === "server_full"

const wrong = (expected: string, received: string) => violation("LEAVE-4", "the server", expected, received)

const RETRY_MILLIS = 50
const TRIES_MAX = 20

/** Handshakes at a time: the kernel and the server have to keep up. */
const AT_ONCE = 64
