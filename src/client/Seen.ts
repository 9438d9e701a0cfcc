import type { Event, Extent, Reply } from "../Protocol.ts"
import { inbox, lobby } from "../Terms.ts"

/** The numbers of the messages that were seen, by room: what a client has to tell to miss nothing after a cut. */
export class Seen {
  private epoch = ""
  /** Of the lobby, the inbox and each room joined: the last number seen, and the epoch that it counts in. */
  private readonly marks = new Map<string, Mark>()
  /** The last number that each room had at the latest login: what came up to there was missed. */
  private missed = new Map<string, number>()

  /** Notes the reply to a login, and the rooms in it. What was seen before still counts, except in the inbox of a lost session. */
  begin({ epoch = "", last = 0, resumed }: Reply, rooms: ReadonlyMap<string, Extent>): void {
    if (resumed === undefined) this.marks.clear()
    this.epoch = epoch
    const extents = new Map([...rooms, [lobby, { first: 1, last }]])
    this.missed = new Map(resumed === undefined ? [] : [...extents].map(([room, { last }]) => [room, last]))
    for (const room of this.marks.keys()) if (room !== inbox && !extents.has(room)) this.marks.delete(room)
    for (const [room, { last }] of extents) if (!this.marks.has(room)) this.set(room, last)
    if (resumed !== true) this.set(inbox, 0)
  }

  /** Notes the reply to a `join` that asked for so many messages from before. */
  join(recent: number, { first = 1, last, room }: Reply): void {
    if (room !== undefined && last !== undefined && !this.marks.has(room))
      this.set(room, Math.max(first - 1, last - recent, 0))
  }

  leave(room: string): void {
    this.marks.delete(room)
  }

  /**
   * Notes the number of a message, of others or in the ack of one's own; false if it was seen before. In a new epoch a
   * room counts anew only after its gap, so that none is passed over.
   */
  message(room: string, seq: number): boolean {
    const mark = this.marks.get(room)
    if (mark === undefined || mark.epoch !== this.epoch) return true
    if (seq <= mark.seq) return false
    this.set(room, seq)
    return true
  }

  /** Notes that messages cannot be shown; what follows counts from there. */
  gap({ epoch = this.epoch, last = 0, reason, room = lobby, to = 0 }: Extract<Event, { type: "gap" }>): void {
    const mark = this.marks.get(room)
    if (mark === undefined) return
    this.epoch = epoch.slice(0, epochUnitsMax)
    if (reason === "epoch") this.set(room, last)
    else if (mark.epoch !== this.epoch || to > mark.seq) this.set(room, to)
  }

  /** True of a message that was said before the latest login, and had not been seen then. */
  isMissed(room: string, seq: number): boolean {
    return seq <= (this.missed.get(room) ?? 0)
  }

  /**
   * What a login tells to go on from here. A number of an earlier epoch, or one that is none, becomes one that no room
   * has, so that it does not count.
   */
  get resumption(): Omit<Resumption, "session"> {
    const numberOf = ({ epoch, seq }: Mark) =>
      epoch === this.epoch && Number.isSafeInteger(seq) && seq >= 0 ? seq : Number.MAX_SAFE_INTEGER
    const seen = [...this.marks].map(([room, mark]) => [room, numberOf(mark)] as const)
    return { epoch: this.epoch, seen: Object.fromEntries(seen) }
  }

  private set(room: string, seq: number): void {
    this.marks.set(room, { epoch: this.epoch, seq })
  }
}

/** What a login tells to go on with a session: its token, and the last number seen of each room. */
export interface Resumption {
  readonly session: string
  readonly epoch: string
  readonly seen: Readonly<Record<string, number>>
}

/** The longest epoch that is sent back, in UTF-16 units. */
const epochUnitsMax = 1_024

interface Mark {
  readonly epoch: string
  readonly seq: number
}

/** The rooms of a login are told by name, those of a list in order. */
export const isByName = (
  rooms: Reply["rooms"]
): rooms is Extract<NonNullable<Reply["rooms"]>, Readonly<Record<string, unknown>>> =>
  rooms !== undefined && !Array.isArray(rooms)
