import { crc32 } from "node:zlib"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { ConnectFailed } from "../harness/stage/ActorConnection.ts"
import type { Chat } from "./Chat.ts"
import {
  Conversation,
  plainEncoding,
  type CheckedRequest,
  type Received,
  type Wrong
} from "./Conversation.ts"
import { DeliveryCheck, markOf } from "./DeliveryCheck.ts"
import type { Follower } from "./MessageOrder.ts"
import { Presence } from "./Presence.ts"
import type { Speaker } from "./Speaker.ts"
import { Trace } from "./Trace.ts"
import type { Encoding, ChatRequest } from "./Traffic.ts"
import { Violation } from "./Violation.ts"

/** Requests that leave together, their form, and where their bytes are cut. */
export interface Act {
  readonly requests: ReadonlyArray<ChatRequest>
  readonly encoding: Encoding
  readonly cuts: ReadonlyArray<number>
}

/** The way a client leaves: `cutOff` without waiting for what is due. */
export type Departure = "logout" | "halfClose" | "cutOff"

/** Keeps to the protocol, and checks every promise that the server makes to such clients. */
export class ConformingClient {
  readonly speaker: Speaker
  private readonly chat: Chat
  private readonly trace = new Trace()
  private readonly deliveries = new Map<string, DeliveryCheck>()
  private readonly presence: Presence | undefined
  private conversation: Conversation | undefined
  private follower: Follower | undefined

  constructor(speaker: Speaker, chat: Chat) {
    this.speaker = speaker
    this.chat = chat
    this.presence = speaker === chat.witness ? new Presence() : undefined
  }

  /** Connects and logs in. A name that was given up in order is free; one that was cut off becomes so (LEAVE-2). */
  readonly login = (): Effect.Effect<void, Violation | ConnectFailed> =>
    Effect.gen({ self: this }, function* () {
      const isFree = this.speaker.presence === "out"
      this.speaker.move("unknown")
      let tries = 0
      const tryOnce = Effect.suspend(() => this.tryLogin(isFree || ++tries === TRIES_MAX))
      yield* Effect.repeat(tryOnce, { until: Boolean, schedule: Schedule.spaced(RETRY_MILLIS) })
    })

  /** Sends requests; waits for replies only where many are due. */
  readonly play = ({ cuts, encoding, requests }: Act): Effect.Effect<void, Violation> =>
    Effect.suspend(() =>
      Effect.andThen(
        this.talk.send(
          requests.map((request) => this.checkedRequest(request)),
          encoding,
          cuts
        ),
        this.talk.settled(DUE_MAX)
      )
    )

  /** Waits for all that is due: replies, and with the list's the messages of others (SYNC-1). */
  readonly fence = (): Effect.Effect<void, Violation> =>
    Effect.suspend(() =>
      Effect.andThen(this.talk.send([this.list(undefined)], plainEncoding, []), this.talk.settled())
    )

  readonly leave = (departure: Departure): Effect.Effect<void, Violation> =>
    Effect.gen({ self: this }, function* () {
      this.speaker.move("unknown")
      this.chat.totals.departures++
      if (departure === "cutOff") this.talk.cutOff()
      else {
        if (departure === "logout") yield* this.talk.send([logout], plainEncoding, [])
        yield* departure === "logout" ? this.talk.untilEnd : this.talk.finish
        this.speaker.move("out")
      }
      this.chat.order.leave(this.follower!)
    })

  /** Waits for the server's shutdown, which must be announced as the last thing (END-1). */
  readonly awaitShutdown = (): Effect.Effect<void, Violation> => Effect.suspend(() => this.talk.untilShutdown)

  private get talk(): Conversation {
    return this.conversation!
  }

  /** Tries to log in, and tells whether it is; a refusal is wrong where it must be granted. */
  private tryLogin(mustBeGranted: boolean): Effect.Effect<boolean, Violation | ConnectFailed> {
    return Effect.gen({ self: this }, function* () {
      const { name } = this.speaker
      let isGranted = false
      const follower = this.chat.order.join(name)
      this.deliveries.clear()
      const login: CheckedRequest = {
        request: { type: "login", username: name, ...(this.presence && { features: ["presence"] }) },
        check: ({ status }) => {
          isGranted = status === "success"
          if (isGranted) this.enter()
          return isGranted || !mustBeGranted ? undefined : { clause: "LOGIN-1", expected: `${name} is free` }
        }
      }
      this.follower = follower
      this.conversation = yield* Conversation.open(this.chat.address, {
        name,
        patience: this.chat.patience,
        trace: this.trace,
        onEvent: (event) => this.hear(event),
        onViolation: this.chat.onViolation
      })
      yield* this.talk.send([login], plainEncoding, [])
      yield* this.talk.settled()
      this.chat.totals.requests++
      if (isGranted) return true
      this.chat.order.leave(follower)
      this.talk.cutOff()
      return false
    })
  }

  private enter(): void {
    this.speaker.move("in")
    for (const other of this.chat.speakers.values())
      if (other !== this.speaker) this.deliveries.set(other.name, new DeliveryCheck(other))
  }

  private checkedRequest({ content, id, type }: ChatRequest): CheckedRequest {
    this.chat.totals.requests++
    switch (type) {
      case "list":
        return this.list(id)
      case "ping":
        return { request: { type, id }, check: succeeds }
      case "message":
        return { request: { type, content: this.speaker.say(content), id }, check: this.acked }
    }
  }

  private readonly acked = (reply: Received): Wrong | undefined => {
    this.speaker.ack()
    return succeeds(reply)
  }

  private list(id: ChatRequest["id"]): CheckedRequest {
    const others = [...this.chat.speakers.values()].filter((other) => other !== this.speaker)
    const seen = others.map((other) => ({ other, presence: other.presence, moves: other.moves }))
    const marks = others.map((other) => [other.name, markOf(other)] as const)
    return {
      request: { type: "list", id },
      check: ({ users }) => {
        if (!isNames(users)) return { clause: "LIST-1", expected: "a list of names" }
        const isListed = (name: string) => users.includes(name)
        if (new Set(users).size < users.length) return { clause: "LIST-1", expected: "each name once" }
        if (!isListed(this.speaker.name)) return { clause: "LIST-1", expected: "the asker on the list" }
        for (const { moves, other, presence } of seen) {
          if (moves !== other.moves || presence === "unknown") continue
          if (presence === "in" && !isListed(other.name))
            return { clause: "LIST-1", expected: `${other.name} on the list` }
          if (presence === "out" && isListed(other.name))
            return { clause: "LIST-2", expected: `no ${other.name} on the list` }
        }
        const absent = this.presence?.list(users, this.speaker.name)
        if (absent !== undefined) return { clause: "PRES-1", expected: `${absent} on the list, or gone` }
        for (const [name, mark] of marks) {
          const lost = this.deliveries.get(name)!.missing(mark)
          if (lost !== undefined) return { clause: "SYNC-1", expected: `${lost}, before this list` }
        }
        return undefined
      }
    }
  }

  private hear({ content, type, username }: Received): Wrong | undefined {
    if (this.deliveries.size === 0) return { clause: "LOGIN-10", expected: "the login's reply first" }
    if (typeof username !== "string") return plain
    if (this.presence !== undefined && (type === "joined" || type === "left")) {
      const expected = this.presence.event(type, username)
      return expected === undefined ? undefined : { clause: "PRES-1", expected }
    }
    if (type !== "message" || typeof content !== "string") return plain
    if (username === this.speaker.name) return { clause: "MSG-3", expected: "no message of its own" }
    const delivery = this.deliveries.get(username)
    const due = delivery?.hear(content)
    if (due !== undefined) return { clause: "MSG-1", expected: due }
    if (delivery !== undefined) this.chat.totals.deliveries++
    return this.compare({ from: username, key: crc32(content) }, delivery !== undefined)
  }

  private compare(heard: { readonly from: string; readonly key: number }, isUnique: boolean) {
    const { order, witness } = this.chat
    const difference =
      this.speaker === witness ? order.witness(heard) : order.follow(this.follower!, heard, isUnique)
    return difference === undefined
      ? undefined
      : { clause: "MSG-5", expected: `one order for all, but ${difference}` }
  }
}

const logout: CheckedRequest = { request: { type: "logout" }, check: (reply) => succeeds(reply) }

const succeeds = ({ status }: Received): Wrong | undefined =>
  status === "success" ? undefined : { clause: "MSG-2", expected: "success" }

const isNames = (users: unknown): users is ReadonlyArray<string> =>
  Array.isArray(users) && users.every((name) => typeof name === "string")

const plain: Wrong = { clause: "PLAIN-1", expected: "a reply or a message" }

/** Replies that may be due before it waits. */
const DUE_MAX = 16

const RETRY_MILLIS = 20
const TRIES_MAX = 1_000
