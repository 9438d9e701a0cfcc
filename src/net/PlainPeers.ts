import type { Socket } from "node:net"
import type { Server } from "node:tls"

/**
 * Ends each connection whose handshake failed or takes too long. One whose first bytes were not of TLS is told so before,
 * in plain bytes.
 */
export const refusePlain = (server: Server, refusal: () => string | Uint8Array): void => {
  const handshaking = new Map<string, Socket>()
  server.on("connection", (socket) => {
    const peer = peerOf(socket)
    handshaking.set(peer, socket)
    socket.once("close", () => {
      if (handshaking.get(peer) === socket) handshaking.delete(peer)
    })
  })
  server.on("secureConnection", (socket) => handshaking.delete(peerOf(socket)))
  // Node tells of such a handshake and leaves its socket open; that of HTTPS destroys it at once
  server.prependListener("tlsClientError", ({ code }: NodeJS.ErrnoException, socket) => {
    if (plainBytes.has(code)) handshaking.get(peerOf(socket))?.write(refusal())
    socket.destroy()
  })
}

/** Codes of a handshake whose first bytes were not of TLS. */
const plainBytes: ReadonlySet<string | undefined> = new Set([
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_HTTP_REQUEST"
])

/** Identifies a TLS socket and the TCP socket below it as the same connection. */
export const peerOf = ({ localAddress, remoteAddress, remotePort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress}`
