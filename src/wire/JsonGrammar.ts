/**
 * The JSON grammar (RFC 8259) over UTF-8 bytes (RFC 3629) as one table, so that a reader knows after each byte
 * whether a value is whole, unfinished, or can never become JSON. Between values NUL and the byte order mark are white
 * space, too: what careless clients put around JSON.
 */

/** States of the grammar, then the actions that a transition may ask for instead of a state. */
export const State = {
  between: 0,
  value: 1,
  firstItem: 2,
  firstKey: 3,
  key: 4,
  colon: 5,
  afterMember: 6,
  afterItem: 7,
  string: 8,
  escape: 9,
  hex4: 10,
  hex3: 11,
  hex2: 12,
  hex1: 13,
  tail1: 14,
  tail2: 15,
  tail3: 16,
  tailE0: 17,
  tailED: 18,
  tailF0: 19,
  tailF4: 20,
  minus: 21,
  zero: 22,
  integer: 23,
  point: 24,
  fraction: 25,
  exponent: 26,
  exponentSign: 27,
  exponentDigits: 28,
  literal: 29, // and the nine after it: the letters of true, false and null
  mark2: 40,
  mark3: 41,
  /** Between values where nothing but JSON's own white space may be. */
  strictlyBetween: 42,
  firstAction: 64,
  open: 64,
  close: 65,
  keyQuote: 66,
  quote: 67,
  valueEnd: 68,
  numberEnd: 69,
  done: 70,
  malformed: 71,
  mark: 72
} as const

/** The states in which a value may begin, be it the first of an array. */
const beginnings = [State.between, State.strictlyBetween, State.value, State.firstItem]

/** `table[(state << 8) | byte]` is the next state, or an action from `State.firstAction` on. */
export const table: Uint8Array = makeTable()

function makeTable(): Uint8Array {
  const rows = new Uint8Array(State.firstAction << 8).fill(State.malformed)
  const on: On = (state, bytes, to) => {
    const codes =
      typeof bytes === "string"
        ? [...bytes].map((letter) => letter.charCodeAt(0))
        : Array.from({ length: bytes[1] - bytes[0] + 1 }, (_, i) => bytes[0] + i)
    for (const code of codes) rows[(state << 8) | code] = to
  }
  structure(on)
  strings(on)
  numbers(on)
  literals(on)
  return rows
}

/** Fills one row: on these letters, or on each byte of this range, go there. */
type On = (state: number, bytes: string | readonly [from: number, to: number], to: number) => void

function structure(on: On): void {
  const white = " \t\r\n"
  for (const state of [
    State.between,
    State.strictlyBetween,
    State.value,
    State.firstItem,
    State.firstKey,
    State.key,
    State.colon,
    State.afterMember,
    State.afterItem
  ])
    on(state, white, state)
  on(State.between, "\0", State.between)
  on(State.between, [0xef, 0xef], State.mark2) // a byte order mark
  on(State.mark2, [0xbb, 0xbb], State.mark3)
  on(State.mark3, [0xbf, 0xbf], State.mark)
  for (const state of beginnings) {
    on(state, "{[", State.open)
    on(state, '"', State.string)
    on(state, "-", State.minus)
    on(state, "0", State.zero)
    on(state, "123456789", State.integer)
  }
  on(State.firstItem, "]", State.close)
  on(State.firstKey, "}", State.close)
  on(State.firstKey, '"', State.keyQuote)
  on(State.key, '"', State.keyQuote)
  on(State.colon, ":", State.value)
  on(State.afterMember, ",", State.key)
  on(State.afterMember, "}", State.close)
  on(State.afterItem, ",", State.value)
  on(State.afterItem, "]", State.close)
}

function strings(on: On): void {
  on(State.string, [0x20, 0x7f], State.string)
  on(State.string, '"', State.quote)
  on(State.string, "\\", State.escape)
  on(State.escape, '"\\/bfnrt', State.string)
  on(State.escape, "u", State.hex4)
  const hex = "0123456789abcdefABCDEF"
  on(State.hex4, hex, State.hex3)
  on(State.hex3, hex, State.hex2)
  on(State.hex2, hex, State.hex1)
  on(State.hex1, hex, State.string)
  on(State.string, [0xc2, 0xdf], State.tail1)
  on(State.string, [0xe0, 0xe0], State.tailE0)
  on(State.string, [0xe1, 0xec], State.tail2)
  on(State.string, [0xed, 0xed], State.tailED)
  on(State.string, [0xee, 0xef], State.tail2)
  on(State.string, [0xf0, 0xf0], State.tailF0)
  on(State.string, [0xf1, 0xf3], State.tail3)
  on(State.string, [0xf4, 0xf4], State.tailF4)
  on(State.tail1, [0x80, 0xbf], State.string)
  on(State.tail2, [0x80, 0xbf], State.tail1)
  on(State.tail3, [0x80, 0xbf], State.tail2)
  on(State.tailE0, [0xa0, 0xbf], State.tail1)
  on(State.tailED, [0x80, 0x9f], State.tail1)
  on(State.tailF0, [0x90, 0xbf], State.tail2)
  on(State.tailF4, [0x80, 0x8f], State.tail2)
}

function numbers(on: On): void {
  const digits = "0123456789"
  on(State.minus, "0", State.zero)
  on(State.minus, "123456789", State.integer)
  for (const state of [State.zero, State.integer, State.fraction, State.exponentDigits])
    on(state, [0, 255], State.numberEnd)
  on(State.integer, digits, State.integer)
  on(State.zero, ".", State.point)
  on(State.integer, ".", State.point)
  on(State.point, digits, State.fraction)
  on(State.fraction, digits, State.fraction)
  for (const state of [State.zero, State.integer, State.fraction]) on(state, "eE", State.exponent)
  on(State.exponent, "+-", State.exponentSign)
  on(State.exponent, digits, State.exponentDigits)
  on(State.exponentSign, digits, State.exponentDigits)
  on(State.exponentDigits, digits, State.exponentDigits)
}

function literals(on: On): void {
  let free: number = State.literal
  for (const word of ["true", "false", "null"]) {
    for (const state of beginnings) on(state, word[0]!, free)
    for (const letter of word.slice(1, -1)) on(free, letter, ++free)
    on(free, word.at(-1)!, State.valueEnd)
    free++
  }
}
