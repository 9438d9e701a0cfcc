import type { Socket } from "node:net"
import type { WebSocket } from "ws"
import type { Address } from "../net/Address.ts"
import { SocketTransport } from "../net/SocketTransport.ts"
import type { Ends } from "../net/TcpTable.ts"
import { type Transport, type TransportOwner, waitingWriteBytes } from "../net/Transport.ts"

/**
 * A WebSocket as a transport: each write is one message of text. The contents of the peer's messages, of text or not,
 * are one stream of bytes.
 */
export class WebSocketTransport implements Transport {
  readonly peer: Address
  /** True if something came since this was last set to false. */
  wasHeard = true
  private readonly webSocket: WebSocket
  private readonly socket: Socket
  /** The socket below: what waits, what was sent and how it is cut off is the same. */
  private readonly below: SocketTransport
  private owner: TransportOwner | undefined
  /** Messages of the peer that its owner did not take yet: those of one segment, as nothing more is read then. */
  private readonly received: Array<Buffer> = []
  private isPaused = false
  private isClosed = false

  constructor(webSocket: WebSocket, socket: Socket, peer: Address) {
    this.webSocket = webSocket
    this.socket = socket
    this.peer = peer
    this.below = new SocketTransport(socket)
  }

  get ends(): Ends {
    return this.below.ends
  }

  get bytesIn(): number {
    return this.below.bytesIn
  }

  get bytesOut(): number {
    return this.below.bytesOut
  }

  get takenBytes(): number {
    return this.below.takenBytes
  }

  get waitingBytes(): number {
    return this.below.waitingBytes
  }

  get needsDrain(): boolean {
    return this.below.needsDrain
  }

  open(owner: TransportOwner): void {
    this.owner = owner
    const { socket, webSocket } = this
    webSocket.on("error", noop) // a close always follows
    webSocket.on("message", (message: Buffer) => this.hear(message))
    webSocket.on("pong", () => {
      this.wasHeard = true
    })
    webSocket.on("close", () => {
      this.isClosed = true
      this.handOver()
    })
    socket.on("drain", () => owner.onDrain())
  }

  private hear(message: Buffer): void {
    this.wasHeard = true
    if (message.length === 0) return
    this.received.push(message)
    this.handOver()
  }

  /** Hands the owner what it takes, and tells of the end once it has taken everything. */
  private handOver(): void {
    while (!this.isPaused) {
      const message = this.received.shift()
      if (message === undefined) break
      this.owner!.onData(message)
    }
    if (!this.isClosed || this.received.length > 0) return
    this.isClosed = false // told once
    this.owner!.onClose()
  }

  write(bytes: Buffer, ownBytes = 0): number {
    const { owner, socket, webSocket } = this
    if (webSocket.readyState !== webSocket.OPEN) return 0
    if (socket.writableLength === 0 && ownBytes === 0) {
      webSocket.send(bytes, asText)
      return 0
    }
    const keptBytes = waitingWriteBytes + ownBytes
    webSocket.send(bytes, asText, () => owner!.onFreed(keptBytes))
    return keptBytes
  }

  /** The parts are copied into one message, which nobody else waits for. */
  writeTogether(parts: ReadonlyArray<Buffer>): number {
    const message = Buffer.concat(parts)
    return message.length === 0 ? 0 : this.write(message, message.length)
  }

  probe(): void {
    if (this.waitingBytes === 0 && this.webSocket.readyState === this.webSocket.OPEN) this.webSocket.ping()
  }

  pause(): void {
    this.isPaused = true
    this.webSocket.pause()
  }

  resume(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.webSocket.resume()
    this.handOver()
  }

  end(): void {
    this.webSocket.close(NORMAL_CLOSURE)
  }

  abort(): void {
    this.below.abort()
  }

  abortWhenIdle(millis: number): void {
    this.below.abortWhenIdle(millis)
  }

  /** Asks the peer for a sign of life; one that gave none since the last time is cut off. */
  check(): void {
    if (!this.wasHeard) return this.abort()
    this.wasHeard = false
    this.webSocket.ping()
  }
}

const asText = { binary: false } as const

/** Status of a closing handshake (RFC 6455, 7.4.1). */
const NORMAL_CLOSURE = 1000

const noop = () => {}
