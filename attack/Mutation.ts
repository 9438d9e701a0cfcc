import * as fc from "fast-check"

/** Bytes that no chat client sends, and that servers have choked on. */
const oddities: ReadonlyArray<Buffer> = [
  "\0",
  "\n\n\r\n\u2028\u2029",
  "\ufeff{}",
  "[]",
  '"x"',
  "null ",
  '{"type":"list"',
  '{"type":null,"id":{}}',
  '{"type":"login","username":{"toString":1},"features":"presence"}',
  '{"type":"message","content":["x"],"username":0}',
  '{"type":"ping","type":"list","id":1,"id":"2"}',
  '{"__proto__":{"type":"logout"},"constructor":{"prototype":1},"type":"ping"}',
  `{"type":"ping","id":1e400,"n":-${"9".repeat(400)}.0e-400}`,
  `{"type":"ping","id":"${"i".repeat(65)}"}`,
  '{"type":"message","content":"\\ud800\\u0000\u2028"}',
  "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
  "USER a b c d\r\nNICK a\r\n",
  "{'type':'list'}\n"
]
  .map((text) => Buffer.from(text))
  .concat(
    [
      "1603010200010001fc0303", // a TLS hello
      "ff", // never part of UTF-8
      "c080", // an overlong NUL
      "eda080", // half a surrogate pair
      "f4908080", // beyond Unicode
      "22e282", // a string that ends within a character
      "fffe7b0022007400", // UTF-16
      "1f8b0800000000000003" // gzip
    ].map((hex) => Buffer.from(hex, "hex"))
  )

/** The same without end: each is `unit` until it is so long. */
const floods = fc
  .record({
    start: fc.constantFrom("", "\n", '{"type":"message","content":"', '{"type":"login","username":'),
    unit: fc.constantFrom("[", '{"a":', "x", "9", "é", "[0,", "\\u0000", " ", "?\n", "{}"),
    bytes: fc.oneof(fc.integer({ min: 100, max: 3_000 }), fc.integer({ min: 60_000, max: 80_000 }))
  })
  .map(({ bytes, start, unit }) => Buffer.from(start + unit.repeat(bytes / unit.length)))

/** Bytes of its own, that have nothing to do with the protocol. */
export const noise: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...oddities) },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: floods }
)

/** One change of some bytes. */
export type Mutation = (bytes: Buffer) => Buffer

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const range = fc.tuple(place, fc.integer({ min: 1, max: 40 }))

const splice = (bytes: Buffer, at: number, removed: number, added: Buffer): Buffer => {
  const start = Math.floor(at * bytes.length)
  return Buffer.concat([bytes.subarray(0, start), added, bytes.subarray(start + removed)])
}

/** Bits flipped, bytes lost, doubled, moved or foreign: what is left is mostly still the protocol. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.array(fc.tuple(place, fc.nat(7)), { minLength: 1, maxLength: 4 }).map((flips): Mutation => (bytes) => {
    const flipped = Buffer.from(bytes)
    for (const [at, bit] of flips) flipped[Math.floor(at * bytes.length)]! ^= 1 << bit
    return flipped
  }),
  place.map(
    (at): Mutation =>
      (bytes) =>
        bytes.subarray(0, at * bytes.length)
  ),
  range.map(
    ([at, length]): Mutation =>
      (bytes) =>
        splice(bytes, at, length, Buffer.alloc(0))
  ),
  fc.tuple(range, fc.integer({ min: 1, max: 20 })).map(([[at, length], times]): Mutation => (bytes) => {
    const start = Math.floor(at * bytes.length)
    const part = bytes.subarray(start, start + length)
    return splice(bytes, at, 0, Buffer.concat(Array.from({ length: times }, () => part)))
  }),
  fc.tuple(range, place).map(([[at, length], to]): Mutation => (bytes) => {
    const start = Math.floor(at * bytes.length)
    return splice(splice(bytes, at, length, Buffer.alloc(0)), to, 0, bytes.subarray(start, start + length))
  }),
  fc.tuple(place, noise).map(
    ([at, foreign]): Mutation =>
      (bytes) =>
        splice(bytes, at, 0, foreign)
  )
)
