import net from "node:net"
import * as Effect from "effect/Effect"

/** Where servers that the harness starts are looked for. */
export const host = "127.0.0.1"

/** A port that nobody listens on at this moment. */
export const freePort: Effect.Effect<number> = Effect.callback((resume) => {
  const server = net.createServer()
  server.listen(0, host, () => {
    const { port } = server.address() as net.AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

/** Whether somebody accepts connections there; the one it makes is closed at once. */
export const answers = (port: number, at = host): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const socket = net.connect({ host: at, port })
    const answer = (yes: boolean) => {
      socket.destroy()
      resume(Effect.succeed(yes))
    }
    socket.once("connect", () => answer(true))
    socket.once("error", () => answer(false))
    return Effect.sync(() => socket.destroy())
  })
