import { Frames, malformed, tooLarge } from "../../src/wire/Frames.ts"
import type { Json } from "../language/Json.ts"
import { lobby, numberIn, roomIn, roomKey } from "./Rooms.ts"

/** Largest object that is followed, sent or received. */
export const objectBytesMax = 64 * 1024 * 1024

/** A request on its way to its reply. */
export interface PendingRequest {
  /** `other` is what a server may well leave unanswered: unknown requests, and bytes that are no JSON. */
  readonly type: (typeof plainTypes)[number] | (typeof featureTypes)[number] | "other"
  /** The name that a login asks for. */
  readonly username?: string
  /** The content of a message. */
  readonly content?: string
  /** The room that it is about, as the client spells it, or the person. */
  readonly room?: string
  readonly to?: string
  /** What a join asks for of what was said before: so many messages, or all with a higher number. */
  readonly recent?: number
  readonly after?: number
  /** The features that a login asks for, the session that it wants to go on with, and what it has seen there. */
  readonly features?: ReadonlyArray<string>
  readonly session?: string
  readonly seen?: { readonly [room: string]: Json }
  /** The harness's own `list`, whose reply is nobody's business. */
  readonly hidden?: boolean
  /** True if it is no request at all, but bytes that are not JSON, or JSON that is not an object. */
  readonly garbage?: boolean
  /** True if a refusal answers it too: before login `list` may be refused (LOGIN-7). */
  readonly refusable?: boolean
}

/** A request with the reply that answered it. */
export interface Answer {
  readonly request: PendingRequest
  readonly granted: boolean
}

/**
 * Follows what one connection sends and what that leads to. Each reply finds its request: replies come in request order
 * (REQ-2), and the one to `list` is known by its `users`. A server that answers too often, or not at all, is back in step
 * with the next `list`.
 */
export class PendingRequests {
  /** True if something was sent that is no request at all: what the server does with the rest is its own affair (FRAME-6). */
  garbled = false
  /** The name it is logged in under. */
  username: string | undefined
  /** The features that its login asked for: with any it may see more than plain clients do (PLAIN-1). */
  features: ReadonlySet<string> = new Set()
  /** The rooms that it is in. */
  readonly rooms = new Set<string>()
  /** True if it may be shown again what it has seen: it has asked for the past, or goes on with a session. */
  mayRepeat = false
  /** True if a logout was granted. */
  loggedOut = false
  /** True if a whole request was sent since the last hidden `list`. */
  unfenced = false
  /** True if `users` also came with a reply to something else: then it does not tell which request is answered. */
  private usersAnywhere = false
  private readonly frames = new Frames(objectBytesMax)
  private readonly open: Array<PendingRequest> = []
  /** The contents of its messages. */
  private readonly said: Set<string>
  /** For each room the number up to which it has asked for all messages, its own among them. */
  private readonly pastUntil = new Map<string, number>()
  /** True if a login that was sent asks for features. */
  private wantsFeatures = false
  private hiddenAsked = 0
  private hiddenAnswered = 0
  private users: ReadonlyArray<Json> = []

  /** On a connection that goes on with the session of an earlier one, what that has said is known. */
  constructor(earlier?: PendingRequests) {
    this.said = new Set(earlier?.said)
  }

  /** True if the last bytes sent are an object that still lacks its end. */
  get unfinished(): boolean {
    return this.frames.pendingBytes > 0
  }

  /** The oldest request of the scenario that waits for its reply. */
  get oldest(): PendingRequest | undefined {
    return this.open.find(({ hidden }) => hidden !== true)
  }

  /** True if nothing of the scenario waits for a reply that every server owes. */
  get isAnswered(): boolean {
    return this.open.every(({ hidden, type }) => hidden === true || type === "other")
  }

  /** Notes bytes that are being sent; answers with the requests that became whole. */
  sent(bytes: Buffer): ReadonlyArray<PendingRequest> {
    const whole: Array<PendingRequest> = []
    this.frames.push(bytes)
    for (let frame = this.frames.next(); frame !== undefined; frame = this.frames.next()) {
      const request =
        frame === malformed || frame === tooLarge ? undefined : this.requestOf(JSON.parse(frame) as Json)
      if (request === undefined) this.garbled = true
      if (request?.content !== undefined) this.said.add(request.content)
      whole.push(request ?? { type: "other", garbage: true })
      if (frame === tooLarge) break
    }
    this.open.push(...whole)
    this.unfenced ||= whole.length > 0
    return whole
  }

  /** Notes a `list` of the harness's own; answers with the ticket that its users can be asked for with. */
  sentHidden(): number {
    this.open.push({ type: "list", hidden: true, refusable: this.username === undefined })
    this.unfenced = false
    return ++this.hiddenAsked
  }

  /** The users that the hidden `list` of this ticket was answered with, or `undefined` as long as it was not. */
  hiddenAnswer(ticket: number): ReadonlyArray<Json> | undefined {
    return this.hiddenAnswered >= ticket ? this.users : undefined
  }

  /** Notes a reply and what it changes; answers with the request it belongs to, where there is one. */
  answered(reply: Json): Answer | undefined {
    const request = this.requestFor(reply)
    if (request === undefined) return undefined
    if (request.hidden === true) {
      this.hiddenAnswered++
      this.users = (reply as { readonly users?: ReadonlyArray<Json> }).users ?? []
    }
    const granted = isSuccess(reply)
    if (granted) this.follow(request, reply)
    return { request, granted }
  }

  /** True if this is a message that it sent itself, and has not asked for. */
  isOwn(value: Json): boolean {
    return (
      hasField(value, "type", (type) => type === "message") &&
      hasField(value, "username", (username) => username === this.username) &&
      hasField(value, "content", (content) => typeof content === "string" && this.said.has(content)) &&
      !hasField(value, "seq", (seq) => Number(seq) <= (this.pastUntil.get(roomKey(roomIn(value))) ?? 0))
    )
  }

  /** Notes what a granted request changes. */
  private follow({ after, features, recent, room, type, username }: PendingRequest, reply: Json): void {
    if (type === "login" && username !== undefined) {
      this.username ??= username
      this.features = this.features.union(new Set(features))
      this.goOn(reply)
    }
    if (type === "join" && room !== undefined) {
      if ((recent ?? after) !== undefined && !this.rooms.has(roomKey(room))) {
        this.mayRepeat = true
        this.pastUntil.set(roomKey(room), lastIn(reply))
      }
      this.rooms.add(roomKey(room))
    }
    if (type === "leave" && room !== undefined) this.rooms.delete(roomKey(room))
    if (type === "logout") {
      this.username = undefined
      this.loggedOut = true
    }
  }

  /** Notes what a login has taken up: a session with its rooms, or rooms alone, whose past may show whatever was said. */
  private goOn(reply: Json): void {
    const isNew = hasField(reply, "resumed", (resumed) => resumed === false)
    this.mayRepeat ||= hasField(reply, "resumed", () => true)
    if (isNew) {
      this.said.clear()
      this.pastUntil.set(lobby, lastIn(reply))
    }
    if (!hasField(reply, "rooms", isObject)) return
    for (const [room, state] of Object.entries((reply as { readonly rooms: object }).rooms)) {
      this.rooms.add(roomKey(room))
      if (isNew) this.pastUntil.set(roomKey(room), lastIn(state as Json))
    }
  }

  private requestOf(value: Json): PendingRequest | undefined {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
    const { features, type } = value as { readonly [key: string]: Json }
    const known: PendingRequest["type"] = plainTypes.find((one) => one === type) ?? "other"
    const plain = { type: known, ...pick(value, known === "message" ? messageFields : plainFields) }
    if (type === "login" && Array.isArray(features) && features.length > 0) {
      this.wantsFeatures = true
      return { ...plain, ...pick(value, sessionFields), features: features.map(String) }
    }
    if (!this.wantsFeatures) return plain
    return {
      ...plain,
      ...pick(value, roomFields),
      type: featureTypes.find((one) => one === type) ?? known
    }
  }

  private requestFor(reply: Json): PendingRequest | undefined {
    if (hasField(reply, "users", Array.isArray)) {
      const isOfRoom = hasField(reply, "room", () => true)
      const list = this.open.findIndex(
        ({ room, type }) => usersIn.has(type) && (room !== undefined && roomKey(room) !== lobby) === isOfRoom
      )
      if (list === -1) this.usersAnywhere = true
      return list === -1 || this.usersAnywhere ? this.open.shift() : this.open.splice(0, list + 1).at(-1)
    }
    const [next] = this.open
    if (isSuccess(reply)) {
      const sure = this.open.findIndex(({ type }) => type !== "other")
      if (sure > 0 && this.open[sure]!.type !== "list") return this.open.splice(0, sure + 1).at(-1)
      return next?.type === "list" ? undefined : this.open.shift()
    }
    return next?.hidden === true && next.refusable !== true ? undefined : this.open.shift()
  }
}

/** True if a reply grants what was asked. */
export const isSuccess = (reply: Json): boolean => hasField(reply, "status", (status) => status === "success")

/** True if a value is an object with such a field. */
export const hasField = (value: Json, key: string, is: (field: Json) => boolean): boolean =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.hasOwn(value, key) &&
  is((value as { readonly [key: string]: Json })[key]!)

const isObject = (value: Json): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The number of the newest message that a room had when a reply was given. */
const lastIn = (reply: Json): number => numberIn(reply, "last") ?? 0

/** The requests that plain servers know, and those that come with features. */
const plainTypes = ["login", "message", "list", "logout", "ping"] as const
const featureTypes = ["join", "leave", "rooms", "history"] as const

/** The fields that are followed, with their types: of requests in general, of logins, and of what comes with features. */
const plainFields = { username: "string" } as const
const messageFields = { ...plainFields, content: "string" } as const
const sessionFields = { session: "string", seen: "object" } as const
const roomFields = { room: "string", to: "string", recent: "number", after: "number" } as const

const pick = (value: object, fields: { readonly [field: string]: string }): Omit<PendingRequest, "type"> =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([key, field]) => Object.hasOwn(fields, key) && typeof field === fields[key] && field !== null
    )
  )

/** The requests whose replies have `users`. */
const usersIn: ReadonlySet<PendingRequest["type"]> = new Set(["list", "join"] as const)
