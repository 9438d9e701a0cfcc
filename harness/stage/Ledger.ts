import type { ClauseId } from "../language/Clauses.ts"
import type { Json } from "../language/Json.ts"
import { hasField } from "./PendingRequests.ts"
import type { Departure, WireEvent } from "./WireEvent.ts"

/** The ways in which an actor was seen to leave; the server's own doing is one of them. */
export type Leaving = Departure | "logout" | "ended by the server"

interface Said {
  readonly username: string
  readonly content: string
}

/** A clause that has to hold for what was played so far to mean anything; where only a part of it is needed, the scenario of that. */
export interface Prerequisite {
  readonly clause: ClauseId
  readonly shownBy?: string
}

/** The part of a conversation that a delivery belongs to: who is known to have said it, and how often. */
export interface Delivery {
  /** The names under which its content was said. */
  readonly speakers: ReadonlySet<string>
  /** How often its content was said under its name. */
  readonly said: number
  /** How often the actor has received it, this time included. */
  readonly heard: number
}

/**
 * What a correct server has to know after all that happened so far: the names that are held, how the others were given
 * up, and what was said. It is kept from what the actors did and what they were granted.
 */
export class Ledger {
  /** The names that are held, with their actors: one each, unless the server grants a name twice. */
  readonly members = new Map<string, ReadonlySet<string>>()
  /** The names that were given up, with the way their owners left. */
  readonly departures = new Map<string, Leaving>()
  /** The way that the latest connection ended which a client ended itself. */
  latestDeparture: Departure | undefined
  /** Whether bytes were sent that are not JSON. */
  garbled = false
  /** Connections that were opened so far. */
  connections = 0
  /** The most connections that were open at the same time. */
  openMost = 0
  private readonly open = new Set<string>()
  /** The clauses that the bytes which were sent so far lean on. */
  private readonly leansOn = new Set<ClauseId>()
  /** The names that each actor asked for on the connection it has now. */
  private readonly asked = new Map<string, Set<string>>()
  /** The names among these that it asked for when it had one already. */
  private readonly aliases = new Map<string, Set<string>>()
  private readonly said: Array<Said> = []
  private readonly heard = new Map<string, Array<Said>>()

  /** Takes note of what happened on a connection. */
  follow(event: WireEvent): void {
    const { actor } = event
    switch (event._tag) {
      case "Connected":
        this.connections++
        this.open.add(actor)
        this.openMost = Math.max(this.openMost, this.open.size)
        this.asked.set(actor, new Set())
        this.aliases.set(actor, new Set())
        this.heard.set(actor, [])
        break
      case "Sent":
        for (const clause of clausesOf(event)) this.leansOn.add(clause)
        break
      case "Asked":
        this.ask(actor, event.request)
        break
      case "LoggedIn":
        this.members.set(event.username, new Set([...(this.members.get(event.username) ?? []), actor]))
        this.departures.delete(event.username)
        break
      case "LoggedOut":
        this.giveUp(actor, "logout")
        break
      case "Left":
        this.latestDeparture = event.how
        this.close(actor, event.how)
        break
      case "Ended":
        this.close(actor, "ended by the server")
        break
      case "Received":
        this.hear(actor, event.incoming.value)
        break
      default:
    }
  }

  /** The clauses that have to hold for what was played so far to mean anything. */
  get prerequisites(): ReadonlyArray<Prerequisite> {
    const prerequisites: Array<Prerequisite> = []
    if (this.openMost > 1) prerequisites.push({ clause: "CONC-1", shownBy: "two-clients-at-once" })
    if (this.openMost > 4) prerequisites.push({ clause: "CONC-1", shownBy: "eight-log-in-at-once" })
    if (this.connections > 8) prerequisites.push({ clause: "LEAVE-1", shownBy: "many-in-a-row" })
    return [...prerequisites, ...[...this.leansOn].map((clause) => ({ clause }))]
  }

  /** The server began anew: it knows nobody. */
  restarted(): void {
    this.members.clear()
    this.departures.clear()
  }

  /** The clause about what clients did so far that may have brought the server down. */
  get harm(): ClauseId | undefined {
    if (this.garbled) return "FRAME-6"
    return this.latestDeparture === undefined ? undefined : "LEAVE-4"
  }

  /** Whether an actor other than this one holds a name. */
  isHeldByOther(username: string, actor: string): boolean {
    return [...(this.members.get(username) ?? [])].some((owner) => owner !== actor)
  }

  /** The actors that asked for a name on the connection they have now. */
  claimants(username: string): ReadonlyArray<string> {
    return [...this.asked].flatMap(([actor, names]) => (names.has(username) ? [actor] : []))
  }

  /** What is known of a message that an actor received; call it after it was received. */
  deliveryOf(actor: string, username: string, content: string): Delivery {
    const same = (one: Said) => one.username === username && one.content === content
    return {
      speakers: new Set(this.said.filter((one) => one.content === content).map((one) => one.username)),
      said: this.said.filter(same).length,
      heard: (this.heard.get(actor) ?? []).filter(same).length
    }
  }

  private nameOf(actor: string): string | undefined {
    return [...this.members].find(([, owners]) => owners.has(actor))?.[0]
  }

  private ask(
    actor: string,
    request: {
      readonly type: string
      readonly username?: string
      readonly content?: string
      readonly garbage?: boolean
    }
  ): void {
    if (request.garbage === true) this.garbled = true
    if (request.type === "login" && request.username !== undefined) {
      this.asked.get(actor)?.add(request.username)
      if (this.nameOf(actor) !== undefined) this.aliases.get(actor)?.add(request.username)
    }
    if (request.type === "message" && request.content !== undefined) {
      const name = this.nameOf(actor) ?? [...(this.asked.get(actor) ?? [])].at(-1) ?? actor
      this.said.push({ username: name, content: request.content })
    }
  }

  private hear(actor: string, value: Json): void {
    if (!hasField(value, "content", (content) => typeof content === "string")) return
    const { content, username } = value as { readonly content: string; readonly username?: Json }
    this.heard.get(actor)?.push({ username: String(username), content })
  }

  private close(actor: string, how: Leaving): void {
    this.open.delete(actor)
    this.giveUp(actor, how)
    for (const name of this.aliases.get(actor) ?? [])
      if (!this.members.has(name)) this.departures.set(name, how)
  }

  private giveUp(actor: string, how: Leaving): void {
    for (const [name, owners] of this.members) {
      if (!owners.has(actor)) continue
      const others = new Set([...owners].filter((owner) => owner !== actor))
      if (others.size > 0) this.members.set(name, others)
      else this.members.delete(name)
      this.departures.set(name, how)
    }
  }
}

/** The clauses that a write leans on: where requests begin and end in it, and what is unusual in its text. */
const clausesOf = ({
  bytes,
  isCut,
  requests
}: WireEvent & { readonly _tag: "Sent" }): ReadonlyArray<ClauseId> => {
  if (requests === 0 && !isCut) return []
  const text = bytes.toString("latin1")
  const isBare = requests > 0 && (/\}[ \t]*\{"/.test(text) || (!isCut && !text.endsWith("\n")))
  const isLong = bytes.length > usualBytesMax
  return [
    ...(isBare ? (["FRAME-9"] as const) : []),
    ...(requests > 1 ? (["FRAME-2"] as const) : []),
    ...(isCut ? (["FRAME-1"] as const) : []),
    ...(/[^\0-\x7f]|\\u/.test(text) ? (["FRAME-4"] as const) : []),
    ...(isLong || unusual.test(text) ? (["MSG-6"] as const) : [])
  ]
}

/** The longest write that is nothing to speak of: a message of a few words. */
const usualBytesMax = 400

/** What a content may hold that a careless server loses: letters beyond ASCII, escapes, quotes, brackets. */
const unusual = /"content"\s*:\s*"(?:[^"\\]|\\.)*(?:[^\0-\x7f]|\\|[{}[\]<>%&'])/
