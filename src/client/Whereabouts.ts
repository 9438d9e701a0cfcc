import { type Event, lobby, type Request } from "../Protocol.ts"
import { type Message } from "./Received.ts"

/** The room where what is typed is said, and what came into the others meanwhile. */
export class Whereabouts {
  /** The room; none is the lobby. */
  room: string | undefined
  /** The requests that a command made: their replies are told. */
  readonly asked = new WeakSet<Request>()
  /** Messages since one was last there, by room. */
  readonly unread = new Map<string, number>()
  /** The number of the oldest message shown of each room: history goes back from there. */
  private readonly oldest = new Map<string, number>()

  /** Goes to a room that is joined, or back to the lobby. */
  go(room: string | undefined): void {
    this.room = room
    this.unread.delete(room ?? lobby)
  }

  /** Notes that a room was left, or newly joined: what was shown of it before does not count. */
  forget(room: string): void {
    this.oldest.delete(room)
    this.unread.delete(room)
    if (this.room === room) this.room = undefined
  }

  /** Notes an event of a room where we are; true if it is a message into another room than the one we look at. */
  note(event: Event): boolean {
    if (event.type === "gap") this.oldest.delete(event.room ?? lobby)
    if (event.type !== "message" || event.to !== undefined) return false
    const { room = lobby, seq } = event
    this.shown(room, seq)
    if (this.isHere(event)) return false
    this.unread.set(room, (this.unread.get(room) ?? 0) + 1)
    return true
  }

  /** Notes that a message stands on the screen, whoever said it. */
  shown(room = lobby, seq: number | undefined): void {
    if (seq !== undefined && !this.oldest.has(room)) this.oldest.set(room, seq)
  }

  /** True of a message into the room we look at. */
  isHere({ room, to }: Message): boolean {
    return to === undefined && room === this.room
  }

  /** The number before which history is asked for; `undefined` asks from the end. */
  before(room: string | undefined): number | undefined {
    return this.oldest.get(room ?? lobby)
  }

  /** Notes that history was shown back to this number. */
  wentBack(room: string | undefined, seq: number): void {
    this.oldest.set(room ?? lobby, seq)
  }
}
