import type { Server } from "node:http"
import type { Duplex } from "node:stream"

/** Options of an HTTP server that unfinished requests cannot keep busy. */
export const httpOptions = {
  /** Time that a request may take to arrive, in milliseconds. */
  requestTimeout: 5_000,
  headersTimeout: 5_000,
  /** Time between two checks of that. */
  connectionsCheckingInterval: 1_000
} as const

/**
 * Ends the connection whose last request is the longest ago when there are more than `connectionsMax`: unfinished ones
 * lock nobody out. One that is upgraded is not counted any more.
 */
export const makeRoom = (server: Server, connectionsMax: number): void => {
  const open = new Set<Duplex>()
  server.on("connection", (socket) => {
    open.add(socket)
    socket.once("close", () => open.delete(socket))
    for (const oldest of open) if (open.size > connectionsMax) end(oldest)
  })
  const end = (socket: Duplex) => {
    open.delete(socket)
    socket.destroy()
  }
  server.on("request", ({ socket }) => {
    if (open.delete(socket)) open.add(socket)
  })
  server.on("upgrade", (_, socket) => open.delete(socket))
}
