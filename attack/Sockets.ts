import { connect, type Socket } from "node:net"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Address } from "../src/net/Address.ts"
import { openSocket } from "../src/net/OpenSocket.ts"

/** The server accepts no connection; `code` is the system's, such as `ECONNREFUSED`. */
export class CannotConnect extends Data.TaggedError("CannotConnect")<{ readonly code: string }> {}

/** A connected socket, with TLS where the address asks for it; its errors are left to its `close`. */
export const open = (address: Address): Effect.Effect<Socket, CannotConnect> =>
  Effect.callback((resume) => {
    const socket = openSocket(address, { allowHalfOpen: true }, (ready, tcp) => {
      below.set(ready, tcp)
      resume(Effect.succeed(ready))
    })
    return failing(socket, resume)
  })

/** A connected socket that speaks no TLS, whatever the address asks for. */
export const openBare = ({ host, port }: Address): Effect.Effect<Socket, CannotConnect> =>
  Effect.callback((resume) => {
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true })
    socket.once("connect", () => resume(Effect.succeed(socket)))
    return failing(socket, resume)
  })

const failing = (socket: Socket, resume: (failure: Effect.Effect<never, CannotConnect>) => void) => {
  socket.once("error", (error: NodeJS.ErrnoException) =>
    resume(Effect.fail(new CannotConnect({ code: error.code ?? error.message })))
  )
  socket.on("error", () => {})
  return Effect.sync(() => socket.destroy())
}

/** The TCP socket below each socket, which alone can be reset. */
const below = new WeakMap<Socket, Socket>()

/** Resets a connection. Node cannot while a FIN is on its way: then just after. */
export const reset = (socket: Socket): void => {
  const isEnding = socket.writableEnded && socket.writableLength === 0 && !socket.writableFinished
  const cut = () => (below.get(socket) ?? socket).resetAndDestroy()
  if (isEnding) socket.once("finish", cut)
  else cut()
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

/** Writes a piece again and again, as fast as it is taken: so many bytes, or until it is enough. */
export const pour = (
  socket: Socket,
  piece: Buffer,
  bytesMax: number,
  isEnough: () => boolean
): Effect.Effect<void> =>
  Effect.callback((resume) => {
    let bytes = 0
    let isStopped = false
    const next = () => {
      if (isStopped) return
      if (bytes >= bytesMax || !socket.writable || isEnough()) return resume(Effect.void)
      bytes += piece.length
      socket.write(piece, next)
    }
    next()
    return Effect.sync(() => {
      isStopped = true
    })
  })
