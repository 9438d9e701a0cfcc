import type { NonEmptyReadonlyArray } from "effect/Array"
import type { Hash } from "../fold/Operation.ts"
import type { Broadcast } from "./Broadcast.ts"
import type { Follower, Piece } from "../replay/Follower.ts"
import { messageLine } from "../replay/Lines.ts"

/** The messages of a batch as followers see them: with their numbers, and with acks in place of one's own. */
export class Numbered {
  private readonly broadcasts: NonEmptyReadonlyArray<Broadcast>
  /** The bytes of all messages, and where each ends. */
  private readonly bytes: Buffer
  private readonly ends: ReadonlyArray<number>
  /** The places of the messages that each session sent. */
  private readonly own = new Map<Hash, Array<number>>()
  private readonly whole: ReadonlyArray<Piece>

  constructor(broadcasts: NonEmptyReadonlyArray<Broadcast>) {
    this.broadcasts = broadcasts
    const ends: Array<number> = []
    const lines = broadcasts.map(({ room, said }, i) => {
      const line = Buffer.from(messageLine(room, said!))
      ends.push((ends.at(-1) ?? 0) + line.length)
      const { session } = said!
      if (session !== undefined) this.ownOf(session).push(i)
      return line
    })
    this.bytes = Buffer.concat(lines)
    this.ends = ends
    this.whole = this.upTo([], 0, broadcasts.length)
  }

  /** Shows them to a follower; gives the number of messages in that. */
  showTo(follower: Follower, room: string): number {
    const own = this.own.get(follower.session)
    follower.show(room, own === undefined ? this.whole : this.around(own, follower))
    return this.broadcasts.length - (own?.length ?? 0)
  }

  private ownOf(session: Hash): Array<number> {
    const own = this.own.get(session) ?? []
    this.own.set(session, own)
    return own
  }

  /** All messages but these, and the acks of those of them that the follower sent over its connection. */
  private around(own: ReadonlyArray<number>, { connection }: Follower): ReadonlyArray<Piece> {
    const pieces: Array<Piece> = []
    let from = 0
    for (const i of own) {
      this.upTo(pieces, from, i)
      const { ack, from: sender, said } = this.broadcasts[i]!
      if (ack !== undefined && sender === connection) pieces.push({ bytes: ack, seq: said!.seq, isAck: true })
      from = i + 1
    }
    return this.upTo(pieces, from, this.broadcasts.length)
  }

  /** Adds the messages from one place up to another, if there are any. */
  private upTo(pieces: Array<Piece>, from: number, to: number): ReadonlyArray<Piece> {
    if (from === to) return pieces
    const bytes = this.bytes.subarray(this.ends[from - 1] ?? 0, this.ends[to - 1])
    pieces.push({ bytes, seq: this.broadcasts[to - 1]!.said!.seq, isAck: false })
    return pieces
  }
}
