import type { ClauseId } from "../language/Clauses.ts"
import type { Json } from "../language/Json.ts"
import { hasField, isSuccess, type PendingRequest } from "./PendingRequests.ts"
import { lobby, placeOf } from "./Rooms.ts"
import type { Departure, WireEvent } from "./WireEvent.ts"

/**
 * The ways in which an actor was seen to leave. Who closes while an answer is on its way is reset by its system, or is
 * not; some ends are the server's own doing.
 */
export type Leaving = Departure | "close or reset" | "logout" | "ended by the server"

interface Said {
  readonly username: string
  readonly content: string
  /** Where it was said: in a room, or to a person. */
  readonly place: string
}

/** A clause that has to hold for what was played so far to mean anything; where only a part of it is needed, the scenario of that. */
export interface Prerequisite {
  readonly clause: ClauseId
  readonly shownBy?: string
  /** True if only a connection that was lost counts, for one that is lost here: requests that end it in any scenario. */
  readonly loses?: boolean
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
  /** Whether a request with letters beyond ASCII was granted. */
  understands = false
  /** Connections that were opened so far. */
  connections = 0
  /** The most connections that were open at the same time. */
  openMost = 0
  private readonly open = new Set<string>()
  /** The clauses that what was sent so far leans on. */
  private readonly leansOn = new Set<ClauseId>()
  /** The actors whose connection is open and who have sent nothing on it. */
  private readonly silent = new Set<string>()
  private isSilenceMet = false
  /** Whether somebody left without having logged in, or was sent away. */
  private hasStrangerLeft = false
  /** Whether the same text was sent twice. */
  private isRepeated = false
  private readonly halfClosed = new Set<string>()
  /** The answers that each actor waits for. */
  private readonly owed = new Map<string, number>()
  private readonly latest = new Map<string, PendingRequest>()
  /** The names that each actor asked for on the connection it has now. */
  private readonly asked = new Map<string, Set<string>>()
  /** The names among these that it asked for when it had one already. */
  private readonly aliases = new Map<string, Set<string>>()
  private readonly said: Array<Said> = []
  private readonly heard = new Map<string, Array<Said>>()
  /** What each actor had heard on the connection before. */
  private readonly heardBefore = new Map<string, ReadonlyArray<Said>>()
  /** The names that are kept for sessions whose owners are away (RESUME-1). */
  readonly kept = new Set<string>()
  /** The names whose owners logged out of a session (RESUME-6). */
  readonly ended = new Set<string>()
  private readonly withSession = new Set<string>()
  /** The actors that asked for features on the connection they have now. */
  private readonly withFeatures = new Set<string>()

  /** Takes note of what happened on a connection. */
  follow(event: WireEvent): void {
    const { actor } = event
    switch (event._tag) {
      case "Connected":
        this.connections++
        this.open.add(actor)
        this.openMost = Math.max(this.openMost, this.open.size)
        this.withFeatures.delete(actor)
        this.asked.set(actor, new Set())
        this.aliases.set(actor, new Set())
        this.owed.set(actor, 0)
        this.silent.add(actor)
        this.halfClosed.delete(actor)
        this.heardBefore.set(actor, this.heard.get(actor) ?? [])
        this.heard.set(actor, [])
        break
      case "Sent":
        for (const clause of clausesOf(event)) this.leansOn.add(clause)
        this.silent.delete(actor)
        this.isSilenceMet ||= this.silent.size > 0
        break
      case "HalfClosed":
        this.halfClosed.add(actor)
        this.latestDeparture = "close"
        this.giveUpAll(actor, "close")
        break
      case "Asked":
        this.owed.set(actor, this.owed.get(actor)! + 1)
        this.ask(actor, event.request)
        break
      case "LoggedIn":
        this.members.set(event.username, new Set([...(this.members.get(event.username) ?? []), actor]))
        this.departures.delete(event.username)
        if (event.resumes) {
          this.kept.delete(event.username)
          this.heard.get(actor)!.push(...(this.heardBefore.get(actor) ?? []))
        }
        break
      case "LoggedOut":
        if (this.withSession.delete(actor)) this.ended.add(this.nameOf(actor) ?? actor)
        this.giveUp(actor, "logout")
        break
      case "Left":
        this.latestDeparture = event.how
        this.hasStrangerLeft ||= this.nameOf(actor) === undefined
        this.close(actor, this.asSeen(actor, event.how))
        break
      case "Ended":
        this.hasStrangerLeft ||= this.nameOf(actor) === undefined
        this.close(actor, "ended by the server")
        break
      case "Received":
        if (event.incoming.lane === "reply") this.owed.set(actor, this.owed.get(actor)! - 1)
        if (isSuccess(event.incoming.value) && event.incoming.request !== undefined)
          this.understands ||= isBeyondAscii(event.incoming.request)
        if (event.incoming.request?.type === "login" && isSuccess(event.incoming.value))
          this.noteSession(actor, event.incoming.value)
        this.hear(actor, event.incoming.value)
        break
      default:
    }
  }

  /** The clauses that have to hold for what was played so far to mean anything. */
  get prerequisites(): ReadonlyArray<Prerequisite> {
    const prerequisites: Array<Prerequisite> = []
    if (this.isSilenceMet) prerequisites.push({ clause: "CONC-1", shownBy: "silent-client" })
    if (this.openMost > 1) prerequisites.push({ clause: "CONC-1", shownBy: "two-clients-at-once" })
    if (this.openMost > 4) prerequisites.push({ clause: "CONC-1", shownBy: "eight-log-in-at-once" })
    if (this.hasStrangerLeft) prerequisites.push({ clause: "LEAVE-4", shownBy: "connects-and-leaves" })
    if (this.isRepeated) prerequisites.push({ clause: "MSG-1", shownBy: "same-text-twice" })
    if (this.connections > 8) prerequisites.push({ clause: "LEAVE-1", shownBy: "many-in-a-row" })
    const asked: ReadonlyArray<ClauseId> = this.said.length > 0 ? ["MSG-2", "MSG-1", "LIST-1"] : ["LIST-1"]
    for (const clause of asked) prerequisites.push({ clause, loses: true })
    return [...prerequisites, ...[...this.leansOn].map((clause) => ({ clause }))]
  }

  /** True if the last request of an actor has letters beyond ASCII. */
  askedBeyondAscii(actor: string): boolean {
    const request = this.latest.get(actor)
    return request !== undefined && isBeyondAscii(request)
  }

  /** The server began anew: it knows nobody. */
  restarted(): void {
    this.kept.clear()
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

  /** True for a message that nobody sent, under a name that nobody has had. */
  isInvented(value: Json): boolean {
    if (!hasField(value, "type", (type) => type === "message")) return false
    const { content, username } = value as { readonly content?: Json; readonly username?: Json }
    if (typeof content !== "string" || typeof username !== "string") return false
    const isKnown = [...this.asked.values()].some((names) => names.has(username))
    const readings = new Set([content, unescaped(content)])
    return !isKnown && !this.departures.has(username) && this.said.every((one) => !readings.has(one.content))
  }

  /** The actors that asked for a name on the connection they have now. */
  claimants(username: string): ReadonlyArray<string> {
    return [...this.asked].flatMap(([actor, names]) => (names.has(username) ? [actor] : []))
  }

  /** What is known of a message that an actor received; call it after it was received. */
  deliveryOf(actor: string, message: { readonly username: string; readonly content: string }): Delivery {
    const { content, username } = message
    const place = this.placeAt(actor, message)
    const same = (one: Said) => one.username === username && one.content === content && one.place === place
    const alike = this.said.filter((one) => one.content === content && one.place === place)
    return {
      speakers: new Set(alike.map((one) => one.username)),
      said: this.said.filter(same).length,
      heard: (this.heard.get(actor) ?? []).filter(same).length
    }
  }

  /** The places where something was said; none if nobody has. */
  placesOf(username: string, content: string): ReadonlySet<string> {
    const said = this.said.filter((one) => one.username === username && one.content === content)
    return new Set(said.map(({ place }) => place))
  }

  /** The place of a message that an actor received. To a plain client all is said in the lobby, with what fields it may. */
  private placeAt(actor: string, message: object): string {
    return this.withFeatures.has(actor) ? placeOf(message) : lobby
  }

  private nameOf(actor: string): string | undefined {
    return [...this.members].find(([, owners]) => owners.has(actor))?.[0]
  }

  private ask(actor: string, request: PendingRequest): void {
    this.latest.set(actor, request)
    if (request.garbage === true) this.garbled = true
    for (const clause of clausesOfText(request)) this.leansOn.add(clause)
    if (request.features !== undefined) this.withFeatures.add(actor)
    if (request.type === "login" && request.username !== undefined) {
      this.asked.get(actor)?.add(request.username)
      if (this.nameOf(actor) !== undefined) this.aliases.get(actor)?.add(request.username)
    }
    if (request.type === "message" && request.content !== undefined) {
      const name = this.nameOf(actor) ?? [...(this.asked.get(actor) ?? [])].at(-1) ?? actor
      this.isRepeated ||= this.said.some((one) => one.content === request.content)
      this.said.push({ username: name, content: request.content, place: placeOf(request) })
    }
  }

  private hear(actor: string, value: Json): void {
    if (!hasField(value, "content", (content) => typeof content === "string")) return
    const { content, username } = value as { readonly content: string; readonly username?: Json }
    const place = this.placeAt(actor, value as object)
    this.heard.get(actor)?.push({ username: String(username), content, place })
  }

  private noteSession(actor: string, reply: Json): void {
    if (hasField(reply, "session", () => true)) this.withSession.add(actor)
    else this.withSession.delete(actor)
  }

  /** The way that the server sees a client leave. */
  private asSeen(actor: string, how: Departure): Leaving {
    if (how === "reset" && this.halfClosed.has(actor)) return "close"
    return how === "close" && this.owed.get(actor)! > 0 ? "close or reset" : how
  }

  private close(actor: string, how: Leaving): void {
    this.open.delete(actor)
    this.silent.delete(actor)
    this.giveUpAll(actor, how)
  }

  private giveUpAll(actor: string, how: Leaving): void {
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
      if (this.withSession.has(actor) && how !== "logout") this.kept.add(name)
    }
  }
}

/** The clauses that a write leans on: where requests begin and end in it, and the escapes in it. */
const clausesOf = ({
  bytes,
  isCut,
  requests
}: WireEvent & { readonly _tag: "Sent" }): ReadonlyArray<ClauseId> => {
  if (requests === 0 && !isCut) return []
  const text = bytes.toString("latin1")
  const isBare = requests > 0 && (/\}[ \t]*\{"/.test(text) || (!isCut && !text.endsWith("\n")))
  return [
    ...(isBare ? (["FRAME-9"] as const) : []),
    ...(requests > 1 ? (["FRAME-2"] as const) : []),
    ...(isCut || bytes.length > shortBytesMax ? (["FRAME-1"] as const) : []),
    ...(text.includes("\\u") ? (["FRAME-4"] as const) : [])
  ]
}

/** The clauses that the texts in a request lean on: letters beyond ASCII, and what a careless server loses of a content. */
const clausesOfText = (request: PendingRequest): ReadonlyArray<ClauseId> => {
  const { content = "" } = request
  return [
    ...(isBeyondAscii(request) ? (["FRAME-4"] as const) : []),
    ...(content.length > shortBytesMax || unusual.test(content) ? (["MSG-6"] as const) : [])
  ]
}

const isBeyondAscii = ({ content = "", username = "" }: PendingRequest): boolean =>
  /[^\0-\x7f]/.test(content + username)

/** The longest text that nobody calls long: a message of a few words. */
const shortBytesMax = 400

/** What a careless server loses of a content, or takes for something else. */
const unusual = /[^\x20-\x7e]|["\\{}[\]<>%&']|^ | $/

/** What a text means whose escapes were taken for letters (FRAME-4): that was said, however it is passed on. */
const unescaped = (text: string): string => {
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    return text
  }
}
