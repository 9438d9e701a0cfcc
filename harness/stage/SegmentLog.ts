import type { Segment, Span } from "../trace/Exchange.ts"

/** The segments that go over the wire, and the place of each request and each answer in them. */
export class SegmentLog {
  readonly all: Array<Segment> = []
  private bytesKept = 0
  private readonly connections = new Map<string, Ends>()

  /** A new connection of an actor: nothing of an earlier one is on its way any more. */
  begin(actor: string): void {
    this.connections.set(actor, { expected: [], unread: [] })
  }

  /** Notes that so many bytes are about to be written, and what they belong to, if to anything that is shown. */
  expect(actor: string, bytes: number, owner: Owner | undefined): void {
    if (bytes > 0) this.endsOf(actor).expected.push({ bytes, owner })
  }

  /** Notes bytes as they are written. */
  wrote(actor: string, bytes: Buffer, atMillis: number): void {
    const segment = this.add({ actor, direction: "out", atMillis }, bytes)
    const { expected } = this.endsOf(actor)
    for (let from = 0; from < bytes.length && expected[0] !== undefined;) {
      const [next] = expected
      const to = Math.min(bytes.length, from + next.bytes)
      if (next.owner !== undefined && segment !== undefined)
        next.owner.bytes = [...next.owner.bytes, { segment, from, to }]
      next.bytes -= to - from
      if (next.bytes === 0) expected.shift()
      from = to
    }
  }

  /** Notes bytes as they are read. */
  read(actor: string, bytes: Buffer, atMillis: number): void {
    const segment = this.add({ actor, direction: "in", atMillis }, bytes)
    const ends = this.endsOf(actor)
    ends.unread.push({ segment, bytes, from: 0 })
    let held = ends.unread.reduce((sum, piece) => sum + piece.bytes.length - piece.from, 0)
    while (held > unreadBytesMax && ends.unread.length > 1) {
      const { bytes: oldest, from } = ends.unread.shift()!
      held -= oldest.length - from
    }
  }

  /** Finds an object that has just come in by its text: the parts of segments that it stands in. */
  locate(actor: string, text: string): ReadonlyArray<Span> {
    const ends = this.endsOf(actor)
    const wanted = Buffer.from(text)
    const all = Buffer.concat(ends.unread.map(({ bytes, from }) => bytes.subarray(from)))
    const found = all.indexOf(wanted)
    if (found === -1) return ends.unread.slice(-1).flatMap(wholeOf)
    const spans: Array<Span> = []
    const end = found + wanted.length
    let at = 0
    const left = ends.unread.flatMap((piece) => {
      const from = piece.from + Math.max(0, found - at)
      const to = Math.min(piece.bytes.length, piece.from + end - at)
      at += piece.bytes.length - piece.from
      if (piece.segment !== undefined && from < to) spans.push({ segment: piece.segment, from, to })
      return to < piece.bytes.length ? [{ ...piece, from: Math.max(piece.from, to) }] : []
    })
    ends.unread.splice(0, ends.unread.length, ...left)
    return spans
  }

  private endsOf(actor: string): Ends {
    if (!this.connections.has(actor)) this.begin(actor)
    return this.connections.get(actor)!
  }

  /** Keeps the first bytes of a segment; gives its place, or nothing where there is no more room. */
  private add(what: Pick<Segment, "actor" | "direction" | "atMillis">, bytes: Buffer): number | undefined {
    if (this.all.length >= segmentsMax) return undefined
    const kept = Buffer.from(bytes.subarray(0, Math.min(segmentBytesMax, bytesMax - this.bytesKept)))
    this.bytesKept += kept.length
    return this.all.push({ ...what, bytes: kept, length: bytes.length }) - 1
  }
}

/** Something whose bytes are written, in one segment or several. */
interface Owner {
  bytes: ReadonlyArray<Span>
}

interface Piece {
  readonly segment: number | undefined
  readonly bytes: Buffer
  /** The first byte that belongs to no object yet. */
  readonly from: number
}

/** What is on its way at both ends of a connection. */
interface Ends {
  readonly expected: Array<{ bytes: number; readonly owner: Owner | undefined }>
  readonly unread: Array<Piece>
}

const wholeOf = ({ bytes, from, segment }: Piece): ReadonlyArray<Span> =>
  segment === undefined ? [] : [{ segment, from, to: bytes.length }]

/** The most bytes that are searched for an object. */
const unreadBytesMax = 64 * 1024
/** The most bytes that are kept of one segment, and of all. */
const segmentBytesMax = 512
const bytesMax = 32 * 1024
const segmentsMax = 4_000
