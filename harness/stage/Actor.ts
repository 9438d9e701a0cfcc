import type { ActorConnection } from "./ActorConnection.ts"
import type { ChatSession } from "./ChatSession.ts"
import { match, Mismatch, type ObjectPattern } from "../language/Pattern.ts"
import type { Captures, Json } from "../language/Json.ts"
import { isSuccess } from "./PendingRequests.ts"
import type { Program } from "./Program.ts"
import type { Happening } from "./Transcript.ts"
import type { Incoming } from "./WireEvent.ts"

/** One member of the cast: a scripted client with at most one connection at a time. */
export class Actor {
  readonly name: string
  connection: ActorConnection | undefined
  /** The program that it sits at; a scripted client has none. */
  program: Program | undefined
  /** The session of its latest login, if that has one: with it, it can come back. */
  session: ChatSession | undefined
  /** The name of its latest login, also after it has left. */
  username: string
  /** Patterns that it may receive, each once. */
  readonly allowances: Array<ObjectPattern> = []
  /** The object that it has sent only a part of. */
  rest: Buffer | undefined
  /** The last thing it did, for saying how long after it something came. */
  lastDid: Happening | undefined
  /** Told of what is taken out of the inbox, and of the line of the step that asked for it. */
  onTake: (incoming: Incoming, line: number | undefined) => void = () => undefined

  constructor(name: string) {
    this.name = name
    this.username = name
  }

  /** True if it has a connection, as far as the scenario knows: one that the server ended unasked counts too. */
  get connected(): boolean {
    const { connection } = this
    return (
      connection !== undefined && !connection.left && !(connection.ended !== undefined && connection.mayEnd)
    )
  }

  get loggedIn(): boolean {
    return this.connected && this.connection!.username !== undefined
  }

  /**
   * The next thing in a lane that somebody has to answer for. What may be received is passed over, once each, and so
   * is what a client that asked for no feature should never see (told to `onExtra`), unless it is just what is `wanted`.
   */
  next(
    lane: Lane,
    captures: Captures,
    onExtra: (extra: Incoming) => void,
    wanted?: (value: Json) => boolean
  ): Incoming | undefined {
    const inbox = this.connection?.inbox ?? []
    for (let at = 0; at < inbox.length;) {
      const incoming = inbox[at]!
      if (lane !== "any" && incoming.lane !== lane && incoming.lane !== "noise") at++
      else if (wanted?.(incoming.value) === true) return incoming
      else if (incoming.extra && this.connection!.requests.features.size === 0) onExtra(this.take(incoming))
      else if (this.allows(incoming, captures)) this.take(incoming)
      else return incoming
    }
    return undefined
  }

  /** Removes something from the inbox: it has been asked for by the step of this line, if by any. */
  take(incoming: Incoming, line?: number): Incoming {
    const inbox = this.connection!.inbox
    inbox.splice(inbox.indexOf(incoming), 1)
    this.onTake(incoming, line)
    return incoming
  }

  private allows(incoming: Incoming, captures: Captures): boolean {
    const { garbled } = this.connection!.requests
    if (garbled && incoming.lane === "reply" && !isSuccess(incoming.value)) return true
    const at = this.allowances.findIndex(
      (pattern) => !(match(pattern, incoming.value, captures) instanceof Mismatch)
    )
    if (at !== -1) this.allowances.splice(at, 1)
    return at !== -1
  }
}

/** Replies and events are judged apart from each other; `any` is both, in the order they came. */
export type Lane = "reply" | "event" | "any"

/** The lane a pattern is about: replies carry `status`. */
export const laneOf = (pattern: ObjectPattern): "reply" | "event" =>
  pattern.fields.some(([key, field]) => key === "status" && field._tag !== "Absent") ? "reply" : "event"
