import { connect, isIP, type NetConnectOpts, type Socket } from "node:net"
import type { Address } from "./Address.ts"

/** How the socket behaves, beyond where it goes. */
export type SocketOptions = Pick<NetConnectOpts, "keepAlive" | "keepAliveInitialDelay"> & {
  readonly allowHalfOpen?: boolean
}

/**
 * A socket to a server, with TLS where the address asks for it; `onReady` is called once it can be written to, with the
 * TCP socket below it (the same one without TLS), which alone can be reset. The socket that it gives is the one to be
 * destroyed until then, and tells of errors.
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
 * Sends FIN and goes on reading. Node drops the rest of what a TLS socket is handing out when that is ended in the
 * middle, so it is ended afterwards.
 */
export const halfClose = (socket: Socket): void => {
  if ("encrypted" in socket) setImmediate(() => socket.end())
  else socket.end()
}
