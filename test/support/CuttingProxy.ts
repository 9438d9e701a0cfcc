import { type AddressInfo, connect, createServer, type Socket } from "node:net"

/** Stands between a client and a server, and cuts one connection after so many bytes in one direction. */
export class CuttingProxy {
  /** The number of connections so far. */
  connections = 0
  /** What the server sent. */
  received = ""
  private readonly server = createServer((socket) => this.accept(socket))
  private readonly sockets = new Set<Socket>()
  /** The port of the server, for new connections. */
  port: number
  private left = Infinity
  private direction: Direction = "up"

  private constructor(port: number) {
    this.port = port
  }

  /** Listens on a free port, in front of the server on this one. */
  static async before(port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port)
    await new Promise<void>((resolve) => proxy.server.listen(0, "127.0.0.1", resolve))
    return proxy
  }

  get address(): AddressInfo {
    return this.server.address() as AddressInfo
  }

  /** Cuts once so many more bytes have gone to the server (`up`) or to the client (`down`). */
  cutAfter(bytes: number, direction: Direction): void {
    this.left = bytes
    this.direction = direction
  }

  /** Cuts all connections now. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private accept(client: Socket): void {
    this.connections++
    const server = connect({ port: this.port, host: "127.0.0.1", noDelay: true })
    for (const socket of [client, server]) {
      this.sockets.add(socket)
      socket.setNoDelay()
      socket.on("error", () => {})
    }
    client.on("data", (bytes: Buffer) => this.forward("up", bytes, server, client))
    server.on("data", (bytes: Buffer) => this.forward("down", bytes, client, server))
    client.on("close", () => server.destroy())
    server.on("close", () => client.destroy())
  }

  private forward(direction: Direction, bytes: Buffer, to: Socket, from: Socket): void {
    if (direction === "down") this.received += bytes.toString("latin1")
    if (direction !== this.direction || bytes.length < this.left) {
      if (direction === this.direction) this.left -= bytes.length
      to.write(bytes)
      return
    }
    const last = bytes.subarray(0, this.left)
    this.left = Infinity
    from.pause()
    to.write(last, () => {
      to.destroy()
      from.resetAndDestroy()
    })
  }
}

type Direction = "up" | "down"
