import type { NonEmptyReadonlyArray } from "effect/Array"
import type { Broadcast } from "./Broadcast.ts"
import type { Connection } from "../net/Connection.ts"
import type { Place } from "../replay/Lines.ts"

/** Broadcasts of one room to one audience, in order. */
export type Gathered = NonEmptyReadonlyArray<Broadcast>

/**
 * Gathers broadcasts into batches, room by room. Between rooms no order is promised (ROOM-4), so those who talk in
 * several at once still make large batches; but the acks of one sender stay in the order of its requests.
 */
export class Gathering {
  private readonly bytesMax: number
  private rooms = new Map<Place, { readonly broadcasts: [Broadcast, ...Array<Broadcast>]; bytes: number }>()
  /** The rooms in which senders are to be acknowledged. */
  private acks = new Map<Connection | undefined, Place>()

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  /** Adds a broadcast; gives what must be delivered before it. */
  add(broadcast: Broadcast): ReadonlyArray<Gathered> {
    const { ack, bytes, from, room } = broadcast
    const due = this.dueBefore(broadcast)
    const gathered = this.rooms.get(room)
    if (gathered === undefined) this.rooms.set(room, { broadcasts: [broadcast], bytes: bytes.length })
    else {
      gathered.broadcasts.push(broadcast)
      gathered.bytes += bytes.length
    }
    if (ack !== undefined) this.acks.set(from, room)
    return due
  }

  private dueBefore({ ack, from, room, to }: Broadcast): ReadonlyArray<Gathered> {
    if (ack !== undefined && (this.acks.get(from) ?? room) !== room) return this.takeAll()
    const gathered = this.rooms.get(room)
    if (gathered === undefined) return none
    const { broadcasts, bytes } = gathered
    if (broadcasts[0].to === to && bytes < this.bytesMax) return none
    this.rooms.delete(room)
    return [broadcasts]
  }

  /** Gives all that was gathered. The maps are new ones: a map that was cleared keeps what it held until it is collected. */
  takeAll(): ReadonlyArray<Gathered> {
    if (this.rooms.size === 0) return none
    const all = Array.from(this.rooms.values(), ({ broadcasts }) => broadcasts)
    this.rooms = new Map()
    if (this.acks.size > 0) this.acks = new Map()
    return all
  }
}

const none: ReadonlyArray<Gathered> = []
