import { brokenAt, dyingOf, readingBy, readingJson } from "../Changes.ts"
import type { Fault } from "../Fault.ts"
import type { Frame } from "../chat/Chat.ts"

/** FRAME-1 to FRAME-5: where a request begins and ends, and what its bytes mean. */
export const framingFaults: ReadonlyArray<Fault> = [
  {
    name: "recv-is-a-message",
    level: "must",
    clauses: ["FRAME-1", "FRAME-2"],
    student: "takes what one recv of 1,024 bytes brings for one message",
    change: readingBy((bytes) => ({ texts: cut(bytes, 1024), rest: Buffer.alloc(0) }))
  },
  {
    name: "half-forgotten",
    level: "must",
    clauses: ["FRAME-1"],
    student: "clears the buffer after each recv, also when half a request is in it",
    change: readingJson(
      (stream, fresh) =>
        function* (chunk) {
          yield* stream().push(chunk)
          fresh()
        }
    )
  },
  {
    name: "escape-forgotten",
    level: "must",
    clauses: ["FRAME-1"],
    student: "no longer knows after a recv that a backslash came right before it",
    change: readingJson((stream) => {
      let cutAfterBackslash = false
      return function* (chunk) {
        if (cutAfterBackslash && chunk[0] === QUOTE) yield "malformed"
        else yield* stream().push(chunk)
        cutAfterBackslash = chunk.at(-1) === BACKSLASH && chunk.at(-2) !== BACKSLASH
      }
    })
  },
  {
    name: "newline-needed",
    level: "must",
    clauses: ["FRAME-9"],
    student: "reads lines, though the sheet's client sends none",
    change: readingBy((bytes) => {
      const end = bytes.lastIndexOf("\n") + 1
      return {
        texts: bytes.subarray(0, end).toString("latin1").split("\n").map(fromLatin1),
        rest: bytes.subarray(end)
      }
    })
  },
  {
    name: "rest-of-segment-lost",
    level: "must",
    clauses: ["FRAME-2"],
    student: "answers the first request of a recv and forgets the others",
    change: readingJson(
      (stream, fresh) =>
        function* (chunk) {
          for (const frame of stream().push(chunk)) {
            fresh()
            yield frame
            return
          }
        }
    )
  },
  {
    name: "waits-for-the-next",
    level: "must",
    clauses: ["FRAME-9"],
    student: "notices the end of an object only when another byte follows it",
    change: readingJson((stream) => {
      let waiting: Frame | undefined
      return function* (chunk) {
        for (const byte of chunk) {
          if (waiting !== undefined) yield waiting
          waiting = undefined
          for (const frame of stream().push(Buffer.of(byte))) waiting = frame
        }
      }
    })
  },
  {
    name: "thread-per-request",
    level: "must",
    clauses: ["FRAME-2", "REQ-2"],
    student: "starts a thread for each request, so that answers come in any order",
    change: (base) => {
      let asked = 0
      return {
        receive: (client, frame) => {
          setTimeout(() => void base.receive(client, frame), asked++ % 2 === 0 ? 10 : 0)
        },
        finished: (client) => void setTimeout(() => base.finished(client), 20)
      }
    }
  },
  {
    name: "decodes-each-recv",
    level: "must",
    clauses: ["FRAME-3"],
    student: "decodes each recv by itself, so that a character cut in two becomes U+FFFD",
    change: readingJson((stream) => (chunk) => stream().push(Buffer.from(chunk.toString("utf8"))))
  },
  {
    name: "latin-1",
    level: "must",
    clauses: ["FRAME-4", "MSG-6"],
    student: "takes each byte for a character",
    change: () => ({ text: (bytes) => bytes.toString("latin1") })
  },
  {
    name: "raw-utf-8-refused",
    level: "must",
    clauses: ["FRAME-4"],
    student: "allows only ASCII in a request",
    change: readingJson((stream) => {
      return function* (chunk) {
        for (const frame of stream().push(chunk))
          yield frame instanceof Buffer && frame.some((byte) => byte > 0x7f) ? "malformed" : frame
      }
    })
  },
  {
    name: "escapes-kept",
    level: "must",
    clauses: ["FRAME-4"],
    student: 'knows \\n and \\" but passes \\u00e9 on as six characters',
    change: (base) => ({ parse: (text) => base.parse(text.replaceAll("\\u", "\\\\u")) })
  },
  {
    name: "half-an-emoji",
    level: "must",
    clauses: ["FRAME-4"],
    student: "decodes each \\uXXXX by itself, so that an escaped emoji becomes two broken halves",
    change: (base) => ({
      parse: (text) => base.parse(text.replaceAll(/\\ud[89ab]..\\ud[c-f]../gi, "\\ufffd\\ufffd"))
    })
  },
  {
    name: "space-refused",
    level: "must",
    clauses: ["FRAME-4", "LOGIN-1"],
    student: 'searches the text for "type":" without a space, as the own client writes it',
    change: (base) => ({
      parse: (text) => (text.includes('"type":"') ? base.parse(text) : { type: "unknown" })
    })
  },
  {
    name: "space-needed",
    level: "must",
    clauses: ["FRAME-4"],
    student: 'searches the text for "type": " with a space, as Python writes it',
    change: (base) => ({
      parse: (text) => (text.includes('"type": "') ? base.parse(text) : { type: "unknown" })
    })
  },
  {
    name: "indented-refused",
    level: "should",
    clauses: ["FRAME-4"],
    student: "takes a newline for the end of a request, wherever it stands",
    change: brokenAt(/(?<=\n)/)
  },
  {
    name: "no-limit",
    level: "should",
    clauses: ["FRAME-5"],
    student: "collects whatever comes until the object is complete",
    change: () => ({ frameBytesMax: Number.POSITIVE_INFINITY })
  },
  {
    name: "limit-when-complete",
    level: "should",
    clauses: ["FRAME-5"],
    student: "looks at the length of an object only once it is complete",
    change: (base) => ({
      frameBytesMax: Number.POSITIVE_INFINITY,
      receive: (client, frame) => base.receive(client, frame.length > 65_536 ? "too_large" : frame)
    })
  },
  {
    name: "too-large-unsaid",
    level: "should",
    clauses: ["FRAME-5", "END-1"],
    student: "cuts a client off that sends too much, without saying why",
    change: (base) => ({
      receive: (client, frame) =>
        frame === "too_large" ? void client.socket.resetAndDestroy() : base.receive(client, frame)
    })
  },
  {
    name: "limit-of-4-kib",
    level: "should",
    clauses: ["MSG-6", "FRAME-5"],
    student: "has a limit that a long message already exceeds",
    change: () => ({ frameBytesMax: 4096 })
  },
  {
    name: "duplicate-keys-kill",
    level: "must",
    clauses: ["FRAME-8"],
    student: "ends the process with an exception that nobody catches when a key comes twice",
    change: dyingOf("duplicate key", (text) => /"(\w+)":.*"\1":/.test(text))
  }
]

const QUOTE = 0x22
const BACKSLASH = 0x5c

const fromLatin1 = (text: string): Buffer => Buffer.from(text, "latin1")

const cut = (bytes: Buffer, size: number): ReadonlyArray<Buffer> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
