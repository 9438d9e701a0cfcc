import { brokenAt, content, dyingOf, readingBy } from "../Changes.ts"
import type { Event, Reply } from "../chat/Chat.ts"
import type { Fault } from "../Fault.ts"

/** MSG-6: what became of the content on its way. */
export const contentFaults: ReadonlyArray<Fault> = [
  {
    name: "quotes-unescaped",
    level: "must",
    clauses: ["MSG-6"],
    student: "builds its JSON by gluing strings together",
    change: () => ({ encode: glued })
  },
  {
    name: "newlines-unescaped",
    level: "must",
    clauses: ["MSG-6"],
    student: "escapes quotes and backslashes but not line breaks",
    change: (base) => ({
      encode: (object) => base.encode(object).replaceAll(/(?<!\\)((?:\\\\)*)\\n/g, "$1\n")
    })
  },
  {
    name: "buffer-1024",
    level: "must",
    clauses: ["MSG-6"],
    student: "copies the content into a char[1024]",
    change: content((text) => Buffer.from(text).subarray(0, 1023).toString())
  },
  {
    name: "buffer-4096",
    level: "should",
    clauses: ["MSG-6"],
    student: "copies the content into a char[4096]",
    change: content((text) => Buffer.from(text).subarray(0, 4095).toString())
  },
  {
    name: "content-trimmed",
    level: "must",
    clauses: ["MSG-6"],
    student: "cuts the blanks off both ends",
    change: content((text) => text.trim() || text)
  },
  {
    name: "line-breaks-flattened",
    level: "must",
    clauses: ["MSG-6"],
    student: "turns line breaks into blanks",
    change: content((text) => text.replaceAll(/[\r\n]+/g, " "))
  },
  {
    name: "readline",
    level: "must",
    clauses: ["MSG-6"],
    student: "reads with readline, which also splits at U+2028",
    change: brokenAt(/(?<=\n|\xe2\x80[\xa8\xa9])/)
  },
  {
    name: "html-escaped",
    level: "must",
    clauses: ["MSG-6"],
    student: "turns < into &lt; on its way",
    change: content((text) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;"))
  },
  {
    name: "escaped-twice",
    level: "must",
    clauses: ["MSG-6"],
    student: "escapes what its library will escape again",
    change: content((text) => JSON.stringify(text).slice(1, -1))
  },
  {
    name: "emoji-lost",
    level: "must",
    clauses: ["MSG-6"],
    student: "keeps characters in 16 bits each",
    change: content((text) => text.replaceAll(/[\u{10000}-\u{10ffff}]/gu, "?"))
  },
  {
    name: "accents-lost",
    level: "must",
    clauses: ["MSG-6"],
    student: "replaces what is not ASCII",
    change: content((text) => text.replaceAll(/[^\0-\x7f]/g, "?"))
  },
  {
    name: "printf-of-content",
    level: "must",
    clauses: ["MSG-6"],
    student: "calls printf with the content as the format",
    change: content((text) => text.replaceAll(/%[sdnxc]/g, "0"))
  },
  {
    name: "braces-counted-in-strings",
    level: "must",
    clauses: ["MSG-6"],
    student: "counts braces to find the end of an object, also those inside strings",
    change: readingBy((bytes) => {
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
  },
  {
    name: "backslashes-lost",
    level: "must",
    clauses: ["MSG-6"],
    student: "drops every backslash while reading a string",
    change: content((text) => text.replaceAll("\\", ""))
  },
  {
    name: "long-message-kills",
    level: "must",
    clauses: ["MSG-6"],
    student: "copies a message of any length into a char[1024] and overwrites what lies behind it",
    change: dyingOf("segmentation fault", (text) => Buffer.byteLength(text) > 1500)
  }
]

const glued = (object: Reply | Event): string => {
  const fields = Object.entries(object).map(([key, value]) =>
    typeof value === "string" ? `"${key}":"${value}"` : `"${key}":${JSON.stringify(value)}`
  )
  return `{${fields.join(",")}}\n`
}
