import * as fc from "fast-check"

/** A valid request other than login and logout. */
export interface ChatRequest {
  readonly type: "message" | "list" | "ping"
  readonly content: string
  readonly id: string | number | undefined
}

/** The form that a client gives its requests, of all that JSON and the protocol allow. */
export interface Encoding {
  readonly spelling: "plain" | "spaced" | "indented" | "escaped"
  /** The text after each object. */
  readonly separator: string
}

/** The bytes of requests in this form. */
export const write = (requests: ReadonlyArray<object>, { separator, spelling }: Encoding): Buffer =>
  Buffer.from(requests.map((request) => spell[spelling](request) + separator).join(""))

const spell: Readonly<Record<Encoding["spelling"], (request: object) => string>> = {
  plain: (request) => JSON.stringify(request),
  spaced: (request) => JSON.stringify(request, undefined, 1).replaceAll(/\n */g, " "),
  indented: (request) => JSON.stringify(request, undefined, "\t").replaceAll("\n", "\r\n"),
  escaped: (request) =>
    JSON.stringify(request).replaceAll(
      /[\u007f-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
    )
}

export const encoding: fc.Arbitrary<Encoding> = fc.record({
  spelling: fc.constantFrom("plain", "spaced", "indented", "escaped"),
  separator: fc.constantFrom("\n", "\n", "\r\n", "", " \t", "\n\n")
})

/** Texts that are hard to carry: every plane of Unicode, what JSON escapes, what others take for a line's end. */
export const content: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("\u2028\u2029", '"}\n{"', "\\", "\0", " ends ", "\ud800", "\ufeff")
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(8_000), fc.constantFrom("x", "é", "\n")).map(([n, text]) => text.repeat(n))
  }
)

const heavyOf = (marks: string): string => "a" + marks.repeat(HEAVY_BYTES / Buffer.byteLength(marks))

const HEAVY_BYTES = 60_000

/** The heavy text that takes longest. */
export const heaviest: string = heavyOf("\u0323\u0301")

/** Texts as long as a request may be, that take longest to normalize: each character must be sorted with those before it. */
export const heavy: fc.Arbitrary<string> = fc
  .constantFrom("\u0323\u0301", "\u0f74\u0f72", "\u0327\u0301\u0323", "\u1100\u1161\u11a8")
  .map(heavyOf)

export const id: fc.Arbitrary<string | number | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.integer(),
  fc.double({ noDefaultInfinity: true, noNaN: true }).filter((number) => !Object.is(number, -0)),
  fc.string({ unit: "binary", maxLength: 32 })
)

/** A request of one of these types. */
export const requestOf = (...types: ReadonlyArray<ChatRequest["type"]>): fc.Arbitrary<ChatRequest> =>
  fc.record({ type: fc.constantFrom(...types), content, id })

/** Where bytes are cut, as parts of their length. */
export const cuts: fc.Arbitrary<ReadonlyArray<number>> = fc.oneof(
  fc.constant([]),
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })
)

/** The bytes in pieces. */
export const cut = (bytes: Buffer, places: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const ends = [...places.map((place) => Math.floor(place * bytes.length)), bytes.length].toSorted(
    (a, b) => a - b
  )
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end)).filter((piece) => piece.length > 0)
}
