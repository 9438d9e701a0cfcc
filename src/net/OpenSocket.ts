import { connect, isIP, type NetConnectOpts, type Socket } from "node:net"
import type { Address } from "./Address.ts"

/** Options of the socket, beyond its address. */
export type SocketOptions = Pick<NetConnectOpts, "keepAlive" | "keepAliveInitialDelay"> & {
  readonly allowHalfOpen?: boolean
}

/**
 * Opens a socket to a server, with TLS if the address asks for it. `onReady` is called once it can be written to, with
 * the TCP socket below it (without TLS the same one), as only that can be reset. The socket returned reports errors,
 * and is the one to destroy until then.
 */
export const openSocket = (
  { host, port, tls }: Address,
  options: SocketOptions,
  onReady: (socket: Socket, tcp: Socket) => void
): Socket => {
  const tcp = connect({ host, port, noDelay: true, ...options })
  if (tls === undefined) return tcp.once("connect", () => onReady(tcp, tcp))
  // TLS begins once TCP has connected: until then Node may put another handle below it, for the next address of a name
  return tcp.once("connect", () => {
    const name = isIP(host) === 0 ? { servername: host } : {}
    const socket = process.getBuiltinModule("node:tls").connect({ ...tls, ...name, host, socket: tcp })
    const failed = (error: Error) => tcp.emit("error", error)
    socket.on("error", () => {}).once("error", failed)
    socket.once("secureConnect", () => {
      socket.off("error", failed)
      onReady(socket, tcp)
    })
  })
}

/**
 * Sends FIN and keeps reading. When a TLS socket is ended while it hands out data, Node drops the rest of that data, so
 * it is ended afterwards.
 */
export const halfClose = (socket: Socket): void => {
  if ("encrypted" in socket) setImmediate(() => socket.end())
  else socket.end()
}
