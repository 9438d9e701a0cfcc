import { connect, type Socket } from "node:net"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Address } from "../src/Address.ts"

/** The server accepts no connection; `code` is the system's, such as `ECONNREFUSED`. */
export class CannotConnect extends Data.TaggedError("CannotConnect")<{ readonly code: string }> {}

/** A connected socket; its errors are left to its `close`. */
export const open = ({ host, port }: Address): Effect.Effect<Socket, CannotConnect> =>
  Effect.callback((resume) => {
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true })
    socket.once("connect", () => resume(Effect.succeed(socket)))
    socket.once("error", (error: NodeJS.ErrnoException) =>
      resume(Effect.fail(new CannotConnect({ code: error.code ?? error.message })))
    )
    socket.on("error", () => {})
    return Effect.sync(() => socket.destroy())
  })

/** Resets a connection. Node cannot while a FIN is on its way: then just after. */
export const reset = (socket: Socket): void => {
  const isEnding = socket.writableEnded && socket.writableLength === 0 && !socket.writableFinished
  if (isEnding) socket.once("finish", () => socket.resetAndDestroy())
  else socket.resetAndDestroy()
}

/** Writes pieces, with a turn of the event loop between, so that the server may read them one by one. */
export const writePieces = (socket: Socket, pieces: ReadonlyArray<Buffer>): Effect.Effect<void> =>
  Effect.forEach(
    pieces,
    (piece) =>
      Effect.callback<void>((resume) => {
        if (socket.writable) socket.write(piece)
        setImmediate(() => resume(Effect.void))
      }),
    { discard: true }
  )
