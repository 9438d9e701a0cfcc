import { connect, type Socket } from "node:net"
import type { Address } from "../../src/net/Address.ts"
import { Frames } from "../../src/wire/Frames.ts"

/** Any object of a server. */
export type Received = { readonly [field: string]: any }

/** Takes what comes on a connection. */
export interface LineListener {
  readonly connected: () => void
  /** An object; `undefined` for bytes that are none. */
  readonly received: (object: Received | undefined, text: string) => void
  /** The connection is over: `isClosed` if the server has ended it with FIN. */
  readonly ended: (isClosed: boolean) => void
}

/** The ways in which a client ends a connection: with FIN and an ear for what is still due, without it, and with RST. */
export type Cut = "half-close" | "close" | "reset"

/** A raw connection that can be cut at any byte, and read slowly. */
export class Line {
  /** Nothing more is taken from it or sent. */
  isOver = false
  private readonly socket: Socket
  private readonly frames = new Frames(FRAME_BYTES_MAX)
  private readonly listener: LineListener
  private isClosed = false
  private isHalf = false

  /** `bytesPerSecond` is the most that it reads, if there is a most. */
  constructor({ host, port }: Address, listener: LineListener, bytesPerSecond: number | undefined) {
    this.listener = listener
    this.socket = connect({ host, port, noDelay: true })
    this.socket.on("connect", () => {
      if (!this.isOver) listener.connected()
    })
    this.socket.on("data", (chunk: Buffer) => {
      this.take(chunk)
      if (bytesPerSecond !== undefined) this.rest((chunk.length / bytesPerSecond) * 1_000)
    })
    this.socket.on("error", () => {}) // a close always follows
    this.socket.on("end", () => {
      this.isClosed = true
    })
    this.socket.on("close", () => this.over())
  }

  send(request: object): void {
    if (!this.isOver && !this.isHalf) this.socket.write(line(request))
  }

  /** Sends so much of a request, from 0 to 1 of its bytes, and not its end. */
  sendPart(request: object, part: number): void {
    const bytes = Buffer.from(line(request))
    if (!this.isOver) this.socket.write(bytes.subarray(0, Math.floor(part * (bytes.length - 2))))
  }

  /** Reads nothing for so long. */
  rest(millis: number): void {
    this.socket.pause()
    setTimeout(() => this.socket.resume(), millis).unref()
  }

  cut(how: Cut): void {
    if (this.isOver) return
    if (how === "half-close") {
      this.isHalf = true
      this.socket.end()
      setTimeout(() => this.cut("close"), HALF_CLOSE_MILLIS_MAX).unref()
      return
    }
    if (how === "reset") this.socket.resetAndDestroy()
    else this.socket.destroy()
    this.over()
  }

  private over(): void {
    if (this.isOver) return
    this.isOver = true
    this.listener.ended(this.isClosed)
  }

  private take(chunk: Buffer): void {
    if (this.isOver) return
    this.frames.push(chunk)
    for (let frame = this.frames.next(); frame !== undefined && !this.isOver; frame = this.frames.next()) {
      if (typeof frame === "string") this.listener.received(JSON.parse(frame) as Received, frame)
      else {
        this.listener.received(undefined, "bytes that are no JSON")
        this.cut("reset")
      }
    }
  }
}

const line = (request: object): string => JSON.stringify(request) + "\n"

/** Far more than any object has. */
const FRAME_BYTES_MAX = 2 ** 24

/** The wait for a server to end a connection that its client has half-closed. */
const HALF_CLOSE_MILLIS_MAX = 2_000
