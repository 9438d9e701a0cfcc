import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import type { Address } from "../src/net/Address.ts"
import { Lines } from "../src/wire/Lines.ts"
import { open, reset } from "./Sockets.ts"
import { Violation } from "./Violation.ts"

/**
 * Takes all of so many seats, and asks for one more, which must be refused: a seat that a connection did not give back is
 * missing, one that was given back twice is too many. All are free again when it is done.
 */
export const fillSeats = (address: Address, seats: number): Effect.Effect<void, Violation> =>
  Effect.gen(function* () {
    const replies = yield* Effect.all(
      Array.from({ length: seats }, (_, i) => sit(address, `seat ${i}`)),
      { concurrency: AT_ONCE }
    )
    const served = replies.filter(isSuccess).length
    if (served < seats) return yield* wrong(`${seats} connections are served at once`, `${served} were`)
    const oneMore = yield* enter(address, "one more")
    if (!isFull(oneMore)) return yield* wrong(`server_full for one more than ${seats}`, oneMore)
  }).pipe(Effect.scoped)

/** Takes a seat; the client that had it just before may need a moment to be gone. */
const sit = Effect.fnUntraced(function* (address: Address, username: string) {
  let reply = yield* enter(address, username)
  for (let tries = 1; isFull(reply) && tries < TRIES_MAX; tries++) {
    yield* Effect.sleep(RETRY_MILLIS)
    reply = yield* enter(address, username)
  }
  return reply
})

const enter = (address: Address, username: string) =>
  Effect.acquireRelease(open(address), (socket) => Effect.sync(() => reset(socket))).pipe(
    Effect.flatMap((socket) => firstReply(socket, username)),
    Effect.catchTag("CannotConnect", ({ code }) => Effect.succeed(code)) // many at once are refused without a word
  )

/** Gives the line that answers a login, or what came in its place; a client without a seat is told so unasked. */
const firstReply = (socket: Socket, username: string): Effect.Effect<string> =>
  Effect.callback<string>((resume) => {
    const lines = new Lines(REPLY_BYTES_MAX)
    socket.on("data", (chunk: Buffer) => {
      const [line] = lines.push(chunk)
      if (line !== undefined) resume(Effect.succeed("text" in line ? line.text : line.problem))
    })
    socket.on("close", () => resume(Effect.succeed("RST")))
    if (socket.writable) socket.write(JSON.stringify({ type: "login", username }) + "\n")
  }).pipe(
    Effect.timeoutOrElse({ duration: REPLY_MILLIS_MAX, orElse: () => Effect.succeed("no reply in time") })
  )

const isSuccess = (reply: string): boolean => reply.includes('"status":"success"')

const wrong = (expected: string, received: string): Violation =>
  new Violation({ clause: "LEAVE-4", who: "the server", expected, received, trace: [] })

const isFull = (reply: string): boolean => reply.includes('"server_full"')

const RETRY_MILLIS = 50
const TRIES_MAX = 20

/** Handshakes at a time: the kernel and the server have to keep up. */
const AT_ONCE = 64
const REPLY_BYTES_MAX = 65_536
const REPLY_MILLIS_MAX = 30_000
