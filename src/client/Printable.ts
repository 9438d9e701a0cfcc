import { randomInt } from "node:crypto"
import { inspect } from "node:util"

/**
 * Text of others on one line of a terminal: nothing in it can move the cursor, change colours, turn the direction of
 * reading or hide. Controls become their pictures (ESC is ␛), tabs a blank, the rest �.
 */
export const printable = (text: string): string =>
  replacingUnsafe(text, (character) => {
    const code = character.codePointAt(0)!
    if (character === "\t") return " "
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd"
  })

/** The same for text that may have several lines: each after the first is indented, so that none can pose as another. */
export const printableLines = (text: string): string => text.split(lineEnd).map(printable).join("\n    ")

/** A text in which everything unsafe is spelled out as JSON spells it: ESC is \u001b. */
export const spelledOut = (text: string): string => replacingUnsafe(text, spelled)

/** A JSON text on one line with nothing unsafe in it: the same value, field order and digits as before. */
export const printableJson = (text: string): string =>
  spelledOut(text.replace(/[\r\n][ \t\r\n]*/g, "").replaceAll("\t", " ")) // only between tokens: a string holds no raw controls

/** A text in colour, or several formats of `styleText`. `safe` lets just these colours through. */
export const painted = (format: Format | ReadonlyArray<Format>, text: string): string =>
  [format].flat().reduceRight((inside, name) => {
    const [open, close] = inspect.colors[name]!
    return `\u001b[${open};${mark}m${inside}\u001b[${close};${mark}m`
  }, text)

export type Format = keyof typeof inspect.colors & string

/** Lines of whatever origin for a terminal or a file: colours of our own work, everything else unsafe is spelled out. */
export const safe = (text: string): string =>
  text
    .split(ownColour)
    .map((part, index) => (index % 2 === 0 ? replacingUnsafe(part, unlessLayout) : `\u001b[${part}m`))
    .join("")

/**
 * Lines in which a CI server finds no command of others: GitHub obeys `::…` at the start of a line, where ours stand, and
 * `##[` anywhere.
 */
export const withoutCommands = (text: string, hasOurs = false): string => {
  const inside = text.replaceAll("##[", "##\\u005b")
  return hasOurs ? inside : inside.replace(/^(\s*):(?=:)/gm, "$1\\u003a")
}

/** What nobody can know who writes a text for us: it tells our own colours from theirs. */
const mark = Array.from({ length: 4 }, () => randomInt(1_000, 10_000)).join(";")
const ownColour = new RegExp(`\\u001b\\[(\\d+);${mark}m`)

const lineEnd = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/

const replacingUnsafe = (text: string, by: (character: string) => string): string =>
  suspicious.test(text)
    ? text.replace(
        (unsafe ??= new RegExp(`(\\p{RGI_Emoji}|${joined})|[${table}]`, "gv")),
        (character, harmless?: string) => harmless ?? by(character)
      )
    : text

const unlessLayout = (character: string): string =>
  character === "\n" || character === "\t" ? character : spelled(character)

/** A character as JSON can write it, in two parts where it takes two. */
const spelled = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`
  }).join("")

/**
 * All that is unsafe: controls of both sets, half characters, line separators, what changes the direction of reading, what
 * shows nothing, and what is no character.
 */
const table =
  "\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Bidi_Control}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}\\ufff9-\\ufffb"

/** Some that show nothing belong to the letter before them: emoji, and the joiners and variants of some scripts. */
const joined =
  "(?<=[[\\p{L}\\p{M}]--[\\p{sc=Latin}\\p{sc=Greek}\\p{sc=Cyrillic}\\p{sc=Common}\\p{sc=Inherited}]])[\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}\\u180b-\\u180f]"

const suspicious = new RegExp(`[${table}]`, "v")

/** Made when it is first needed, which it rarely is: all emoji take 12 ms. */
let unsafe: RegExp | undefined
