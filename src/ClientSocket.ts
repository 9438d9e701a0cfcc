import { connect, isIP, type NetConnectOpts, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import type { Address } from "./Address.ts"

/** How the socket behaves, beyond where it goes. */
export type SocketOptions = Pick<NetConnectOpts, "keepAlive" | "keepAliveInitialDelay"> & {
  readonly allowHalfOpen?: boolean
}

/**
 * A socket to a server, with TLS where the address asks for it; `onReady` is called once it can be written to, with the
 * TCP socket below it (the same one without TLS), which alone can be reset.
 */
export const openSocket = (
  { host, port, tls }: Address,
  options: SocketOptions,
  onReady: (socket: Socket, tcp: Socket) => void
): Socket => {
  const tcp = connect({ host, port, noDelay: true, ...options })
  if (tls === undefined) return tcp.once("connect", () => onReady(tcp, tcp))
  tcp.on("error", () => {}) // the socket above it tells
  const socket = connectTls({ ...tls, socket: tcp, ...(isIP(host) === 0 && { servername: host }) })
  return socket.once("secureConnect", () => onReady(socket, tcp))
}
