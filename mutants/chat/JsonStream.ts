import type { Frame, Reader } from "./Chat.ts"

/**
 * Reads a stream of JSON values with a table and a stack of what is still expected, so that a byte which can never
 * become JSON is noticed at once. Malformed bytes cost one frame and the rest of their line (FRAME-7).
 */
export class JsonStream implements Reader {
  private readonly bytesMax: number
  private readonly expected: Array<Row> = []
  private held: Array<Buffer> = []
  private heldBytes = 0
  private skipsLine = false
  private isStuck = false
  /** True once a newline came before or between values. */
  private hasLines = false

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  *push(chunk: Buffer): Generator<Frame> {
    let start = 0
    for (let at = 0; at < chunk.length && !this.isStuck;) {
      if (this.skipsLine) {
        const newline = chunk.indexOf(NEWLINE, at)
        if (newline === -1) return
        this.skipsLine = false
        start = at = newline + 1
      } else if (this.expected.length === 0 && isBetween(chunk[at]!)) {
        this.hasLines ||= chunk[at] === NEWLINE
        start = ++at
      } else {
        if (this.expected.length === 0) this.expected.push(valueOrMark)
        const step = this.step(chunk[at]!)
        if (step === "inside") at++
        if (step === "malformed") {
          this.reset()
          this.skipsLine = true
          yield this.hasLines ? "malformed" : "unreadable"
        } else if (this.heldBytes + at - start > this.bytesMax) {
          this.isStuck = true
          yield "too_large"
        } else if (this.expected.length === 0) {
          const frame = Buffer.concat([...this.held, chunk.subarray(start, at)])
          this.reset()
          start = at
          if (frame[0] !== MARK) yield frame
        }
      }
    }
    if (this.expected.length === 0 || this.isStuck) return
    this.held.push(chunk.subarray(start))
    this.heldBytes += chunk.length - start
  }

  /** Tells if the byte belongs to the value, comes after it (only a number ends so), or can never be part of it. */
  private step(byte: number): "inside" | "before" | "malformed" {
    while (true) {
      const row = this.expected.at(-1)
      if (row === undefined) return "before"
      const rows = row.on[byte]
      if (rows === stay) return "inside"
      if (rows === undefined && row.otherwise === undefined) return "malformed"
      this.expected.pop()
      for (const next of rows ?? row.otherwise!) this.expected.push(next)
      if (rows !== undefined) return "inside"
    }
  }

  private reset(): void {
    this.expected.length = 0
    this.held = []
    this.heldBytes = 0
  }
}

const NEWLINE = 0x0a
/** The first byte of a byte order mark; no value begins with it. */
const MARK = 0xef

/** Space, tab, return and newline, which may separate two values. */
export const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === NEWLINE

/** The same and NUL, which may come between values too, as may byte order marks. */
const isBetween = (byte: number): boolean => isBlank(byte) || byte === 0

/** The bytes that may come next, each with the rows to expect after it (last one first); `otherwise` without a byte. */
interface Row {
  readonly on: Array<ReadonlyArray<Row> | undefined>
  otherwise: ReadonlyArray<Row> | undefined
}

const stay: ReadonlyArray<Row> = []

/**
 * JSON (RFC 8259) and UTF-8 (RFC 3629): after these bytes expect these words, in this order. An empty pattern stands
 * for no byte at all, `~` before a name lets blanks come first, and a single character expects itself.
 */
const values = {
  "{": "~members",
  "\\[": "~items",
  '"': "text",
  "-": "integer",
  "0": "fraction",
  "[1-9]": "digits fraction",
  t: "r u e",
  f: "a l s e",
  n: "u l l"
}

const grammar: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "~value": values,
  valueOrMark: { ...values, "\xef": "\xbb \xbf" },
  "~items": { "\\]": "", "": "~value ~moreItems" },
  "~moreItems": { ",": "~value ~moreItems", "\\]": "" },
  "~members": { '"': "text ~colon ~value ~moreMembers", "}": "" },
  "~moreMembers": { ",": "~key ~colon ~value ~moreMembers", "}": "" },
  "~key": { '"': "text" },
  "~colon": { ":": "" },
  text: {
    '"': "",
    "\\\\": "escape text",
    "[ !#-[\\]-\x7f]": "text",
    "[\xc2-\xdf]": "tail text",
    "\xe0": "tailE0 tail text",
    "[\xe1-\xec\xee\xef]": "tail tail text",
    "\xed": "tailED tail text",
    "\xf0": "tailF0 tail tail text",
    "[\xf1-\xf3]": "tail tail tail text",
    "\xf4": "tailF4 tail tail text"
  },
  tail: { "[\x80-\xbf]": "" },
  tailE0: { "[\xa0-\xbf]": "" },
  tailED: { "[\x80-\x9f]": "" },
  tailF0: { "[\x90-\xbf]": "" },
  tailF4: { "[\x80-\x8f]": "" },
  escape: { '["\\\\/bfnrt]': "", u: "hex hex hex hex" },
  hex: { "[0-9a-fA-F]": "" },
  integer: { "0": "fraction", "[1-9]": "digits fraction" },
  fraction: { "\\.": "digit digits exponent", "": "exponent" },
  exponent: { "[eE]": "sign digit digits", "": "" },
  sign: { "[+-]": "", "": "" },
  digit: { "[0-9]": "" },
  digits: { "[0-9]": "digits", "": "" }
}

const rows = new Map<string, Row>()
const valueOrMark = rowOf("valueOrMark")

/** The row of a name, made when it is first asked for: the grammar is recursive. */
function rowOf(name: string): Row {
  const known = rows.get(name)
  if (known !== undefined) return known
  const row: Row = { on: [], otherwise: undefined }
  rows.set(name, row)
  if (name.startsWith("~")) for (const blank of " \t\r\n") row.on[blank.charCodeAt(0)] = stay
  for (const [bytes, words] of Object.entries(grammar[name] ?? { [name]: "" })) {
    const next = words === name ? stay : words.split(" ").filter(Boolean).map(rowOf).toReversed()
    if (bytes === "") row.otherwise = next
    else for (let byte = 0; byte < 256; byte++) if (matches(bytes, byte)) row.on[byte] = next
  }
  return row
}

function matches(pattern: string, byte: number): boolean {
  return new RegExp(`^${pattern}$`).test(String.fromCharCode(byte))
}
