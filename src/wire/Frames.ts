import { State, table } from "./JsonGrammar.ts"

/** Bytes that no continuation can make JSON: the rest of their line is skipped (FRAME-7). */
export const malformed: unique symbol = Symbol.for("palabre/Frames/malformed")

/** A value longer than the limit: nothing after it can be read any more (FRAME-5). */
export const tooLarge: unique symbol = Symbol.for("palabre/Frames/tooLarge")

/** The place of the last malformed bytes, in texts of a few characters. */
export interface MalformedAt {
  /** What was read before them of the value that they broke. */
  readonly before: string
  /** The bytes that no JSON could go on with, as far as they have come. */
  readonly from: string
}

/** The next thing in a stream of bytes: the text of one JSON value, or the reason why there is none. */
export type Frame = string | typeof malformed | typeof tooLarge

/**
 * Cuts a stream of bytes into the texts of JSON values, whatever stands between them and wherever segments end.
 * Every text it gives is valid JSON. It looks at each byte once (at the one after a number twice) and holds at most
 * `frameBytesMax` bytes of an unfinished value.
 *
 * `push` a chunk, then call `next` until it answers `undefined`, then push the next one. After `tooLarge` it gives
 * `tooLarge` for ever.
 */
export class Frames {
  /** Bytes of the stream looked at so far, the one after a number twice. */
  examined = 0
  /** True once a newline came before or between values: only then is a line a place to go on after malformed bytes. */
  hasLines = false
  malformedAt: MalformedAt | undefined
  private readonly frameBytesMax: number
  private readonly between: number
  private state: number
  private inKey = false
  /** The values open around the byte, a bit each (1 is an object): nesting takes less than the bytes that nest. */
  private open: Uint8Array = noneOpen
  private depth = 0
  private mode: "reading" | "skipping" | "stuck" = "reading"
  private chunk: Buffer = nothing
  private at = 0
  private held: Buffer = nothing
  private heldBytes = 0

  /** A strict one takes NUL and byte order marks between values for malformed. */
  constructor(frameBytesMax: number, isStrict = false) {
    this.frameBytesMax = frameBytesMax
    this.between = isStrict ? State.strictlyBetween : State.between
    this.state = this.between
  }

  /** Bytes of an unfinished value that are being held. */
  get pendingBytes(): number {
    return this.heldBytes
  }

  /** Bytes that are kept for it: what is held, room to grow, and a bit for each level of nesting. */
  get reservedBytes(): number {
    return this.held.length + this.open.length
  }

  /** Adds the next bytes of the stream; all of the ones before must have been taken by `next`. */
  push(chunk: Buffer): void {
    this.chunk = chunk
    this.at = 0
  }

  /** The next frame of what was pushed, or `undefined` once all of it has been looked at. */
  next(): Frame | undefined {
    if (this.mode === "stuck") return tooLarge
    if (this.mode === "skipping") this.skipLine()
    let start: number
    let verdict: number | undefined
    do {
      if (this.state === this.between) this.skipWhite()
      start = this.at
      verdict = this.scan()
      if (verdict === State.mark) this.forget()
    } while (verdict === State.mark)
    if (verdict === State.malformed) {
      this.malformedAt = this.locate(start)
      return this.give(malformed, "skipping")
    }
    if (verdict === State.done) return this.take(start)
    if (this.state !== this.between && !this.hold(start)) return this.give(tooLarge, "stuck")
    this.chunk = nothing
    this.at = 0
    return undefined
  }

  /** Walks the table from `at` on until a value is done, can never be one, or the chunk ends. */
  private scan(): number | undefined {
    const { chunk } = this
    const first = this.at
    let { at, state } = this
    let verdict: number | undefined
    while (at < chunk.length && verdict === undefined) {
      const byte = chunk[at]!
      let to = table[(state << 8) | byte]!
      if (to >= State.firstAction) {
        if (to !== State.numberEnd) at++
        to = this.act(to, byte)
        if (to >= State.firstAction) verdict = to
        else state = to
      } else {
        state = to
        at++
      }
    }
    this.examined += at - first
    this.at = at
    this.state = state
    return verdict
  }

  /** The few transitions that depend on what is open around the byte: a state, `done` or `malformed`. */
  private act(action: number, byte: number): number {
    switch (action) {
      case State.open:
        this.enter(byte === OPEN_OBJECT)
        return byte === OPEN_OBJECT ? State.firstKey : State.firstItem
      case State.close:
        this.depth--
        return this.afterValue()
      case State.keyQuote:
        this.inKey = true
        return State.string
      case State.quote:
        if (!this.inKey) return this.afterValue()
        this.inKey = false
        return State.colon
      case State.numberEnd:
        this.examined++
        return this.afterValue()
      case State.valueEnd:
        return this.afterValue()
      default:
        return action
    }
  }

  private afterValue(): number {
    if (this.depth === 0) return State.done
    const top = this.depth - 1
    const isObject = (this.open[top >> 3]! >> (top & 7)) & 1
    return isObject ? State.afterMember : State.afterItem
  }

  private enter(isObject: boolean): void {
    const at = this.depth >> 3
    const bit = 1 << (this.depth & 7)
    if (at === this.open.length) this.open = resized(this.open, Math.max(8, at * 2))
    if (isObject) this.open[at]! |= bit
    else this.open[at]! &= ~bit
    this.depth++
  }

  private take(start: number): Frame {
    if (this.heldBytes + this.at - start > this.frameBytesMax) return this.give(tooLarge, "stuck")
    if (this.heldBytes === 0) return this.give(this.chunk.toString("utf8", start, this.at), "reading")
    this.hold(start)
    return this.give(this.held.toString("utf8", 0, this.heldBytes), "reading")
  }

  private give<A extends Frame>(frame: A, mode: "reading" | "skipping" | "stuck"): A {
    this.mode = mode
    this.forget()
    return frame
  }

  /** Begins a new value. */
  private forget(): void {
    this.state = this.between
    this.inKey = false
    this.depth = 0
    this.open = noneOpen
    this.held = nothing
    this.heldBytes = 0
  }

  /** The place of the byte just looked at, in the value that began at `start` or in what is held. */
  private locate(start: number): MalformedAt {
    const { at, chunk, held, heldBytes } = this
    const before = Buffer.concat([
      held.subarray(Math.max(0, heldBytes - excerptBytesMax), heldBytes),
      chunk.subarray(Math.max(start, at - 1 - excerptBytesMax), at - 1)
    ])
    const newline = chunk.indexOf(NEWLINE, at - 1)
    const end = Math.min(newline === -1 ? chunk.length : newline, at + excerptBytesMax)
    return {
      before: before.subarray(-excerptBytesMax).toString("utf8"),
      from: chunk.toString("utf8", at - 1, end)
    }
  }

  /** Keeps what was scanned since `start` in a buffer that doubles: single bytes cost no more than a chunk. */
  private hold(start: number): boolean {
    const bytes = this.heldBytes + this.at - start
    if (bytes > this.frameBytesMax) return false
    if (bytes > this.held.length) {
      const grown = Buffer.allocUnsafeSlow(
        Math.min(this.frameBytesMax, Math.max(bytes, this.held.length * 2))
      )
      this.held.copy(grown, 0, 0, this.heldBytes)
      this.held = grown
    }
    this.chunk.copy(this.held, this.heldBytes, start, this.at)
    this.heldBytes = bytes
    return true
  }

  private skipWhite(): void {
    const { between, chunk } = this
    let { at } = this
    while (at < chunk.length && table[(between << 8) | chunk[at]!] === between) at++
    this.hasLines ||= at > this.at && chunk.subarray(this.at, at).includes(NEWLINE)
    this.examined += at - this.at
    this.at = at
  }

  /** Drops the bytes up to and with the next newline, or all of them; the byte that broke the value may be it. */
  private skipLine(): void {
    const from = this.at > 0 && this.chunk[this.at - 1] === NEWLINE ? this.at - 1 : this.at
    const newline = this.chunk.indexOf(NEWLINE, from)
    const end = newline === -1 ? this.chunk.length : newline + 1
    this.examined += end - from
    this.at = end
    if (newline !== -1) this.mode = "reading"
  }
}

const resized = (bytes: Uint8Array, length: number): Uint8Array => {
  const grown = new Uint8Array(length)
  grown.set(bytes)
  return grown
}

/** Bytes shown of malformed input, on each side of where it broke. */
const excerptBytesMax = 40

const nothing = Buffer.alloc(0)
const noneOpen = new Uint8Array(0)
const NEWLINE = 0x0a
const OPEN_OBJECT = 0x7b
