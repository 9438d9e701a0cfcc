import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

/** Stands between a page and its server like a bad network: bytes come in pieces, and for a while not at all. */
export class SlowLine {
  private readonly sockets = new Set<Socket>()
  private readonly server = createServer((client) => {
    const server = connect({ port: this.port, host: "127.0.0.1" })
    this.carry(client, server)
    this.carry(server, client)
  })
  private readonly port: number
  private held: Promise<void> | undefined
  /** Lets what is held go on. */
  release = (): void => {}

  private constructor(port: number) {
    this.port = port
  }

  static async before(port: number): Promise<SlowLine> {
    const line = new SlowLine(port)
    line.server.listen(0, "127.0.0.1")
    await once(line.server, "listening")
    return line
  }

  get address(): AddressInfo {
    return this.server.address() as AddressInfo
  }

  /** Holds everything back from now on. */
  hold(): void {
    this.held = new Promise((resolve) => {
      this.release = () => {
        this.held = undefined
        resolve()
      }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private carry(from: Socket, to: Socket): void {
    this.sockets.add(from.setNoDelay())
    let carried = Promise.resolve()
    from.on("data", (chunk: Buffer) => {
      carried = carried.then(() => this.pass(chunk, to))
    })
    from.on("error", () => {}).on("close", () => to.destroy())
  }

  private async pass(chunk: Buffer, to: Socket): Promise<void> {
    for (let start = 0; start < chunk.length; start += pieceBytes) {
      await this.held
      await new Promise(setImmediate)
      to.write(chunk.subarray(start, start + pieceBytes))
    }
  }
}

const pieceBytes = 50
