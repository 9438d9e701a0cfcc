import { crc32 } from "node:zlib"
import * as Effect from "effect/Effect"
import type { Chat } from "./Chat.ts"
import { Conversation, plainHand, type Question, type Received, type Wrong } from "./Conversation.ts"
import { Hearing, markOf } from "./DeliveryCheck.ts"
import type { Follower } from "./RunOptions.ts"
import { Presence } from "./Presence.ts"
import { type CannotConnect, open } from "./Sockets.ts"
import type { Speaker } from "./Speaker.ts"
import { Trace } from "./Trace.ts"
import type { Hand, Wish } from "./Traffic.ts"
import { Violation } from "./Violation.ts"

/** Requests that leave together, and how. */
export interface Act {
  readonly wishes: ReadonlyArray<Wish>
  readonly hand: Hand
  readonly cuts: ReadonlyArray<number>
}

/** How a client leaves: `cutOff` without waiting for what is due. */
export type Departure = "logout" | "halfClose" | "cutOff"

/** A client that keeps to the protocol, and holds the server to every promise that it makes to such clients. */
export class Polite {
  readonly speaker: Speaker
  private readonly chat: Chat
  private readonly trace = new Trace()
  private readonly hearings = new Map<string, Hearing>()
  private readonly presence: Presence | undefined
  private conversation: Conversation | undefined
  private follower: Follower | undefined

  constructor(speaker: Speaker, chat: Chat) {
    this.speaker = speaker
    this.chat = chat
    this.presence = speaker === chat.witness ? new Presence() : undefined
  }

  /** Connects and logs in. A name that was given up in order is free; one that was cut off becomes so (LEAVE-2). */
  readonly login = (): Effect.Effect<void, Violation | CannotConnect> =>
    Effect.gen({ self: this }, function* () {
      const isFree = this.speaker.presence === "out"
      this.speaker.move("unknown")
      for (let tries = 1; !(yield* this.tryLogin(isFree || tries === TRIES_MAX)); tries++)
        yield* Effect.sleep(RETRY_MILLIS)
    })

  /** Sends requests; waits for replies only where many are due. */
  readonly play = ({ cuts, hand, wishes }: Act): Effect.Effect<void, Violation> =>
    Effect.suspend(() =>
      Effect.andThen(
        this.talk.send(
          wishes.map((wish) => this.questionOf(wish)),
          hand,
          cuts
        ),
        this.talk.settled(DUE_MAX)
      )
    )

  /** Waits for all that is due: replies, and with the list's the messages of others (SYNC-1). */
  readonly fence = (): Effect.Effect<void, Violation> =>
    Effect.suspend(() =>
      Effect.andThen(this.talk.send([this.list(undefined)], plainHand, []), this.talk.settled())
    )

  readonly leave = (departure: Departure): Effect.Effect<void, Violation> =>
    Effect.gen({ self: this }, function* () {
      this.speaker.move("unknown")
      this.chat.figures.departures++
      if (departure === "cutOff") this.talk.cutOff()
      else {
        if (departure === "logout") yield* this.talk.send([logout], plainHand, [])
        yield* departure === "logout" ? this.talk.ended : this.talk.finish
        this.speaker.move("out")
      }
      this.chat.order.leave(this.follower!)
    })

  /** Is there when the server ends, and must be told so as the last thing (END-1); done once the server has ended it. */
  readonly seeOff = (): Effect.Effect<void, Violation> => Effect.suspend(() => this.talk.goodbye)

  private get talk(): Conversation {
    return this.conversation!
  }

  /** Whether it is in; a refusal is wrong where it must be granted. */
  private tryLogin(mustBeGranted: boolean): Effect.Effect<boolean, Violation | CannotConnect> {
    return Effect.gen({ self: this }, function* () {
      const { name } = this.speaker
      let isGranted = false
      const follower = this.chat.order.join(name)
      this.hearings.clear()
      const login: Question = {
        request: { type: "login", username: name, ...(this.presence && { features: ["presence"] }) },
        check: ({ status }) => {
          isGranted = status === "success"
          if (isGranted) this.enter()
          return isGranted || !mustBeGranted ? undefined : { clause: "LOGIN-1", expected: `${name} is free` }
        }
      }
      this.follower = follower
      this.conversation = new Conversation(
        yield* open(this.chat.address),
        {
          name,
          patience: this.chat.patience,
          onEvent: (event) => this.hear(event),
          onViolation: this.chat.onViolation
        },
        this.trace
      )
      yield* this.talk.send([login], plainHand, [])
      yield* this.talk.settled()
      this.chat.figures.requests++
      if (isGranted) return true
      this.chat.order.leave(follower)
      this.talk.cutOff()
      return false
    })
  }

  private enter(): void {
    this.speaker.move("in")
    for (const other of this.chat.speakers.values())
      if (other !== this.speaker) this.hearings.set(other.name, new Hearing(other))
  }

  private questionOf({ content, id, type }: Wish): Question {
    this.chat.figures.requests++
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

  private list(id: Wish["id"]): Question {
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
          const lost = this.hearings.get(name)!.missing(mark)
          if (lost !== undefined) return { clause: "SYNC-1", expected: `${lost}, before this list` }
        }
        return undefined
      }
    }
  }

  private hear({ content, type, username }: Received): Wrong | undefined {
    if (this.hearings.size === 0) return { clause: "LOGIN-10", expected: "the login's reply first" }
    if (typeof username !== "string") return plain
    if (this.presence !== undefined && (type === "joined" || type === "left")) {
      const expected = this.presence.event(type, username)
      return expected === undefined ? undefined : { clause: "PRES-1", expected }
    }
    if (type !== "message" || typeof content !== "string") return plain
    if (username === this.speaker.name) return { clause: "MSG-3", expected: "no message of its own" }
    const hearing = this.hearings.get(username)
    const due = hearing?.hear(content)
    if (due !== undefined) return { clause: "MSG-1", expected: due }
    if (hearing !== undefined) this.chat.figures.deliveries++
    return this.compare({ from: username, key: crc32(content) }, hearing !== undefined)
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

const logout: Question = { request: { type: "logout" }, check: (reply) => succeeds(reply) }

const succeeds = ({ status }: Received): Wrong | undefined =>
  status === "success" ? undefined : { clause: "MSG-2", expected: "success" }

const isNames = (users: unknown): users is ReadonlyArray<string> =>
  Array.isArray(users) && users.every((name) => typeof name === "string")

const plain: Wrong = { clause: "PLAIN-1", expected: "a reply or a message" }

/** Replies that may be due before it waits. */
const DUE_MAX = 16

const RETRY_MILLIS = 20
const TRIES_MAX = 1_000
