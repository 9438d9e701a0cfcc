import type { Event, Reply, RoomEntry } from "../src/Protocol.ts"
import { inbox } from "../src/Terms.ts"
import { type Item, keyOf, Place, type PlaceKind, type Said, type Sending } from "./Place.ts"
import { load, save, type Saved } from "./Saved.ts"
import { type Link, type Listener, Session } from "./Session.ts"
import type { Request } from "./Wire.ts"

/** Told when something that is shown has changed, and of what to say aloud. */
export interface Shown {
  readonly changed: () => void
  readonly heard: (said: Said, place: Place) => void
  readonly refused: (reply: Reply) => void
}

/** The longest request that servers take, unless told otherwise: a longer one would cost the connection. */
const requestBytesMax = 64 * 1024 - 1024

/** The most messages that may wait to be sent. */
const sendingsMax = 200

/** The most conversations with one person, and messages that are kept of each over a reload. */
const directMax = 200
const savedDirectMax = 100

/** Everything that the page shows: places, what was said in them, and the session. */
export class Chat implements Listener {
  readonly places = new Map<string, Place>()
  readonly session: Session
  readonly lobby: Place
  current: Place
  /** All rooms of the server, once they were asked for. */
  rooms: ReadonlyArray<RoomEntry> | undefined
  private readonly shown: Shown
  /** Requests to join a room that is to be looked at then. */
  private readonly followed = new WeakSet<Request>()
  private cids = 0
  /** True once a login has succeeded, in this page or before it was loaded again. */
  isEntered: boolean
  private isFirst = true
  private isLeft = false

  constructor(url: string, username: string, shown: Shown, saved?: Saved) {
    this.shown = shown
    this.isEntered = saved !== undefined
    this.lobby = this.place("lobby", "")
    this.current = this.lobby
    const places = saved?.places ?? []
    const rooms = places.filter(({ isJoined, kind }) => kind === "room" && isJoined).map(({ name }) => name)
    this.session = new Session(url, username, this, saved && { resumption: saved.resumption, rooms })
    for (const { kind, name, sendings, ...rest } of places) {
      const place = Object.assign(this.place(kind, name), rest)
      for (const sending of sendings)
        if (sending.refusal === undefined) this.send(place, sending)
        else place.sendings.push(sending)
    }
    this.current = this.places.get(saved?.current ?? "") ?? this.lobby
  }

  /** The chat that this tab left off at, if it did. */
  static restored(url: string, shown: Shown): Chat | undefined {
    const saved = load()
    return saved && new Chat(url, saved.username, shown, saved)
  }

  /** Keeps what a reload needs. */
  save(): void {
    if (this.isLeft) return
    const { resumption, username } = this.session
    const places = [...this.places.values()].map((place) => {
      const { draft, isJoined, items, kind, name, sendings, unread } = place
      const kept = kind === "direct" ? items.slice(-savedDirectMax) : []
      return { kind, name, isJoined, unread, draft, sendings, items: kept }
    })
    save({ username, resumption, current: this.current.key, places })
  }

  /** Leaves the chat for good. */
  leave(): void {
    this.isLeft = true
    this.session.leave()
    save(undefined)
  }

  has(feature: "presence" | "rooms" | "direct" | "history"): boolean {
    return this.session.granted.has(feature)
  }

  /** The number of messages in other places that nobody has looked at. */
  get unreadBeside(): number {
    const others = [...this.places.values()].filter((place) => place !== this.current)
    return others.reduce((sum, { unread }) => sum + unread, 0)
  }

  /** Looks at a place; what was said there counts as read. */
  go(place: Place): void {
    this.current = place
    place.unread = 0
    if (!this.has("presence") || place.users === undefined) this.list(place)
    this.shown.changed()
  }

  /** Begins a conversation with one person, or goes back to it. */
  goTo(username: string): void {
    if (username !== this.session.username && this.has("direct")) this.go(this.place("direct", username))
  }

  /** Joins a room, and looks at it. */
  join(room: string): void {
    const place = this.places.get(keyOf("room", room))
    if (place?.isJoined === true) this.go(place)
    else {
      const request = { type: "join", room }
      this.followed.add(request)
      this.session.ask(request)
    }
  }

  leaveRoom(place: Place): void {
    if (place.isJoined && place.kind === "room") this.session.ask({ type: "leave", room: place.name })
    else this.forget(place)
  }

  askRooms(): void {
    if (this.has("rooms")) this.session.ask({ type: "rooms" })
  }

  /** Asks for the page of history before what is here. */
  loadOlder(place: Place): void {
    if (place.isLoading || place.isWhole || !this.hasHistory(place)) return
    if (this.session.link.state !== "online") return
    place.isLoading = true
    const before = place.oldest(this.session.epoch)
    this.session.ask({ type: "history", ...place.target, ...(before !== undefined && { before }) })
  }

  /** True if the server keeps what was said in a place. */
  hasHistory(place: Place): boolean {
    return this.has("history") && place.kind !== "direct"
  }

  /** Says something; gives the reason why it cannot be sent. */
  say(place: Place, content: string): "too_large" | "too_many" | undefined {
    if (new TextEncoder().encode(JSON.stringify(content)).length > requestBytesMax) return "too_large"
    if (this.session.outgoing.length >= sendingsMax) return "too_many"
    const cid = `${Date.now().toString(36)}.${this.cids++}`
    const sending: Sending = {
      kind: "sending",
      content,
      at: Date.now(),
      cid,
      wasWritten: false,
      refusal: undefined
    }
    this.send(place, sending)
    this.shown.changed()
    return undefined
  }

  /** Says again what was refused, as a new message. */
  sayAgain(place: Place, sending: Sending): void {
    this.discard(place, sending)
    const cid = `${Date.now().toString(36)}.${this.cids++}`
    this.send(place, { ...sending, cid, wasWritten: false, refusal: undefined })
    this.shown.changed()
  }

  discard(place: Place, sending: Sending): void {
    place.sendings = place.sendings.filter((other) => other !== sending)
    this.shown.changed()
  }

  linked(link: Link): void {
    if (link.state === "online") return // `began` tells
    for (const place of this.places.values()) place.isLoading = false
    this.shown.changed()
  }

  began(reply: Reply, joined: ReadonlyArray<string>): void {
    const isFresh = this.isFirst || reply.resumed !== true
    this.isFirst = false
    this.isEntered = true
    for (const room of joined) this.place("room", room).isJoined = true
    for (const place of this.places.values()) {
      if (place.kind === "direct") continue
      if (place.kind === "room" && !joined.includes(place.name)) continue
      this.list(place)
      if (isFresh) this.loadLatest(place)
    }
    this.save() // a token that is lost costs the session
    this.shown.changed()
  }

  replied(reply: Reply, request: Request): void {
    this.note(reply, request)
    if (reply.status !== "success" && request.type !== "list") this.shown.refused(reply)
    this.shown.changed()
  }

  settled(sending: Sending, place: Place, { code = "", message = "", ...reply }: Reply): void {
    if (reply.status === "success") {
      place.sendings = place.sendings.filter((other) => other !== sending)
      const { at, content } = sending
      const { epoch, username } = this.session
      place.take({ kind: "said", username, content, at, epoch, seq: reply.seq })
    } else {
      const { retryAfterMs } = reply
      sending.refusal = { code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) }
    }
    this.shown.changed()
  }

  happened(event: Event): void {
    if (event.type === "message") this.hear(event)
    else if (event.type === "gap") {
      const { from = 0, reason, room, to = 0 } = event
      const note = { kind: "note", at: Date.now(), note: reason, count: Math.max(0, to - from + 1) } as const
      if (room === inbox) this.lobby.push(note)
      else this.in(room).push(note)
    } else {
      const { room, type, username } = event
      this.in(room).move(username, type === "joined")
    }
    this.shown.changed()
  }

  private hear({ at = Date.now(), content, room, seq, to, username }: Extract<Event, { type: "message" }>) {
    const place = to === undefined ? this.in(room) : this.place("direct", username)
    const said: Said = { kind: "said", username, content, at, epoch: this.session.epoch, seq }
    if (!place.take(said)) return
    if (place !== this.current || document.hidden) place.unread++
    this.shown.heard(said, place)
  }

  private note(reply: Reply, request: Request): void {
    const { first = 1, messages, rooms, users } = reply
    const name = request["room"]
    const place = this.places.get(name === undefined ? "" : keyOf("room", reply.room ?? String(name)))
    switch (request.type) {
      case "list":
        if (place !== undefined && users !== undefined) place.users = new Set(users)
        return
      case "rooms":
        if (Array.isArray(rooms)) this.rooms = rooms as ReadonlyArray<RoomEntry>
        return
      case "history": {
        const { epoch } = this.session
        if (place === undefined) return
        place.isLoading = false
        if (messages === undefined) return
        place.takePage(
          messages.map((each): Said => Object.assign({ kind: "said", epoch } as const, each)),
          epoch,
          first
        )
        return
      }
      case "join":
        return reply.status === "success" ? this.joined(reply, request) : this.notJoined(place)
      case "leave":
        if (reply.status === "success" && place !== undefined) this.forget(place)
    }
  }

  private joined({ room = "", users = [] }: Reply, request: Request): void {
    const place = room === "" ? this.lobby : this.place("room", room)
    place.isJoined = true
    place.users = new Set(users)
    this.loadLatest(place)
    if (this.followed.has(request)) this.go(place)
  }

  private notJoined(place: Place | undefined): void {
    if (place === undefined) return
    place.isJoined = false
    place.users = undefined
  }

  private forget(place: Place): void {
    this.places.delete(place.key)
    if (this.current === place) this.go(this.lobby)
  }

  private list(place: Place): void {
    if (place.kind !== "direct") this.session.ask({ type: "list", ...place.target })
  }

  private loadLatest(place: Place): void {
    if (!this.hasHistory(place)) return
    place.isLoading = true
    this.session.ask({ type: "history", ...place.target })
  }

  private send(place: Place, sending: Sending): void {
    place.sendings.push(sending)
    this.session.say({ place, sending })
  }

  private in(room: string | undefined): Place {
    return room === undefined ? this.lobby : this.place("room", room)
  }

  private place(kind: PlaceKind, name: string): Place {
    const key = keyOf(kind, name)
    const known = this.places.get(key)
    if (known !== undefined) return known
    const place = new Place(kind, name)
    this.places.set(key, place)
    const direct = [...this.places.values()].filter((other) => other.kind === "direct")
    if (direct.length > directMax) this.places.delete(direct.find((other) => other !== this.current)!.key)
    return place
  }
}

/** The items of a place with what is on its way. */
export const itemsOf = ({ items, sendings }: Place): ReadonlyArray<Item> =>
  sendings.length === 0 ? items : [...items, ...sendings]
