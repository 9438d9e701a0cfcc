import { Frames, malformed, tooLarge } from "../../src/wire/Frames.ts"
import type { Json } from "../language/Json.ts"

/** Largest object that is followed, sent or received. */
export const objectBytesMax = 64 * 1024 * 1024

/** A request on its way to its reply. */
export interface PendingRequest {
  /** `other` is what a server may well leave unanswered: unknown requests, and bytes that are no JSON. */
  readonly type: (typeof types)[number] | "other"
  /** The name that a login asks for. */
  readonly username?: string
  /** The content of a message. */
  readonly content?: string
  /** True if a login asks for features. */
  readonly features?: boolean
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
  /** True if its login asked for features: it may see more than plain clients do (PLAIN-1). */
  features = false
  /** True if a logout was granted. */
  loggedOut = false
  /** True if a whole request was sent since the last hidden `list`. */
  unfenced = false
  /** True if `users` also came with a reply to something else: then it does not tell which request is answered. */
  private usersAnywhere = false
  private readonly frames = new Frames(objectBytesMax)
  private readonly open: Array<PendingRequest> = []
  /** The contents of its messages. */
  private readonly said = new Set<string>()
  private hiddenAsked = 0
  private hiddenAnswered = 0
  private users: ReadonlyArray<Json> = []

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
        frame === malformed || frame === tooLarge ? undefined : requestOf(JSON.parse(frame) as Json)
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
    if (granted) this.follow(request)
    return { request, granted }
  }

  /** True if this is a message that it sent itself. */
  isOwn(value: Json): boolean {
    return (
      hasField(value, "type", (type) => type === "message") &&
      hasField(value, "username", (username) => username === this.username) &&
      hasField(value, "content", (content) => typeof content === "string" && this.said.has(content))
    )
  }

  /** Notes what a granted request changes. */
  private follow({ features, type, username }: PendingRequest): void {
    if (type === "login" && username !== undefined) {
      this.username ??= username
      this.features ||= features === true
    }
    if (type === "logout") {
      this.username = undefined
      this.loggedOut = true
    }
  }

  private requestFor(reply: Json): PendingRequest | undefined {
    if (hasField(reply, "users", Array.isArray)) {
      const list = this.open.findIndex(({ type }) => type === "list")
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

const types = ["login", "message", "list", "logout", "ping"] as const

const requestOf = (value: Json): PendingRequest | undefined => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const { type, content, username, features } = value as { readonly [key: string]: Json }
  return {
    type: types.find((known) => known === type) ?? "other",
    ...(typeof username === "string" ? { username } : {}),
    ...(type === "message" && typeof content === "string" ? { content } : {}),
    features: Array.isArray(features) && features.length > 0
  }
}
