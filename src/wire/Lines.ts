import { isUtf8 } from "node:buffer"

/** A line without its end, or why there is none, in words. */
export type Line = { readonly text: string } | { readonly problem: string }

/** The longest line of a script. */
export const scriptLineBytesMax = 64 * 1024

/** The lines of a stream. */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  const lines = new Lines(scriptLineBytesMax)
  for await (const chunk of stream) yield* lines.push(chunk)
  yield* lines.end()
}

/**
 * Cuts bytes into lines of UTF-8, ended by `\n` or `\r\n`, holding at most `lineBytesMax` of an unfinished one. A byte
 * order mark at the start is no part of the first one.
 */
export class Lines {
  private readonly lineBytesMax: number
  private parts: Array<Buffer> = []
  private heldBytes = 0
  private isTooLong = false
  private number = 0

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
    this.number++
    const line = this.isTooLong
      ? { problem: `line ${this.number} is longer than ${this.lineBytesMax} bytes` }
      : lineOf(Buffer.concat(this.parts), this.number)
    this.parts = []
    this.heldBytes = 0
    this.isTooLong = false
    return line
  }
}

const lineOf = (bytes: Buffer, number: number): Line => {
  if (!isUtf8(bytes)) return { problem: `line ${number} is not UTF-8` }
  const text = bytes.toString("utf8", 0, bytes.length - (bytes.at(-1) === RETURN ? 1 : 0))
  return { text: number === 1 ? text.replace(/^\ufeff/, "") : text }
}

const NEWLINE = 0x0a
const RETURN = 0x0d
