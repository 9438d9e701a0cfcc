import { Frames, malformed, tooLarge } from "../../src/wire/Frames.ts"
import { concealTokens } from "../Format.ts"
import { objectBytesMax } from "./PendingRequests.ts"
import { type Stray, straysIn } from "./Stray.ts"
import { ObjectBytes, type Unreadable } from "./Unreadable.ts"

/** Told of each object, in the order in which they came. */
interface Reading {
  readonly onText: (text: string) => void
  readonly onUnreadable: (unreadable: Unreadable) => void
}

/** Reads the bytes of a server as objects of JSON, whatever lines they come in, and notes what its lines are like (WIRE-1). */
export class ObjectReader {
  /** What stood between two objects and is no part of JSON, if anything did (WIRE-1). */
  stray: Stray["name"] | undefined
  private readonly reading: Reading
  private readonly frames = new Frames(objectBytesMax, true)
  private readonly objectBytes = new ObjectBytes()
  private framesOfLine = 0
  private brokenLines = false

  constructor(reading: Reading) {
    this.reading = reading
  }

  /** Bytes of an object from the server that still lacks its end. */
  get halfBytes(): number {
    return this.frames.pendingBytes
  }

  /** That object as far as it has come, if there is one. */
  get half(): Unreadable | undefined {
    return this.halfBytes > 0 ? withoutToken(this.objectBytes.beginning("unfinished")) : undefined
  }

  /** True if an object shared its line with another, or took more than one (WIRE-1). */
  get unlined(): boolean {
    return this.brokenLines || this.framesOfLine > 1
  }

  /** True if the last object still lacks its newline (WIRE-1). */
  get lineOpen(): boolean {
    return this.framesOfLine > 0
  }

  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const newline = chunk.indexOf(NEWLINE, at)
      const end = newline === -1 ? chunk.length : newline + 1
      this.readPiece(chunk.subarray(at, end))
      if (newline !== -1) this.endLine()
      at = end
    }
  }

  /** Takes a piece of a line, and passes over what stands between objects and is nothing. */
  private readPiece(piece: Buffer): void {
    let read = 0
    for (const { at, length, name } of straysIn(piece)) {
      if (at > read) this.readFrames(piece.subarray(read, at))
      read = at
      if (this.halfBytes > 0) continue
      this.stray ??= name
      read += length
    }
    if (read < piece.length) this.readFrames(piece.subarray(read))
  }

  private readFrames(piece: Buffer): void {
    const { onText, onUnreadable } = this.reading
    this.frames.push(piece)
    for (let frame = this.frames.next(); frame !== undefined; frame = this.frames.next()) {
      this.framesOfLine++
      if (frame === malformed) onUnreadable(withoutToken(this.objectBytes.malformed(piece)))
      else if (frame === tooLarge) onUnreadable(withoutToken(this.objectBytes.beginning("too large", piece)))
      else onText(frame)
      if (frame === tooLarge) break
    }
    this.objectBytes.keep(piece, this.frames.pendingBytes)
  }

  private endLine(): void {
    this.brokenLines ||= this.framesOfLine > 1 || this.halfBytes > 0
    this.framesOfLine = 0
  }
}

const withoutToken = (unreadable: Unreadable): Unreadable => ({
  ...unreadable,
  text: concealTokens(unreadable.text, true)
})

const NEWLINE = 0x0a
