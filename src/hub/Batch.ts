import type { NonEmptyReadonlyArray } from "effect/Array"
import type { Audience, Broadcast } from "./Broadcast.ts"
import type { Connection } from "../net/Connection.ts"
import type { Follower } from "../replay/Follower.ts"
import type { Place } from "../replay/Lines.ts"
import { Numbered } from "./Numbered.ts"

/** Broadcasts to one audience, joined into one buffer from which each sender's own parts can be left out. */
export class Batch {
  readonly room: Place
  readonly to: Audience
  readonly messages: number
  private readonly bytes: Buffer
  private readonly broadcasts: NonEmptyReadonlyArray<Broadcast>
  private readonly own = new Map<Connection | undefined, Own>()
  private numbered: Numbered | undefined

  constructor(broadcasts: NonEmptyReadonlyArray<Broadcast>) {
    this.broadcasts = broadcasts
    this.room = broadcasts[0].room
    this.to = broadcasts[0].to
    this.messages = broadcasts.length
    let end = 0
    for (const { bytes, from } of broadcasts) {
      const start = end
      end += bytes.length
      const own = this.own.get(from)
      if (own === undefined) {
        this.own.set(from, { ranges: [start, end], messages: 1 })
        continue
      }
      own.messages++
      if (own.ranges.at(-1) === start) own.ranges[own.ranges.length - 1] = end
      else own.ranges.push(start, end)
    }
    this.bytes =
      broadcasts.length === 1
        ? broadcasts[0].bytes
        : Buffer.concat(
            broadcasts.map(({ bytes }) => bytes),
            end
          )
  }

  /** Offers a recipient everything but its own, in one write; gives the number of broadcasts in that. */
  offerTo(recipient: Connection): number {
    const own = this.own.get(recipient)
    if (own === undefined) {
      recipient.offer(this.bytes)
      return this.messages
    }
    recipient.offerTogether(this.around(own.ranges))
    return this.messages - own.messages
  }

  /** The same for a follower; in place of its own messages it gets their acks. */
  showTo(follower: Follower): number {
    if (this.broadcasts[0].said !== undefined) {
      this.numbered ??= new Numbered(this.broadcasts)
      return this.numbered.showTo(follower, this.room.key)
    }
    const own = this.own.get(follower.connection)
    follower.tell(own === undefined ? [this.bytes] : this.around(own.ranges))
    return this.messages - (own?.messages ?? 0)
  }

  /** All parts of the bytes but these. */
  private around(ranges: ReadonlyArray<number>): ReadonlyArray<Buffer> {
    const parts: Array<Buffer> = []
    let from = 0
    for (let i = 0; i < ranges.length; i += 2) {
      if (ranges[i]! > from) parts.push(this.bytes.subarray(from, ranges[i]))
      from = ranges[i + 1]!
    }
    if (from < this.bytes.length) parts.push(this.bytes.subarray(from))
    return parts
  }
}

/** The part of a batch that its recipient sent itself. */
interface Own {
  /** Its places in the bytes: start, end, start, end … */
  readonly ranges: Array<number>
  messages: number
}
