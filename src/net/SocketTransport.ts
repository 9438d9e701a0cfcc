import type { Socket } from "node:net"
import type { Address } from "./Address.ts"
import type { Ends } from "./TcpTable.ts"
import { type Transport, type TransportOwner, waitingWriteBytes } from "./Transport.ts"

/** A TCP or TLS socket as a transport. */
export class SocketTransport implements Transport {
  private readonly socket: OwnedSocket

  constructor(socket: Socket) {
    this.socket = socket
  }

  get peer(): Address {
    const { remoteAddress = "?", remotePort = 0 } = this.socket
    return { host: remoteAddress, port: remotePort }
  }

  get ends(): Ends {
    return { localPort: this.socket.localPort ?? 0, peer: this.peer }
  }

  get bytesIn(): number {
    return this.socket.bytesRead
  }

  get bytesOut(): number {
    return this.socket.bytesWritten - this.socket.writableLength
  }

  get waitingBytes(): number {
    return this.socket.writableLength
  }

  get takenBytes(): number {
    const { bytesWritten, writeQueueSize } = this.socket._handle?._parent ?? this.socket._handle ?? {}
    return bytesWritten === undefined || writeQueueSize === undefined
      ? this.bytesOut // whole writes
      : bytesWritten - writeQueueSize
  }

  get needsDrain(): boolean {
    return this.socket.writableNeedDrain
  }

  open(owner: TransportOwner): void {
    const { socket } = this
    socket[OWNER] = owner
    socket.on("error", noop) // a close always follows
    socket.on("data", onData)
    socket.on("drain", onDrain)
    socket.on("end", onEnd)
    socket.on("close", onClose)
  }

  write(bytes: Buffer, ownBytes = 0): number {
    const { socket } = this
    if (socket.destroyed) return 0
    if (socket.writableLength === 0 && ownBytes === 0) {
      socket.write(bytes)
      return 0
    }
    const keptBytes = waitingWriteBytes + ownBytes
    socket.write(bytes, () => socket[OWNER]!.onFreed(keptBytes))
    return keptBytes
  }

  writeTogether(parts: ReadonlyArray<Buffer>, areOwn: boolean): number {
    let keptBytes = 0
    this.socket.cork()
    for (const part of parts) keptBytes += this.write(part, areOwn ? part.length : 0)
    this.socket.uncork()
    return keptBytes
  }

  probe(): void {
    if (this.socket.writableLength === 0) this.write(WHITE_SPACE)
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    if (this.socket.isPaused()) this.socket.resume()
  }

  end(): void {
    if (!this.socket.destroyed) this.socket.end()
  }

  abort(): void {
    const { socket } = this
    // where the FIN is on its way Node cannot reset any more, and would never close; a TLS socket has no reset of its own
    const isSent = socket.writableEnded && socket.writableLength === 0
    if (isSent || "encrypted" in socket) socket.destroy()
    else socket.resetAndDestroy()
  }

  abortWhenIdle(millis: number): void {
    this.socket.setTimeout(millis, () => this.abort())
  }
}

/** A socket knows its owner, so that all sockets share their listeners: thousands of them cost no function each. */
type OwnedSocket = Socket & {
  [OWNER]?: TransportOwner
  /** Node's own, which may be missing: nothing else shows what the system took of a write that it has not taken whole. */
  readonly _handle?: (Handle & { readonly _parent?: Handle }) | null
}

/** That of a TLS socket has one of TCP as its parent. */
interface Handle {
  readonly bytesWritten?: number
  readonly writeQueueSize?: number
}

/** Between two objects it means nothing, and to a program that reads lines it is the beginning of the next. */
const WHITE_SPACE = Buffer.from(" ")

const OWNER = Symbol("owner")

function onData(this: OwnedSocket, bytes: Buffer): void {
  this[OWNER]!.onData(bytes)
}

function onDrain(this: OwnedSocket): void {
  this[OWNER]!.onDrain()
}

function onEnd(this: OwnedSocket): void {
  this[OWNER]!.onEnd()
}

function onClose(this: OwnedSocket): void {
  this[OWNER]!.onClose()
}

const noop = () => {}
