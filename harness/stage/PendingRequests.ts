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
  /** What a message says. */
  readonly content?: string
  /** Whether a login asks for features. */
  readonly features?: boolean
  /** The harness's own `list`, whose reply is nobody's business. */
  readonly hidden?: boolean
  /** Whether a refusal answers it too: before login `list` may be refused (LOGIN-7). */
  readonly refusable?: boolean
}

/**
 * Follows what one connection sends, so that each reply finds its request: replies come in request order (REQ-2), and
 * the one to `list` is known by its `users`. A server that answers too often, or not at all, is back in step with the
 * next `list`.
 */
export class PendingRequests {
  /** Whether something was sent that is no request at all: what the server does with the rest is its own affair (FRAME-6). */
  garbled = false
  /** Whether `users` also came with a reply to something else: then it does not tell which request is answered. */
  private usersAnywhere = false
  private readonly frames = new Frames(objectBytesMax)
  private readonly open: Array<PendingRequest> = []

  /** Whether the last bytes sent are an object that still lacks its end. */
  get unfinished(): boolean {
    return this.frames.pendingBytes > 0
  }

  /** Notes bytes that are being sent; answers with the requests that became whole. */
  sent(bytes: Buffer): ReadonlyArray<PendingRequest> {
    const whole: Array<PendingRequest> = []
    this.frames.push(bytes)
    for (let frame = this.frames.next(); frame !== undefined; frame = this.frames.next()) {
      const request =
        frame === malformed || frame === tooLarge ? undefined : requestOf(JSON.parse(frame) as Json)
      if (request === undefined) this.garbled = true
      whole.push(request ?? { type: "other" })
      if (frame === tooLarge) break
    }
    this.open.push(...whole)
    return whole
  }

  /** Notes a `list` of the harness's own. */
  sentHidden(refusable: boolean): void {
    this.open.push({ type: "list", hidden: true, refusable })
  }

  /** The request that this reply answers, or `undefined` where it answers none. */
  answered(reply: Json): PendingRequest | undefined {
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

/** Whether a reply grants what was asked. */
export const isSuccess = (reply: Json): boolean => hasField(reply, "status", (status) => status === "success")

/** Whether a value is an object with such a field. */
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
