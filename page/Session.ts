import type { Event, Extent, Reply } from "../src/Protocol.ts"
import { type Resumption, Seen } from "../src/client/Seen.ts"
import { inbox, lobby } from "../src/Terms.ts"
import type { Place, Sending } from "./Place.ts"
import { type Request, Wire } from "./Wire.ts"

/** The state of the connection, as people are told. */
export type Link =
  | { readonly state: "connecting" | "online" }
  /** Tries again at a time, in milliseconds since 1970. */
  | { readonly state: "waiting"; readonly until: number; readonly reason: Reply | undefined }
  /** Over: nothing is tried by itself. Without words, there is no server, or it refuses connections. */
  | { readonly state: "stopped"; readonly reason: Reply | undefined }

/** Told of what happens, in order. */
export interface Listener {
  readonly linked: (link: Link) => void
  /** Logged in; the replies to requests for rooms come afterwards. */
  readonly began: (reply: Reply, rooms: ReadonlyArray<string>) => void
  readonly replied: (reply: Reply, request: Request) => void
  readonly happened: (event: Event) => void
  readonly settled: (sending: Sending, place: Place, reply: Reply) => void
}

/** A message that waits for its answer, and where it goes. */
export interface Outgoing {
  readonly sending: Sending
  readonly place: Place
}

/** The most messages that are on their way at once: half of what a server compares a new one with (DEDUP-2). */
const inFlightMax = 32

/** The first wait before a lost connection is tried again; each further one is twice as long, up to the second. */
const retryMillis = 1_000
const retryMillisMax = 30_000

/** Time that a connection must last for the waits to start afresh. */
const steadyMillis = 10_000

/** The number of times that our own name is tried again while a lost connection still holds it. */
const takenTriesMax = 10

/** A login that outlives its connections, and with `history` also a reload of the page. */
export class Session {
  readonly username: string
  readonly outgoing: Array<Outgoing> = []
  granted: ReadonlySet<string> = new Set()
  epoch = ""
  link: Link = { state: "connecting" }
  private readonly url: string
  private readonly listener: Listener
  private readonly seen = new Seen()
  /** The rooms that we are in, as the server spells them. */
  private readonly rooms: Set<string>
  private token: string | undefined
  private wire: Wire | undefined
  private inFlight = 0
  private tries = 0
  private wasOnline: boolean
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    url: string,
    username: string,
    listener: Listener,
    kept?: { readonly resumption: Resumption | undefined; readonly rooms: ReadonlyArray<string> }
  ) {
    this.url = url
    this.username = username
    this.listener = listener
    this.wasOnline = kept !== undefined
    this.rooms = new Set(kept?.rooms)
    if (kept?.resumption !== undefined) this.restore(kept.resumption)
  }

  /** What a login tells to go on, where the server keeps sessions. */
  get resumption(): Resumption | undefined {
    return this.token === undefined ? undefined : { session: this.token, ...this.seen.resumption }
  }

  get roomNames(): ReadonlyArray<string> {
    return [...this.rooms]
  }

  /** Connects now; also where it waits to try again, or has stopped. */
  connect(): void {
    clearTimeout(this.timer)
    this.wire?.close()
    this.inFlight = 0
    this.become({ state: "connecting" })
    const wire = new Wire(this.url, {
      opened: () =>
        wire.send({ type: "login", username: this.username, features: wanted, ...this.resumption }),
      replied: (reply, request) => this.replied(reply, request),
      happened: (event) => this.happened(event),
      ended: (lastWords) => this.ended(lastWords)
    })
    this.wire = wire
  }

  /** Asks for something, if there is a connection. */
  ask(request: Request): void {
    if (this.link.state === "online") this.wire?.send(request)
  }

  /** Takes a message up: it is sent as soon as it can be, and again where nobody knows whether it came. */
  say(outgoing: Outgoing): void {
    this.outgoing.push(outgoing)
    this.pump()
  }

  /** Ends the session for good. */
  leave(): void {
    clearTimeout(this.timer)
    this.ask({ type: "logout" })
    this.wire?.close()
  }

  private replied(reply: Reply, request: Request): void {
    if (request.type === "login") return this.loginAnswered(reply)
    if (request.type === "message") return this.messageAnswered(reply)
    if (reply.status === "success" && reply.room !== undefined) {
      if (request.type === "join") {
        this.seen.join(0, reply)
        this.rooms.add(reply.room)
      } else if (request.type === "leave") {
        this.seen.leave(reply.room)
        this.rooms.delete(reply.room)
      }
    } else if (request.type === "join") this.rooms.delete(String(request["room"]))
    this.listener.replied(reply, request)
  }

  private loginAnswered(reply: Reply): void {
    if (reply.status !== "success") return this.refused(reply)
    const { epoch = "", features = [], resumed, session } = reply
    const rooms = new Map(Object.entries((reply.rooms ?? {}) as Readonly<Record<string, Extent>>))
    this.granted = new Set(features)
    this.token = this.granted.has("history") ? session : undefined
    if (this.token !== undefined) this.seen.begin(reply, rooms)
    this.epoch = epoch
    const joined = [...rooms.keys()]
    const lost = [...this.rooms].filter((room) => !joined.includes(room))
    for (const room of joined) this.rooms.add(room)
    this.wasOnline = true
    this.become({ state: "online" })
    this.timer = setTimeout(() => {
      this.tries = 0
    }, steadyMillis)
    this.listener.began(reply, joined)
    for (const room of lost) this.ask({ type: "join", room })
    this.resend(resumed === true)
  }

  /** What was cut off is sent again under its `cid`; where the session was lost, nobody knows what became of it. */
  private resend(isSame: boolean): void {
    const all = this.outgoing.splice(0)
    for (const outgoing of all) {
      const { place, sending } = outgoing
      if (isSame || !sending.wasWritten) this.outgoing.push(outgoing)
      else this.listener.settled(sending, place, { status: "error", code: "unknown_fate" })
    }
    this.pump()
  }

  /** Sends what waits, in order, as far as the server may have it unanswered. */
  private pump(): void {
    if (this.link.state !== "online") return
    for (; this.inFlight < Math.min(inFlightMax, this.outgoing.length); this.inFlight++) {
      const { place, sending } = this.outgoing[this.inFlight]!
      sending.wasWritten = true
      const { cid, content } = sending
      const named = this.token === undefined ? {} : { cid }
      this.wire?.send({ type: "message", username: this.username, content, ...place.target, ...named })
    }
  }

  private messageAnswered(reply: Reply): void {
    const { duplicate, room, seq } = reply
    if (reply.status === "success" && seq !== undefined && duplicate !== true)
      this.seen.message(room ?? lobby, seq)
    const outgoing = this.outgoing.shift()
    this.inFlight--
    if (outgoing !== undefined) this.listener.settled(outgoing.sending, outgoing.place, reply)
    this.pump()
  }

  private happened(event: Event): void {
    if (event.type === "gap") {
      this.seen.gap(event)
      if (event.epoch !== undefined) this.epoch = event.epoch
    } else if (event.type === "message" && event.seq !== undefined)
      if (!this.seen.message(event.room ?? lobby, event.seq)) return
    this.listener.happened(event)
  }

  private refused(reply: Reply): void {
    const { code } = reply
    const isStillHeld = code === "username_taken" && this.wasOnline && this.tries < takenTriesMax
    this.wire?.close()
    if (isStillHeld || code === "rate_limited" || code === "unavailable") this.wait(reply)
    else this.stop(reply)
  }

  private ended(lastWords: Reply | undefined): void {
    clearTimeout(this.timer)
    const isFinal = lastWords?.code === "kicked" || lastWords?.code === "session_replaced"
    if (isFinal || !this.wasOnline) this.stop(lastWords)
    else this.wait(lastWords)
  }

  private wait(reason: Reply | undefined): void {
    this.inFlight = 0
    const usual = Math.min(retryMillisMax, retryMillis * 2 ** this.tries++) * (1 - Math.random() / 2)
    const millis = Math.max(usual, reason?.retryAfterMs ?? 0)
    this.timer = setTimeout(() => this.connect(), millis)
    this.become({ state: "waiting", until: Date.now() + millis, reason })
  }

  private stop(reason: Reply | undefined): void {
    this.inFlight = 0
    this.become({ state: "stopped", reason })
  }

  private become(link: Link): void {
    this.link = link
    this.listener.linked(link)
  }

  /** Takes up what was seen before the page was loaded again. */
  private restore({ epoch, seen, session }: Resumption): void {
    this.token = session
    const { [inbox]: letters = 0, [lobby]: last = 0, ...rooms } = seen
    const extents = Object.entries(rooms).map(([room, last]) => [room, { first: 1, last }] as const)
    this.seen.begin({ status: "success", epoch, last }, new Map(extents))
    this.seen.message(inbox, letters)
  }
}

const wanted = ["presence", "rooms", "direct", "history"] as const
