import { isUtf8 } from "node:buffer"

/** A line without its end, or why there is none. */
export type Line = { readonly text: string } | { readonly problem: "too_long" | "not_utf8" }

/** Cuts bytes into lines of UTF-8, ended by `\n` or `\r\n`, holding at most `lineBytesMax` of an unfinished one. */
export class Lines {
  private readonly lineBytesMax: number
  private parts: Array<Buffer> = []
  private heldBytes = 0
  private isTooLong = false

  constructor(lineBytesMax: number) {
    this.lineBytesMax = lineBytesMax
  }

  /** The lines that these bytes complete. */
  push(chunk: Buffer): Array<Line> {
    const lines: Array<Line> = []
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.hold(chunk.subarray(start, end))
      lines.push(this.take())
      start = end + 1
    }
    if (start < chunk.length) this.hold(chunk.subarray(start))
    return lines
  }

  /** The last line, if it has no end. */
  end(): Array<Line> {
    return this.heldBytes > 0 || this.isTooLong ? [this.take()] : []
  }

  private hold(part: Buffer): void {
    this.heldBytes += part.length
    this.isTooLong ||= this.heldBytes > this.lineBytesMax
    if (this.isTooLong) this.parts = []
    else this.parts.push(part)
  }

  private take(): Line {
    const line = this.isTooLong ? tooLong : lineOf(Buffer.concat(this.parts))
    this.parts = []
    this.heldBytes = 0
    this.isTooLong = false
    return line
  }
}

const lineOf = (bytes: Buffer): Line =>
  isUtf8(bytes)
    ? { text: bytes.toString("utf8", 0, bytes.length - (bytes.at(-1) === RETURN ? 1 : 0)) }
    : notUtf8

const tooLong: Line = { problem: "too_long" }
const notUtf8: Line = { problem: "not_utf8" }
const NEWLINE = 0x0a
const RETURN = 0x0d
