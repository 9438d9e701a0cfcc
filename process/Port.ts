import { createSocket, type Socket } from "node:dgram"
import net from "node:net"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { hasSocketTables, isHeld, listenerOf } from "./SocketTable.ts"

/** Where servers that are started here listen. */
export const host = "127.0.0.1"

/** This machine lets nobody listen; the reason is the system's. */
export class NoPort extends Data.TaggedError("NoPort")<{ readonly reason: string }> {}

/**
 * A port that nobody listens on, kept from other runs until the scope closes. It lies below those that systems
 * give to whoever asks for any port: one of these could be given away again before the server that it is meant for
 * binds it. The ports are taken in turn, so that none is used again while it may be in TIME_WAIT. Fails where this
 * machine lets nobody listen.
 */
export const freePort: Effect.Effect<number, NoPort, Scope.Scope> = Effect.suspend(() => {
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

/** Tells if nobody listens on a port of this machine; fails where nobody could. */
const canListen = (port: number): Effect.Effect<boolean, NoPort> =>
  Effect.callback((resume) => {
    const server = net.createServer()
    server.once("error", ({ code, message }: NodeJS.ErrnoException) =>
      resume(code === "EADDRINUSE" ? Effect.succeed(false) : Effect.fail(new NoPort({ reason: message })))
    )
    server.listen(port, host, () => server.close(() => resume(Effect.succeed(true))))
  })

/** Where a client reaches the listener of a port, as the system tells without a connection being made. */
export const listeningHost = (port: number): Effect.Effect<string | undefined, NoPort> =>
  Effect.suspend(() => {
    const address = listenerOf(port)
    if (address === "0.0.0.0") return Effect.succeed(host)
    if (address !== "::") return Effect.succeed(address)
    return Effect.map(canListen(port), (isIPv6Only) => (isIPv6Only ? "::1" : host))
  })

/** Tells if a port is listened on, without a connection being made. */
export const isListenedOn = (port: number): Effect.Effect<boolean, NoPort> =>
  Effect.suspend(() =>
    hasSocketTables
      ? Effect.succeed(listenerOf(port) !== undefined)
      : Effect.map(canListen(port), (isFree) => !isFree)
  )

/** Tells if a port cannot be listened on yet, be it for connections of a server that has ended (TIME_WAIT). */
export const isTaken = (port: number): Effect.Effect<boolean, NoPort> =>
  Effect.suspend(() => (hasSocketTables ? Effect.succeed(isHeld(port)) : isListenedOn(port)))

/** Tells whether connections are accepted there; the one it makes is reset at once. */
export const accepts = (port: number, at = host): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    let isConnected = false
    const socket = net.connect({ host: at, port })
    socket.once("connect", () => {
      isConnected = true
      socket.resetAndDestroy()
    })
    socket.on("error", () => {}) // a close always follows
    socket.once("close", () => resume(Effect.succeed(isConnected)))
    return Effect.sync(() => socket.destroy())
  })
