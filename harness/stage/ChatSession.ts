import type { Json } from "../language/Json.ts"
import { hasField, isSuccess, type PendingRequest } from "./PendingRequests.ts"
import { inbox, lobby, numberIn, roomIn } from "./Rooms.ts"
import type { Incoming } from "./WireEvent.ts"

/** Something that a client with `history` may not see. */
export interface Irregularity {
  /** A number again, or out of order; a number that an ack has out of its place; an ack without its number. */
  readonly kind: "again" | "ack out of place" | "ack without number"
  readonly value: Json
}

/** Numbers of a room that a client was not shown, from one to another, and what came instead. */
export interface Hole {
  readonly epoch: string
  readonly room: string
  readonly from: number
  readonly to: number
  readonly isByAck: boolean
  readonly value: Json
}

/**
 * What a client with `history` knows of its session: the token and the epoch, and of each room the highest number that it
 * has seen. With these it comes back (RESUME-3), and by these is seen what it was not shown (SEQ-2, SEQ-3).
 */
export class ChatSession {
  readonly username: string
  readonly features: ReadonlyArray<string>
  token: string
  epoch: string
  /** By the names that the server spells. */
  readonly seen = new Map<string, number>()
  readonly holes: Array<Hole> = []

  private constructor(username: string, features: ReadonlyArray<string>, token: string, epoch: string) {
    this.username = username
    this.features = features
    this.token = token
    this.epoch = epoch
  }

  /** The session that the reply to a login begins or goes on with; none where it grants none. */
  static of(request: PendingRequest, reply: Json, earlier: ChatSession | undefined): ChatSession | undefined {
    if (!isSuccess(reply) || request.username === undefined) return undefined
    const { epoch, session } = reply as { readonly [key: string]: Json }
    if (typeof session !== "string" || typeof epoch !== "string") return undefined
    const begun = new ChatSession(request.username, request.features ?? [], session, epoch)
    const isKnown = hasField(reply, "resumed", (resumed) => resumed === true)
    const seen = Object.entries(request.seen ?? {}).filter(([, number]) => typeof number === "number")
    if (seen.length === 0) begun.seen.set(lobby, numberIn(reply, "last") ?? 0)
    if (!isKnown && begun.features.includes("direct")) begun.seen.set(inbox, 0)
    for (const [room, number] of seen) if (isKnown || room !== inbox) begun.seen.set(room, Number(number))
    begun.holes.push(...(earlier?.holes ?? []))
    return begun
  }

  /** The same session, as another client knows it that takes it over. */
  handedOver(): ChatSession {
    const copy = new ChatSession(this.username, this.features, this.token, this.epoch)
    for (const [room, number] of this.seen) copy.seen.set(room, number)
    return copy
  }

  /** Takes note of what came in; tells what it may not have seen. */
  follow({ request, value }: Incoming): Irregularity | undefined {
    if (request !== undefined) return this.reply(request, value)
    if (hasField(value, "type", (type) => type === "gap")) this.gap(value)
    const number = numberIn(value, "seq")
    return hasField(value, "type", (type) => type === "message") && number !== undefined
      ? this.see(number, value, false)
      : undefined
  }

  private reply(request: PendingRequest, value: Json): Irregularity | undefined {
    if (!isSuccess(value)) return undefined
    const room = roomIn(value)
    if (request.type === "join" && !this.seen.has(room)) this.seen.set(room, startOf(request, value))
    if (request.type === "leave") this.seen.delete(room)
    if (request.type !== "message" || request.to !== undefined) return undefined
    const number = numberIn(value, "seq")
    if (number === undefined) return { kind: "ack without number", value }
    return hasField(value, "duplicate", (duplicate) => duplicate === true)
      ? undefined
      : this.see(number, value, true)
  }

  private see(number: number, value: Json, isAck: boolean): Irregularity | undefined {
    const room = roomIn(value)
    const last = this.seen.get(room)
    if (last !== undefined && number <= last) {
      const hole = this.holes.findIndex((one) => one.room === room && one.from <= number && number <= one.to)
      const isByAck = isAck || this.holes[hole]?.isByAck === true
      if (hole !== -1) this.holes.splice(hole, 1)
      return { kind: isByAck ? "ack out of place" : "again", value }
    }
    if (last !== undefined && number > last + 1)
      this.holes.push({ epoch: this.epoch, room, from: last + 1, to: number - 1, isByAck: isAck, value })
    this.seen.set(room, number)
    return undefined
  }

  private gap(value: Json): void {
    const { epoch } = value as { readonly epoch?: Json }
    if (typeof epoch === "string") this.epoch = epoch
    const number = numberIn(value, "last") ?? numberIn(value, "to")
    if (number !== undefined) this.seen.set(roomIn(value), number)
  }
}

/** The number before the first one that a join shows. */
const startOf = ({ after, recent }: PendingRequest, reply: Json): number => {
  const last = numberIn(reply, "last") ?? 0
  if (after !== undefined) return after
  return recent === undefined ? last : Math.max((numberIn(reply, "first") ?? 1) - 1, last - recent)
}
