import { inspect } from "node:util"
import { spelledOut } from "../src/client/Printable.ts"

/** One JSON value on one line as a person reads it: invisible characters spelled out, long texts cut in the middle. */
export const show = (value: unknown, charactersMax = 200): string => {
  const text = value === undefined ? "nothing" : visible(written(value))
  return clip(text, charactersMax)
}

/** As JSON; Node 22 can write only so much nesting, and then the beginning has to do. */
const written = (value: unknown): string => {
  try {
    return JSON.stringify(value, withoutTokens)
  } catch {
    return inspect(value, { depth: 20, breakLength: Infinity })
  }
}

/** Leaves the tokens of sessions out of JSON that is shown: whoever has one is that person (RESUME-2). */
export const withoutTokens = (key: string, value: unknown): unknown =>
  key === "session" && typeof value === "string" ? "***" : value

/** A text that may be JSON, whole or cut off, without the tokens in it; each may be as long as it was. */
export const concealTokens = (text: string, isAsLong = false): string =>
  text.replace(
    /("session"\s*:\s*")((?:[^"\\]|\\.)*)/g,
    (_, key: string, token: string) => key + (isAsLong ? "*".repeat(token.length) : "***")
  )

/** Shortens a text in its middle and says by how much. */
export const clip = (text: string, charactersMax: number): string => {
  if (text.length <= charactersMax) return text
  const kept = Math.floor((charactersMax - 20) / 2)
  return `${text.slice(0, kept)} … +${text.length - 2 * kept} … ${text.slice(-kept)}`
}

/** Spells out what a terminal would not show: controls, joiners, direction marks, odd blanks. */
export const visible = (text: string): string => spelledOut(text).replace(oddBlanks, spelledBlank)

const spelledBlank = (blank: string): string => `\\u${blank.codePointAt(0)!.toString(16).padStart(4, "0")}`

/** The same for what is said to people: before a sign of punctuation a no-break space is French, and seen by the sign. */
export const legible = (text: string): string => spelledOut(text).replace(oddBlanksAlone, spelledBlank)

/** The first character of a text that looks like a blank or like nothing, with its name. */
export const firstUnseen = (text: string): { readonly at: number; readonly name: string } | undefined => {
  const flat = text.replaceAll(/[\n\r\t]/g, " ")
  const seen = visible(flat)
  if (seen === flat) return undefined
  let at = 0
  while (flat[at] === seen[at]) at++
  const code = flat.codePointAt(at)!
  const number = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
  return { at, name: `${names.get(code) ?? "an invisible character"} (${number})` }
}

const names: ReadonlyMap<number, string> = new Map([
  [0xa0, "a no-break space"],
  [0xad, "a soft hyphen"],
  [0x200b, "a zero-width space"],
  [0x200c, "a zero-width non-joiner"],
  [0x200d, "a zero-width joiner"],
  [0x2028, "a line separator"],
  [0x202f, "a narrow no-break space"],
  [0x2060, "a word joiner"],
  [0x3000, "an ideographic space"],
  [0xfeff, "a byte order mark"]
])

/** The width of a text on a terminal: most characters take one cell, those of East Asia and emoji two. */
export const cells = (text: string): number =>
  [...new Intl.Segmenter().segment(text)].reduce((sum, { segment }) => sum + (wide.test(segment) ? 2 : 1), 0)

const wide =
  /\p{RGI_Emoji}|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/v

/** A text as one word of a command line, quoted where it has to be; no file is taken for a flag. */
export const shellWord = (text: string): string => {
  const word = text.startsWith("-") ? `./${text}` : text
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** `1 client`, `2 clients`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`

/** `a, b and c`. */
export const listed = (items: ReadonlyArray<string>, last = "and"): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1)}`

/** A span of time in the unit that fits it. */
export const millis = (ms: number): string =>
  ms >= 1000 ? `${Number((ms / 1000).toFixed(1))} s` : `${Number(ms.toFixed(ms < 10 ? 1 : 0))} ms`

/** Blanks that look like a space and are none. */
const oddBlanks = /(?! )\p{Zs}/gu
const oddBlanksAlone = /(?! |[\u00a0\u202f][:;!?»]|(?<=«)[\u00a0\u202f])\p{Zs}/gu
