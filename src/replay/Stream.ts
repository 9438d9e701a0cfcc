import type { Hash } from "../fold/Operation.ts"
import type { Ring } from "../fold/Ring.ts"
import { gapLine, messageLine, type Place } from "./Lines.ts"

/** Where a client is in a room, or in its inbox. */
export class Stream {
  readonly place: Place
  /** The number up to which it has been shown everything, or told that it is not kept any more. */
  shown: number
  /** The number up to which it is to be shown everything that comes before the next thing that waits for it. */
  due: number
  /** True once the client is not there any more: what it was not shown yet it is not shown. */
  isOver = false
  private readonly ring: Ring
  private readonly session: Hash
  /** Messages of its own session are shown up to this number: it asked for them, and was acknowledged later ones. */
  private readonly ownUpto: number

  constructor(place: Place, ring: Ring, session: Hash, after: number, ownUpto: number) {
    this.place = place
    this.ring = ring
    this.session = session
    this.shown = after
    this.due = after
    this.ownUpto = ownUpto
  }

  /** The next line to show, up to a number that is above what has been shown; empty where there is none for this client. */
  next(upto: number): string {
    if (this.isOver) {
      this.shown = upto
      return ""
    }
    const from = this.shown + 1
    const said = this.ring.after(this.shown)
    const missingUpto = said === undefined ? upto : Math.min(said.seq - 1, upto)
    if (said === undefined || missingUpto >= from) {
      this.shown = missingUpto
      return gapLine(this.place, from, missingUpto)
    }
    this.shown = said.seq
    const isOwn = said.session === this.session && said.seq > this.ownUpto
    return isOwn ? "" : messageLine(this.place, said)
  }
}
