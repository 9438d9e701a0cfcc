import type { NonEmptyReadonlyArray } from "effect/Array"
import type { Connection } from "./Connection.ts"

/** Who a broadcast is for: everyone logged in, or those of them who asked for the feature `presence`. */
export type Audience = "members" | "watchers"

/** One object for an audience, already encoded, and who caused it: that connection does not get it. */
export interface Broadcast {
  readonly to: Audience
  readonly from: Connection
  readonly bytes: Buffer
}

/** Broadcasts to one audience joined into one buffer, from which each sender's own parts can be left out. */
export class Batch {
  readonly to: Audience
  readonly messages: number
  private readonly bytes: Buffer
  /** Where a sender's own objects lie in `bytes`: start, end, start, end … */
  private readonly own = new Map<Connection, Array<number>>()

  constructor(broadcasts: NonEmptyReadonlyArray<Broadcast>) {
    this.to = broadcasts[0].to
    this.messages = broadcasts.length
    let end = 0
    for (const { bytes, from } of broadcasts) {
      const start = end
      end += bytes.length
      const ranges = this.own.get(from)
      if (ranges === undefined) this.own.set(from, [start, end])
      else if (ranges.at(-1) === start) ranges[ranges.length - 1] = end
      else ranges.push(start, end)
    }
    this.bytes =
      broadcasts.length === 1
        ? broadcasts[0].bytes
        : Buffer.concat(
            broadcasts.map(({ bytes }) => bytes),
            end
          )
  }

  /** Offers a recipient everything but its own, in one write. */
  offerTo(recipient: Connection): void {
    const ranges = this.own.get(recipient)
    if (ranges === undefined) recipient.offer(this.bytes)
    else recipient.offerTogether(() => this.offerAround(recipient, ranges))
  }

  private offerAround(recipient: Connection, ranges: ReadonlyArray<number>): void {
    let from = 0
    for (let i = 0; i < ranges.length; i += 2) {
      if (ranges[i]! > from) recipient.offer(this.bytes.subarray(from, ranges[i]))
      from = ranges[i + 1]!
    }
    if (from < this.bytes.length) recipient.offer(this.bytes.subarray(from))
  }
}
