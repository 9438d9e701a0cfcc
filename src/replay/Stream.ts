import type { Hash } from "../fold/Operation.ts"
import type { Ring } from "../fold/Ring.ts"
import { gapLine, messageLine, type Place } from "./Lines.ts"

/** What is counted of all clients together. */
export interface ReplayCounters {
  /** Gaps that were shown in place of messages that are not kept any more. */
  gaps: number
}

/** What a stream needs to begin. */
interface Source {
  readonly place: Place
  readonly ring: Ring
  /** Messages of its own session are shown up to `ownUpto`: it asked for them, and was acknowledged later ones. */
  readonly session: Hash
  readonly ownUpto: number
  readonly counters: ReplayCounters
}

/** Where a client is in a room, or in its inbox. */
export class Stream {
  /** The number up to which it has been shown everything, or told that it is not kept any more. */
  shown: number
  /** The number up to which it is to be shown everything that comes before the next thing that waits for it. */
  due: number
  /** True once the client is not there any more: what it was not shown yet it is not shown. */
  isOver = false
  private readonly source: Source

  constructor(source: Source, after: number) {
    this.source = source
    this.shown = after
    this.due = after
  }

  get place(): Place {
    return this.source.place
  }

  /** The next line to show, up to a number that is above what has been shown; empty where there is none for this client. */
  next(upto: number): string {
    if (this.isOver) {
      this.shown = upto
      return ""
    }
    const { counters, ownUpto, place, ring, session } = this.source
    const from = this.shown + 1
    const said = ring.after(this.shown)
    const missingUpto = said === undefined ? upto : Math.min(said.seq - 1, upto)
    if (said === undefined || missingUpto >= from) {
      this.shown = missingUpto
      counters.gaps++
      return gapLine(place, from, missingUpto)
    }
    this.shown = said.seq
    const isOwn = said.session === session && said.seq > ownUpto
    return isOwn ? "" : messageLine(place, said)
  }
}
