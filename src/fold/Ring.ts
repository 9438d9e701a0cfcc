import type { Hash } from "./Operation.ts"

/** A message as its place keeps it. */
export class Said {
  /** The message that was kept before this one, and the one after, in whatever places. */
  older: Said | undefined = undefined
  newer: Said | undefined = undefined
  /** The room or the inbox that numbers it; none for a letter to a client without an inbox. */
  readonly place: Ring | undefined
  /** Its number in its place; 0 without one. */
  readonly seq: number
  /** The position of its entry in the log. */
  readonly position: number
  /** Milliseconds since 1970, for people. */
  readonly at: number
  readonly username: string
  readonly content: string
  /** The session of whoever said it, if it has one. */
  readonly session: Hash | undefined

  constructor(
    place: Ring | undefined,
    seq: number,
    position: number,
    at: number,
    username: string,
    content: string,
    session: Hash | undefined
  ) {
    this.place = place
    this.seq = seq
    this.position = position
    this.at = at
    this.username = username
    this.content = content
    this.session = session
  }
}

/** Bytes of memory that a message takes at most: 2 for each UTF-16 unit of its content, and what surrounds it. */
export const bytesOf = ({ content }: Said): number => 200 + 2 * content.length

/** The numbers of a place, and those of its messages that are still kept, in order. */
export class Ring {
  /** The number that was given last; 0 if none was. */
  last: number
  /** Bytes of the messages that are kept. */
  bytes = 0
  private kept: Array<Said | undefined> = []
  /** The index of the first message that counts: what is before it was dropped. */
  private start = 0

  constructor(last: number) {
    this.last = last
  }

  /** The lowest number that is kept; one above the last if none is. */
  get first(): number {
    return this.oldest?.seq ?? this.last + 1
  }

  get oldest(): Said | undefined {
    return this.kept[this.start]
  }

  get newest(): Said | undefined {
    return this.size === 0 ? undefined : this.kept.at(-1)
  }

  /** The number of messages that are kept. */
  get size(): number {
    return this.kept.length - this.start
  }

  /** The first message above a number. Numbers between the two are not kept any more. */
  after(seq: number): Said | undefined {
    return this.kept[this.indexAfter(seq)]
  }

  /** Bytes of memory of the messages above a number. */
  bytesAfter(seq: number): number {
    let bytes = 0
    for (let i = this.indexAfter(seq); i < this.kept.length; i++) bytes += bytesOf(this.kept[i]!)
    return bytes
  }

  /** The last message below a number. */
  before(seq: number): Said | undefined {
    const index = this.indexAfter(seq - 1) - 1
    return index < this.start ? undefined : this.kept[index]
  }

  add(said: Said): void {
    this.kept.push(said)
    this.bytes += bytesOf(said)
  }

  remove(said: Said): void {
    this.bytes -= bytesOf(said)
    if (said !== this.oldest) {
      this.kept.splice(this.indexAfter(said.seq) - 1, 1)
      return
    }
    this.kept[this.start++] = undefined
    if (this.start < 32 || this.start * 2 < this.kept.length) return
    this.kept = this.kept.slice(this.start)
    this.start = 0
  }

  private indexAfter(seq: number): number {
    let low = this.start
    let high = this.kept.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.kept[middle]!.seq > seq) high = middle
      else low = middle + 1
    }
    return low
  }
}
