import { connect, isIP, type NetConnectOpts, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import type { Address } from "./Address.ts"

/** How the socket behaves, beyond where it goes. */
export type SocketOptions = Pick<NetConnectOpts, "keepAlive" | "keepAliveInitialDelay"> & {
  readonly allowHalfOpen?: boolean
}

/** A socket to a server, with TLS where the address asks for it; `onReady` is called once it can be written to. */
export const openSocket = (
  address: Address,
  options: SocketOptions,
  onReady: (socket: Socket) => void
): Socket => {
  const { host, port, tls } = address
  const common = { host, port, noDelay: true, ...options }
  if (tls === undefined) {
    const socket = connect(common)
    return socket.once("connect", () => onReady(socket))
  }
  const socket = connectTls({ ...common, ...tls, ...(isIP(host) === 0 && { servername: host }) })
  return socket.once("secureConnect", () => onReady(socket.setNoDelay(true)))
}
