import net from "node:net"
import * as Effect from "effect/Effect"

/** Where servers that the harness starts are looked for. */
export const host = "127.0.0.1"

/**
 * A port that nobody listens on at this moment. It lies below those that systems give to whoever asks for any port:
 * one of these could be given away again before the server that it is meant for binds it.
 */
export const freePort: Effect.Effect<number> = Effect.suspend(() => {
  const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort))
  return Effect.flatMap(canListen(port), (free) => (free ? Effect.succeed(port) : freePort))
})

const firstPort = 12_400
const lastPort = 32_000

const canListen = (port: number): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const server = net.createServer()
    server.once("error", () => resume(Effect.succeed(false)))
    server.listen(port, host, () => server.close(() => resume(Effect.succeed(true))))
  })

/** How long a server may take to close after the other side has; one that does not is not waited for. */
const closeMillisMax = 200

/** Whether somebody accepts connections there; the one it makes is closed, and the server seen to let go of its seat. */
export const answers = (port: number, at = host): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const socket = net.connect({ host: at, port })
    let patience: NodeJS.Timeout | undefined
    socket.once("connect", () => {
      socket.resume().end()
      patience = setTimeout(() => socket.destroy(), closeMillisMax)
    })
    socket.on("error", () => {}) // a close always follows
    socket.once("close", () => {
      clearTimeout(patience)
      resume(Effect.succeed(patience !== undefined))
    })
    return Effect.sync(() => socket.destroy())
  })
