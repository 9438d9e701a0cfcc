import { brokenAt, dyingOf, readingBy, readingGarbageFor, readingJson } from "../Changes.ts"
import { type Fault, must, should } from "../Fault.ts"
import type { Frame } from "../chat/Chat.ts"

/** FRAME-1 to FRAME-5: where a request begins and ends, and what its bytes mean. */
export const framingFaults: ReadonlyArray<Fault> = [
  must(
    "recv-is-a-message",
    ["FRAME-1", "FRAME-2", "MSG-6"],
    "takes what one recv of 1,024 bytes brings for one message",
    readingBy((bytes) => ({ texts: cut(bytes, 1024), rest: Buffer.alloc(0) }))
  ),
  must(
    "half-forgotten",
    ["FRAME-1"],
    "clears the buffer after each recv, even when half a request is in it",
    readingJson(
      (stream, fresh) =>
        function* (chunk) {
          yield* stream().push(chunk)
          fresh()
        }
    )
  ),
  must(
    "half-is-an-error",
    ["FRAME-1"],
    "closes the connection when a recv ends in the middle of a request",
    (base) => ({
      ...readingJson(
        (stream) =>
          function* (chunk) {
            yield* stream().push(chunk)
            if (!/[}\s]$/.test(chunk.toString("latin1"))) yield "malformed"
          }
      )(base),
      malformed: (client) => base.end(client)
    })
  ),
  must(
    "escape-forgotten",
    ["FRAME-1"],
    "forgets at each recv that the byte before it was a backslash",
    readingJson((stream) => {
      let cutAfterBackslash = false
      return function* (chunk) {
        if (cutAfterBackslash && chunk[0] === QUOTE) yield "malformed"
        else yield* stream().push(chunk)
        cutAfterBackslash = chunk.at(-1) === BACKSLASH && chunk.at(-2) !== BACKSLASH
      }
    })
  ),
  must(
    "newline-needed",
    ["FRAME-9"],
    "reads lines, though the sheet's client sends none",
    readingBy((bytes) => {
      const end = bytes.lastIndexOf("\n") + 1
      return {
        texts: bytes.subarray(0, end).toString("latin1").split("\n").map(fromLatin1),
        rest: bytes.subarray(end)
      }
    })
  ),
  should(
    "nul-is-garbage",
    ["FRAME-9"],
    "chokes on the NUL between requests that C's strlen + 1 sends",
    readingGarbageFor("\0")
  ),
  should("mark-is-garbage", ["FRAME-9"], "chokes on a byte order mark", readingGarbageFor("\xef\xbb\xbf")),
  must(
    "rest-of-segment-lost",
    ["FRAME-2"],
    "answers the first request of a recv and forgets the others",
    readingJson(
      (stream, fresh) =>
        function* (chunk) {
          for (const frame of stream().push(chunk)) {
            fresh()
            yield frame
            return
          }
        }
    )
  ),
  must(
    "waits-for-the-next",
    ["FRAME-9"],
    "notices the end of an object only when another byte follows it",
    readingJson((stream) => {
      let waiting: Frame | undefined
      return function* (chunk) {
        for (const byte of chunk) {
          if (waiting !== undefined) yield waiting
          waiting = undefined
          for (const frame of stream().push(Buffer.of(byte))) waiting = frame
        }
      }
    })
  ),
  must(
    "thread-per-request",
    ["FRAME-2", "REQ-2"],
    "starts a thread for each request, so that answers come in any order",
    (base) => {
      let asked = 0
      return {
        receive: (client, frame) => {
          setTimeout(() => void base.receive(client, frame), asked++ % 2 === 0 ? 10 : 0)
        },
        finished: (client) => void setTimeout(() => base.finished(client), 20)
      }
    }
  ),
  must(
    "decodes-each-recv",
    ["FRAME-3"],
    "decodes each recv by itself, so that a character cut in two becomes U+FFFD",
    readingJson((stream) => (chunk) => stream().push(Buffer.from(chunk.toString("utf8"))))
  ),
  must("latin-1", ["FRAME-4", "MSG-6", "LOGIN-1"], "takes each byte for a character", () => ({
    text: (bytes) => bytes.toString("latin1")
  })),
  must(
    "raw-utf-8-refused",
    ["FRAME-4"],
    "allows only ASCII in a request",
    readingJson((stream) => {
      return function* (chunk) {
        for (const frame of stream().push(chunk))
          yield frame instanceof Buffer && frame.some((byte) => byte > 0x7f) ? "malformed" : frame
      }
    })
  ),
  must("escapes-kept", ["FRAME-4"], 'knows \\n and \\" but passes \\u00e9 on as six characters', (base) => ({
    parse: (text) => base.parse(text.replaceAll("\\u", "\\\\u"))
  })),
  must(
    "half-an-emoji",
    ["FRAME-4"],
    "decodes each \\uXXXX by itself, so that an escaped emoji becomes two broken halves",
    (base) => ({
      parse: (text) => base.parse(text.replaceAll(/\\ud[89ab]..\\ud[c-f]../gi, "\\ufffd\\ufffd"))
    })
  ),
  must(
    "space-refused",
    ["FRAME-4", "LOGIN-1"],
    'searches the text for "type":" without a space, as its own client writes it',
    (base) => ({
      parse: (text) => (text.includes('"type":"') ? base.parse(text) : { type: "unknown" })
    })
  ),
  must(
    "space-needed",
    ["FRAME-4"],
    'searches the text for "type": " with a space, as Python writes it',
    (base) => ({
      parse: (text) => (text.includes('"type": "') ? base.parse(text) : { type: "unknown" })
    })
  ),
  should(
    "indented-refused",
    ["FRAME-4"],
    "takes a newline for the end of a request, wherever it is",
    brokenAt(/(?<=\n)/)
  ),
  should("no-limit", ["FRAME-5"], "collects whatever comes until the object is complete", () => ({
    frameBytesMax: Number.POSITIVE_INFINITY
  })),
  should(
    "limit-when-complete",
    ["FRAME-5"],
    "looks at the length of an object only once it is complete",
    (base) => ({
      frameBytesMax: Number.POSITIVE_INFINITY,
      receive: (client, frame) => base.receive(client, frame.length > 65_536 ? "too_large" : frame)
    })
  ),
  should(
    "too-large-unsaid",
    ["FRAME-5", "END-1"],
    "cuts off a client that sends too much, without saying why",
    (base) => ({
      receive: (client, frame) =>
        frame === "too_large" ? void client.socket.resetAndDestroy() : base.receive(client, frame)
    })
  ),
  should("limit-of-4-kib", ["MSG-6", "FRAME-5"], "has a limit that a long message exceeds", () => ({
    frameBytesMax: 4096
  })),
  must(
    "duplicate-keys-kill",
    ["FRAME-8"],
    "ends the process with an exception that nobody catches when a key is repeated",
    dyingOf("duplicate key", (text) => /"(\w+)":.*"\1":/.test(text))
  )
]

const QUOTE = 0x22
const BACKSLASH = 0x5c

const fromLatin1 = (text: string): Buffer => Buffer.from(text, "latin1")

const cut = (bytes: Buffer, size: number): ReadonlyArray<Buffer> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
