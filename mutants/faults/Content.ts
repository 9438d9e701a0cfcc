import { brokenAt, content, dyingOf, readingBy } from "../Changes.ts"
import type { Event, Reply } from "../chat/Chat.ts"
import { type Fault, must, should } from "../Fault.ts"

/** MSG-6: what became of the content on the way. */
export const contentFaults: ReadonlyArray<Fault> = [
  must("quotes-unescaped", ["MSG-6"], "builds its JSON by gluing strings together", () => ({
    encode: glued
  })),
  must("newlines-unescaped", ["MSG-6"], "escapes quotes and backslashes but not line breaks", (base) => ({
    encode: (object) => base.encode(object).replaceAll(/(?<!\\)((?:\\\\)*)\\n/g, "$1\n")
  })),
  must(
    "buffer-1024",
    ["MSG-6"],
    "copies the content into a char[1024]",
    content((text) => Buffer.from(text).subarray(0, 1023).toString())
  ),
  should(
    "buffer-4096",
    ["MSG-6"],
    "copies the content into a char[4096]",
    content((text) => Buffer.from(text).subarray(0, 4095).toString())
  ),
  must(
    "content-trimmed",
    ["MSG-6"],
    "trims the spaces off both ends",
    content((text) => text.trim() || text)
  ),
  must(
    "line-breaks-flattened",
    ["MSG-6"],
    "turns line breaks into spaces",
    content((text) => text.replaceAll(/[\r\n]+/g, " "))
  ),
  must(
    "readline",
    ["MSG-6"],
    "reads with readline, which also splits at U+2028",
    brokenAt(/(?<=\n|\xe2\x80[\xa8\xa9])/)
  ),
  must(
    "html-escaped",
    ["MSG-6"],
    "turns < into &lt; on the way",
    content((text) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;"))
  ),
  must(
    "escaped-twice",
    ["MSG-6"],
    "escapes what its library will escape again",
    content((text) => JSON.stringify(text).slice(1, -1))
  ),
  must(
    "emoji-lost",
    ["MSG-6"],
    "keeps characters in 16 bits each",
    content((text) => text.replaceAll(/[\u{10000}-\u{10ffff}]/gu, "?"))
  ),
  must(
    "accents-lost",
    ["MSG-6"],
    "replaces what is not ASCII",
    content((text) => text.replaceAll(/[^\0-\x7f]/g, "?"))
  ),
  must(
    "printf-of-content",
    ["MSG-6"],
    "calls printf with the content as the format",
    content((text) => text.replaceAll(/%[sdnxc]/g, "0"))
  ),
  must(
    "braces-counted-in-strings",
    ["MSG-6"],
    "counts braces to find the end of an object, including those inside strings",
    readingBy((bytes) => {
      const texts: Array<Buffer> = []
      let [start, open] = [0, 0]
      for (const [at, byte] of bytes.entries()) {
        if (byte === 0x7b) open++
        if (byte === 0x7d) open--
        if (open > 0 || (byte !== 0x7d && byte !== 0x0a)) continue
        texts.push(bytes.subarray(start, at + 1))
        start = at + 1
        open = 0
      }
      return { texts, rest: bytes.subarray(start) }
    })
  ),
  must(
    "backslashes-lost",
    ["MSG-6"],
    "drops every backslash while reading a string",
    content((text) => text.replaceAll("\\", ""))
  ),
  must(
    "long-message-kills",
    ["MSG-6"],
    "copies a message of any length into a char[1024] and overwrites what follows it",
    dyingOf("segmentation fault", (text) => Buffer.byteLength(text) > 1500)
  )
]

const glued = (object: Reply | Event): string => {
  const fields = Object.entries(object).map(([key, value]) =>
    typeof value === "string" ? `"${key}":"${value}"` : `"${key}":${JSON.stringify(value)}`
  )
  return `{${fields.join(",")}}\n`
}
