import { show } from "../Format.ts"
import type { ClauseId } from "../language/Clauses.ts"
import type { Json } from "../language/Json.ts"
import type { PlayTexts } from "../texts/Play.ts"
import type { Actor } from "./Actor.ts"
import { ChatSession, type Hole, type Irregularity } from "./ChatSession.ts"
import { hasField, isSuccess, type PendingRequest } from "./PendingRequests.ts"
import { inbox, numberIn, roomIn, roomKey } from "./Rooms.ts"
import type { WireEvent } from "./WireEvent.ts"

/** Notes that a clause was broken, with the evidence. */
type Breaks = (clause: ClauseId, evidence: string) => void

/**
 * Follows the sessions of those who have one, and holds the numbers that they are shown against the clauses about numbers,
 * whatever the scenario is about.
 */
export class NumberWatch {
  private readonly actors: ReadonlyMap<string, Actor>
  private readonly breaks: Breaks
  private readonly texts: PlayTexts["seen"]
  /** What each number named first: username and content, by epoch, room and number. */
  private readonly named = new Map<string, readonly [username: Json, content: Json]>()
  /** The messages of each actor that no reply has come to. */
  private readonly unanswered = new Map<string, number>()
  /** The actors who may have said something that they never had an ack for. */
  private readonly mayHaveSpoken = new Set<string>()

  constructor(actors: ReadonlyMap<string, Actor>, texts: PlayTexts["seen"], breaks: Breaks) {
    this.actors = actors
    this.texts = texts
    this.breaks = breaks
  }

  /** Takes note of what happened on a connection. */
  follow(event: WireEvent): void {
    const actor = this.actors.get(event.actor)
    if (actor === undefined) return
    const waiting = this.unanswered.get(actor.name) ?? 0
    if (event._tag === "Connected") {
      if (waiting > 0) this.mayHaveSpoken.add(actor.name)
      this.unanswered.set(actor.name, 0)
    }
    if (event._tag === "Asked" && event.request.type === "message")
      this.unanswered.set(actor.name, waiting + 1)
    if (event._tag !== "Received") return
    const { request, value } = event.incoming
    if (request?.type === "message") this.unanswered.set(actor.name, waiting - 1)
    if (request?.type === "login") {
      if (isSuccess(value)) actor.session = ChatSession.of(request, value, actor.session)
      return
    }
    const irregular = actor.session?.follow(event.incoming)
    if (irregular !== undefined) this.judge(actor, irregular)
    if (actor.session !== undefined) this.nameAll(actor.session, value, request)
  }

  /** Judges, when all is over, the numbers that somebody was not shown: others may have been, or nobody. */
  finish(): void {
    for (const { name, session } of this.actors.values())
      for (const hole of session?.holes ?? []) this.judgeHole(name, session!, hole)
  }

  private judge({ name }: Actor, { kind, value }: Irregularity): void {
    const clause = kind === "again" ? "SEQ-2" : "SEQ-3"
    this.breaks(clause, this.texts.irregular[kind](name, show(value)))
  }

  private judgeHole(actor: string, session: ChatSession, { epoch, from, room, to, value }: Hole): void {
    for (let number = from; number <= Math.min(to, from + numbersMax); number++) {
      const [username] = this.named.get(keyOf(epoch, room, session, number)) ?? []
      if (username === session.username || (username === undefined && this.mayHaveSpoken.has(actor))) continue
      this.breaks(
        username === undefined ? "SEQ-1" : "SEQ-2",
        this.texts.numbersMissing(actor, number, show(value))
      )
    }
  }

  /** Notes the messages in something that came in, by their numbers; a number that names two breaks SEQ-4. */
  private nameAll(session: ChatSession, value: Json, request: PendingRequest | undefined): void {
    const room = roomIn(value)
    if (hasField(value, "messages", Array.isArray))
      for (const message of (value as { readonly messages: ReadonlyArray<Json> }).messages)
        if (typeof message === "object" && message !== null) this.name(session, room, message)
    if (request === undefined && hasField(value, "type", (type) => type === "message"))
      this.name(session, room, value)
    if (request?.type === "message" && isSuccess(value) && request.content !== undefined)
      this.name(session, room, {
        ...(value as object),
        username: session.username,
        content: request.content
      })
  }

  private name(session: ChatSession, room: string, message: Json): void {
    const number = numberIn(message, "seq")
    const { content, username } = message as { readonly [key: string]: Json }
    if (number === undefined || content === undefined || username === undefined) return
    const key = keyOf(session.epoch, room, session, number)
    const other = this.named.get(key)
    if (other === undefined) this.named.set(key, [username, content])
    else if (other[0] !== username || other[1] !== content)
      this.breaks("SEQ-4", this.texts.numberOfTwo(number, show(other[1], 60), show(content, 60)))
  }
}

/** The numbers of an inbox are those of its session; all others are the same for everybody. */
const keyOf = (epoch: string, room: string, { token }: ChatSession, number: number): string =>
  JSON.stringify([epoch, roomKey(room) === inbox ? token : roomKey(room), number])

/** The most numbers of one hole that are looked at. */
const numbersMax = 1_000
