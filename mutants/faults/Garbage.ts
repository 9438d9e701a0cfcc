import { dyingOf, readingJson, unserved } from "../Changes.ts"
import type { Client } from "../chat/Chat.ts"
import { type Fault, must, should } from "../Fault.ts"

/** FRAME-6 to FRAME-8: bytes that no client of this chat would send. */
export const garbageFaults: ReadonlyArray<Fault> = [
  must("garbage-kills", ["FRAME-6"], "lets the exception of the JSON parser end the process", () => ({
    malformed: () => {
      throw new SyntaxError("no JSON")
    }
  })),
  must(
    "garbage-stops-accepting",
    ["FRAME-6"],
    "catches the parser's exception outside the loop that accepts clients",
    (base) => {
      let accepts = true
      return {
        accept: (socket) => (accepts ? base.accept(socket) : unserved(socket)),
        malformed: (client) => {
          accepts = false
          base.endBecause(client, "invalid_json")
        }
      }
    }
  ),
  must(
    "garbage-keeps-the-name",
    ["FRAME-6", "LEAVE-1"],
    "lets the parser's exception skip the clean-up at the end of the thread",
    (base) => {
      const skipped = new Set<Client>()
      return {
        malformed: (client) => {
          skipped.add(client)
          client.socket.destroy()
        },
        leave: (client) => (skipped.has(client) ? undefined : base.leave(client))
      }
    }
  ),
  must(
    "bad-utf-8-kills",
    ["FRAME-6", "FRAME-8"],
    "converts to wide characters with a function that throws on invalid UTF-8",
    readingJson((stream) => {
      const decoder = new TextDecoder("utf-8", { fatal: true })
      return (chunk) => {
        decoder.decode(chunk, { stream: true })
        return stream().push(chunk)
      }
    })
  ),
  must(
    "bad-utf-8-passed-on",
    ["FRAME-6"],
    "passes bytes on as they came, invalid UTF-8 included",
    (base) => ({
      reader: () => {
        const stream = base.reader()
        return { push: (chunk) => stream.push(Buffer.from(bytesAsCharacters(chunk))) }
      },
      write: (client, text) => base.write(client, charactersAsBytes(text.toString()))
    })
  ),
  should("garbage-unanswered", ["FRAME-6"], "ignores what it cannot parse and goes on in silence", () => ({
    malformed: () => {}
  })),
  should("closes-at-a-bad-line", ["FRAME-7"], "ends the connection at the first bad line", (base) => ({
    malformed: (client) => base.endBecause(client, "invalid_json")
  })),
  should(
    "deaf-without-newlines",
    ["FRAME-7"],
    "skips to the next newline, which a client that has sent none will never send",
    (base) => ({ malformed: (client) => base.malformed(client) })
  ),
  should(
    "error-per-byte",
    ["FRAME-7"],
    "answers each bad byte with an error of its own",
    readingJson(
      (stream, fresh) =>
        function* (chunk) {
          for (const byte of chunk)
            for (const frame of stream().push(Buffer.of(byte))) {
              if (frame === "malformed") fresh()
              yield frame
            }
        }
    )
  ),
  should(
    "next-line-lost",
    ["FRAME-7"],
    "throws away the whole segment that a bad line is in",
    readingJson(
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
  ),
  should(
    "garbage-collected",
    ["FRAME-7"],
    "collects garbage until a newline comes, and only then looks at it",
    readingJson((stream) => {
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
  ),
  should("never-tired", ["FRAME-7"], "answers bad lines for ever", () => ({
    malformedMax: Number.POSITIVE_INFINITY
  })),
  should(
    "never-forgives",
    ["FRAME-7"],
    "counts bad lines over the whole connection, not in a row",
    (base) => ({
      receive: (client, frame) => {
        const { malformedInARow } = client
        const done = base.receive(client, frame)
        client.malformedInARow = Math.max(client.malformedInARow, malformedInARow)
        return done
      }
    })
  ),
  must(
    "tls-kills",
    ["FRAME-8"],
    "takes the first bytes for a length, as in another protocol, and allocates that much memory",
    readingJson((stream) => (chunk) => {
      if (chunk[0] === 0x16) throw new RangeError("bad_alloc")
      return stream().push(chunk)
    })
  ),
  must(
    "http-kills",
    ["FRAME-8"],
    "takes the text from find('{') on, even if there is no brace",
    readingJson((stream) => (chunk) => {
      if (/^[A-Z]+ [^{]*\n/.test(chunk.toString("latin1"))) throw new RangeError("out_of_range in substr")
      return stream().push(chunk)
    })
  ),
  should(
    "deep-nesting-kills",
    ["FRAME-8"],
    "wrote a parser that calls itself for each bracket until the stack is full",
    (base) => ({
      parse: (text) => {
        const value = base.parse(text)
        depth(value)
        return value
      }
    })
  ),
  should(
    "huge-number-kills",
    ["FRAME-8"],
    "converts numbers with stoi, which throws on one that is too big",
    dyingOf("out_of_range in stoi", (text) => /[0-9]{11}|e[0-9]{3}/.test(text))
  ),
  should(
    "names-in-an-object",
    ["FRAME-8"],
    "keeps names in a JavaScript object, where `constructor` is always there",
    (base) => ({ claim: (client, name) => !(name in {}) && base.claim(client, name) })
  )
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
