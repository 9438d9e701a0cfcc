import { createSocket, type Socket } from "node:dgram"
import net from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Where servers that are started here listen. */
export const host = "127.0.0.1"

/**
 * A port that nobody listens on, kept from other runs until the scope closes. It lies below those that systems
 * give to whoever asks for any port: one of these could be given away again before the server that it is meant for
 * binds it. The ports are taken in turn, so that none is used again while it may be in TIME_WAIT.
 */
export const freePort: Effect.Effect<number, never, Scope.Scope> = Effect.suspend(() => {
  lastTried = lastTried < lastPort ? lastTried + 1 : firstPort
  const port = lastTried
  const isFree = Effect.flatMap(claim(port), (isOurs) => (isOurs ? canListen(port) : Effect.succeed(false)))
  return Effect.flatMap(isFree, (free) => (free ? Effect.succeed(port) : freePort))
})

const firstPort = 12_400
const lastPort = 32_000
let lastTried = firstPort + Math.floor(Math.random() * (lastPort - firstPort))

/**
 * Takes a port unless another process is about to start a server on it: that holds the UDP port of the same number, which
 * no server of this protocol uses and which is free again however the process ends.
 */
const claim = (port: number): Effect.Effect<boolean, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<{ readonly isOurs: boolean; readonly socket: Socket }>((resume) => {
      const socket = createSocket("udp4").unref()
      const decided = (isOurs: boolean) => resume(Effect.succeed({ isOurs, socket }))
      // where a system allows no UDP at all, ports go without a claim
      socket.once("error", ({ code }: NodeJS.ErrnoException) => decided(code !== "EADDRINUSE"))
      socket.bind({ address: host, port, exclusive: true }, () => decided(true))
    }),
    ({ socket }) => Effect.sync(() => socket.close())
  ).pipe(Effect.map(({ isOurs }) => isOurs))

const canListen = (port: number): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const server = net.createServer()
    server.once("error", () => resume(Effect.succeed(false)))
    server.listen(port, host, () => server.close(() => resume(Effect.succeed(true))))
  })

/** The time that a server may take to close after the other side has. */
const closeMillisMax = 200

/** Tells whether connections are accepted there; the one it makes is closed, and waits for the server to close it too. */
export const answers = (port: number, at = host): Effect.Effect<boolean> =>
  connecting(port, at, (socket) => {
    socket.resume().end()
    setTimeout(() => socket.destroy(), closeMillisMax).unref()
  })

/** Tells whether connections are accepted there; the one it makes is reset at once. */
export const accepts = (port: number, at = host): Effect.Effect<boolean> =>
  connecting(port, at, (socket) => socket.resetAndDestroy())

/** Tells whether a connection could be made; done once it is closed, in the way that `part` begins. */
const connecting = (port: number, at: string, part: (socket: net.Socket) => void): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    let isConnected = false
    const socket = net.connect({ host: at, port })
    socket.once("connect", () => {
      isConnected = true
      part(socket)
    })
    socket.on("error", () => {}) // a close always follows
    socket.once("close", () => resume(Effect.succeed(isConnected)))
    return Effect.sync(() => socket.destroy())
  })
