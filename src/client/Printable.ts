/**
 * Text of others on one line of a terminal: nothing in it can move the cursor, change colours or turn the direction
 * of reading. Controls become their pictures (ESC is ␛), tabs a blank, the rest �.
 */
export const printable = (text: string): string =>
  text.toWellFormed().replace(unsafe, (character) => {
    const code = character.codePointAt(0)!
    if (character === "\t") return " "
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd"
  })

/** The same for text that may have several lines: each after the first is indented, so that none can pose as another. */
export const printableLines = (text: string): string => text.split(lineEnd).map(printable).join("\n    ")

/** A JSON text on one line with nothing unsafe in it: the same value, field order and digits as before. */
export const printableJson = (text: string): string =>
  text
    .replace(/[\r\n][ \t\r\n]*/g, "") // only between tokens: a string holds no raw line end
    .replaceAll("\t", " ")
    .replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)

const lineEnd = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/

/** Controls of both sets, line separators, and what changes the direction of reading. */
// oxlint-disable-next-line no-control-regex
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
