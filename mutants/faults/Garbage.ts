import { dyingOf, readingJson, unserved } from "../Changes.ts"
import type { Client } from "../chat/Chat.ts"
import type { Fault } from "../Fault.ts"

/** FRAME-6 to FRAME-8: bytes that no client of this chat would send. */
export const garbageFaults: ReadonlyArray<Fault> = [
  {
    name: "garbage-kills",
    level: "must",
    clauses: ["FRAME-6"],
    student: "lets the exception of the JSON parser end the process",
    change: () => ({
      malformed: () => {
        throw new SyntaxError("no JSON")
      }
    })
  },
  {
    name: "garbage-stops-accepting",
    level: "must",
    clauses: ["FRAME-6"],
    student: "catches the parser's exception outside the loop that accepts clients",
    change: (base) => {
      let accepts = true
      return {
        accept: (socket) => (accepts ? base.accept(socket) : unserved(socket)),
        malformed: (client) => {
          accepts = false
          base.endBecause(client, "invalid_json")
        }
      }
    }
  },
  {
    name: "garbage-keeps-the-name",
    level: "must",
    clauses: ["FRAME-6", "LEAVE-1"],
    student: "lets the parser's exception skip the clean-up at the end of the thread",
    change: (base) => {
      const skipped = new Set<Client>()
      return {
        malformed: (client) => {
          skipped.add(client)
          client.socket.destroy()
        },
        leave: (client) => (skipped.has(client) ? undefined : base.leave(client))
      }
    }
  },
  {
    name: "bad-utf-8-kills",
    level: "must",
    clauses: ["FRAME-6"],
    student: "converts to wide characters with a function that throws at bytes that are no UTF-8",
    change: readingJson((stream) => {
      const decoder = new TextDecoder("utf-8", { fatal: true })
      return (chunk) => {
        decoder.decode(chunk, { stream: true })
        return stream().push(chunk)
      }
    })
  },
  {
    name: "bad-utf-8-passed-on",
    level: "must",
    clauses: ["FRAME-6"],
    student: "passes bytes on as they came, also those that are no UTF-8",
    change: (base) => ({
      reader: () => {
        const stream = base.reader()
        return { push: (chunk) => stream.push(Buffer.from(bytesAsCharacters(chunk))) }
      },
      write: (client, text) => base.write(client, charactersAsBytes(text.toString()))
    })
  },
  {
    name: "garbage-unanswered",
    level: "should",
    clauses: ["FRAME-6"],
    student: "ignores what it cannot parse and goes on in silence",
    change: () => ({ malformed: () => {} })
  },
  {
    name: "closes-at-a-bad-line",
    level: "should",
    clauses: ["FRAME-7"],
    student: "ends the connection at the first bad line",
    change: (base) => ({ malformed: (client) => base.endBecause(client, "invalid_json") })
  },
  {
    name: "error-per-byte",
    level: "should",
    clauses: ["FRAME-7"],
    student: "answers each bad byte with an error of its own",
    change: readingJson(
      (stream, fresh) =>
        function* (chunk) {
          for (const byte of chunk)
            for (const frame of stream().push(Buffer.of(byte))) {
              if (frame === "malformed") fresh()
              yield frame
            }
        }
    )
  },
  {
    name: "next-line-lost",
    level: "should",
    clauses: ["FRAME-7"],
    student: "throws the whole segment away in which a bad line stands",
    change: readingJson(
      (stream, fresh) =>
        function* (chunk) {
          for (const frame of stream().push(chunk)) {
            yield frame
            if (frame !== "malformed") continue
            fresh()
            return
          }
        }
    )
  },
  {
    name: "garbage-collected",
    level: "should",
    clauses: ["FRAME-7"],
    student: "collects garbage until a newline comes, and only then looks at it",
    change: readingJson((stream) => {
      let owesAnError = false
      return function* (chunk) {
        const hasNewline = chunk.includes("\n")
        if (owesAnError && hasNewline) {
          owesAnError = false
          yield "malformed"
        }
        for (const frame of stream().push(chunk)) {
          if (frame === "malformed" && !hasNewline) owesAnError = true
          else yield frame
        }
      }
    })
  },
  {
    name: "never-tired",
    level: "should",
    clauses: ["FRAME-7"],
    student: "answers bad lines for ever",
    change: () => ({ malformedMax: Number.POSITIVE_INFINITY })
  },
  {
    name: "never-forgives",
    level: "should",
    clauses: ["FRAME-7"],
    student: "counts bad lines over the whole connection, not in a row",
    change: (base) => ({
      receive: (client, frame) => {
        const { malformedInARow } = client
        const done = base.receive(client, frame)
        client.malformedInARow = Math.max(client.malformedInARow, malformedInARow)
        return done
      }
    })
  },
  {
    name: "tls-kills",
    level: "must",
    clauses: ["FRAME-8"],
    student: "takes the first bytes for a length, as another protocol has it, and asks for that much memory",
    change: readingJson((stream) => (chunk) => {
      if (chunk[0] === 0x16) throw new RangeError("bad_alloc")
      return stream().push(chunk)
    })
  },
  {
    name: "http-kills",
    level: "must",
    clauses: ["FRAME-8"],
    student: "takes the text from find('{') on, also where there is no brace",
    change: readingJson((stream) => (chunk) => {
      if (/^[A-Z]+ [^{]*\n/.test(chunk.toString("latin1"))) throw new RangeError("out_of_range in substr")
      return stream().push(chunk)
    })
  },
  {
    name: "deep-nesting-kills",
    level: "should",
    clauses: ["FRAME-8"],
    student: "wrote a parser that calls itself for each bracket until the stack is full",
    change: (base) => ({
      parse: (text) => {
        const value = base.parse(text)
        depth(value)
        return value
      }
    })
  },
  {
    name: "huge-number-kills",
    level: "should",
    clauses: ["FRAME-8"],
    student: "converts numbers with stoi, which throws at one that is too big",
    change: dyingOf("out_of_range in stoi", (text) => /[0-9]{11}|e[0-9]{3}/.test(text))
  },
  {
    name: "names-in-an-object",
    level: "should",
    clauses: ["FRAME-8"],
    student: "keeps names in a JavaScript object, where `constructor` is always there",
    change: (base) => ({ claim: (client, name) => !(name in {}) && base.claim(client, name) })
  }
]

/** Bytes above ASCII as characters that nobody uses, U+F780 to U+F7FF, so that they survive a trip through strings. */
const bytesAsCharacters = (bytes: Buffer): string =>
  bytes
    .toString("latin1")
    .replaceAll(/[\x80-\xff]/g, (byte) => String.fromCharCode(0xf700 + byte.charCodeAt(0)))

const charactersAsBytes = (text: string): Buffer =>
  Buffer.concat(
    text
      .split(/([\uf780-\uf7ff])/)
      .map((part, i) => (i % 2 === 1 ? Buffer.of(part.charCodeAt(0) & 0xff) : Buffer.from(part)))
  )

const depth = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0
