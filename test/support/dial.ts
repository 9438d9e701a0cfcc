import { connect, type Socket, type TcpNetConnectOpts } from "node:net"

/**
 * Opens a connection to a port, of loopback unless another host is given. That it is reset ends what waits for it, and
 * nothing else: a test that has heard enough fails by it no more.
 */
export const dial = (to: number | TcpNetConnectOpts): Socket =>
  connect({ host: "127.0.0.1", ...(typeof to === "number" ? { port: to } : to) }).on("error", () => {})
