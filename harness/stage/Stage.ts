import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { ownPatience } from "../../process/Patience.ts"
import { Actor } from "./Actor.ts"
import type { ClauseId } from "../language/Clauses.ts"
import { ActorConnection, type Wiring } from "./ActorConnection.ts"
import { Deal } from "./Deal.ts"
import { endSession } from "./EndSession.ts"
import { fail, type StepFailed } from "./Finding.ts"
import { match, Mismatch, type ObjectPattern } from "../language/Pattern.ts"
import type { Captures, Json } from "../language/Json.ts"
import type { BadNetwork } from "./BadNetwork.ts"
import { Ledger } from "./Ledger.ts"
import { NumberWatch } from "./NumberWatch.ts"
import { Recorder } from "./Recorder.ts"
import { Secrets } from "./Secrets.ts"
import { ServerSeats } from "./ServerSeats.ts"
import { hasField, type PendingRequest } from "./PendingRequests.ts"
import { Condition, nextTurn } from "./Condition.ts"
import type { Node, Server, Target } from "./Target.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import type { TargetKnowledge } from "./TargetKnowledge.ts"
import { roomKey } from "./Rooms.ts"
import { show } from "../Format.ts"
import { nowOn } from "./Time.ts"
import { whyNoConnection } from "./Trouble.ts"
import { type Happening, Transcript } from "./Transcript.ts"
import { waking, type WireEvent, type WireListener } from "./WireEvent.ts"
import { actorsOf, type Cast } from "../language/Subject.ts"

/** The longest time that one connection attempt may take. */
export const connectMillisMax = 10_000

/** The settings of a stage. */
export interface Setting {
  readonly cast: Cast
  readonly ignoring: ReadonlyArray<ObjectPattern>
  readonly target: Target
  readonly knowledge: TargetKnowledge
  readonly server: Server
  /** The names of other people who are on it; `undefined` where it does not tell. */
  readonly strangers: ReadonlyArray<string> | undefined
  readonly timeScale: number
  /** True if the exchange is to be recorded. */
  readonly isRecorded?: boolean
  /** True for a server that loses what follows a request in one segment: then parts of objects go by themselves. */
  readonly sendsPartsAlone?: boolean
  /** The language of findings, notes and captions. */
  readonly texts: Catalogue
}

/** Where one scenario is played: its actors, what they have seen, and the server they see it from. */
export class Stage {
  readonly target: Target
  readonly knowledge: TargetKnowledge
  readonly server: Server
  readonly strangers: Setting["strangers"]
  readonly actors = new Map<string, Actor>()
  readonly changed = new Condition()
  readonly texts: Catalogue
  readonly transcript: Transcript
  readonly ledger = new Ledger()
  private readonly secrets = new Secrets()
  private readonly numbers: NumberWatch
  /** Records the exchange, where that is wanted. */
  readonly recorder: Recorder | undefined
  /** Told of all that happens on the actors' connections, one after the other. */
  readonly listeners: ReadonlyArray<WireListener> = [
    (event) => this.secrets.follow(event),
    (event) => this.recorder?.follow(event),
    (event) => this.transcript.follow(event),
    (event) => this.ledger.follow(event),
    (event) => this.numbers.follow(event),
    (event) => this.learn(event),
    (event) => this.tellProgram(event),
    waking(this.changed)
  ]
  /** Remarks for the reader of the report about how it was judged. */
  readonly notes = new Set<string>()
  private readonly broken = new Map<ClauseId, string>()
  readonly timeScale: number
  readonly sendsPartsAlone: boolean
  /** The sender of the last message. */
  speaker: Actor | undefined
  /** The last message, with where it was said. */
  lastSaid: PendingRequest | undefined
  /** The actor that the last `one of` found, and the others. */
  chosen: { readonly one: Actor; readonly others: ReadonlyArray<Actor> } | undefined
  /** The bad networks that were laid, to see afterwards whether each of their faults touched a byte. */
  readonly networks: Array<{ readonly actor: string; readonly line: number; readonly network: BadNetwork }> =
    []
  /** The client that logs in when all is over. */
  newcomer: ActorConnection | undefined
  /** Connections whose sessions have gone on elsewhere: the server may still take them for alive. */
  private readonly abandoned: Array<ActorConnection> = []
  readonly seats = new ServerSeats()
  private readonly deal: Deal
  /** Every name that logged in during this scenario. */
  readonly usernames = new Set<string>()
  /** The rooms that somebody has asked to join. */
  private readonly joined = new Set<string>()
  private readonly ignoring: ReadonlyArray<ObjectPattern>
  private readonly strangerNames: ReadonlySet<string>
  private readonly clock: Clock.Clock

  private constructor(setting: Setting, clock: Clock.Clock) {
    this.texts = setting.texts
    this.transcript = new Transcript(setting.texts.play)
    this.ignoring = [...setting.ignoring, ...setting.target.ignoring]
    this.target = setting.target
    this.knowledge = setting.knowledge
    this.server = this.discreet(setting.server)
    this.deal = new Deal(setting.server)
    this.strangers = setting.strangers
    this.strangerNames = new Set(setting.strangers)
    this.timeScale = setting.timeScale
    this.sendsPartsAlone = setting.sendsPartsAlone === true
    this.clock = clock
    const seesAll = setting.strangers?.length === 0 && this.ignoring.length === 0
    this.numbers = new NumberWatch(this.actors, this.texts.play.seen, (clause, evidence) => {
      if (seesAll) this.breaks(clause, evidence)
    })
    this.recorder = setting.isRecorded === true ? this.recording() : undefined
    for (const name of actorsOf(setting.cast)) this.join(name)
  }

  /** A server whose log lines show no token. */
  private discreet(server: Server): Server {
    const concealed = (lines: ReadonlyArray<string>) => lines.map((line) => this.secrets.conceal(line))
    const { linesBefore } = server
    return {
      ...server,
      lastLines: () => concealed(server.lastLines()),
      ...(linesBefore && { linesBefore: () => concealed(linesBefore()) })
    }
  }

  private recording(): Recorder {
    const recorder = new Recorder(this.texts.play, this.secrets, () => this.nowMillis)
    this.transcript.onHappening = (happening) => recorder.did(happening)
    this.server.onLogLine?.((line) => recorder.logged(line))
    return recorder
  }

  /** A stage that is cleared when the scope closes. */
  static open(setting: Setting): Effect.Effect<Stage, never, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.map(Clock.Clock, (clock) => new Stage(setting, clock)),
      (stage) => stage.clear
    )
  }

  /** The time of the stage in milliseconds: what happens on it is told by it. */
  get nowMillis(): number {
    return nowOn(this.clock)
  }

  /** Tells if a name was used in an earlier scenario, and the server may not have noticed that it is free again. */
  mayStillHold(username: string): boolean {
    return this.target.livesOn && this.knowledge.usernames.has(username)
  }

  /** The name for the client that logs in at the end: one that nobody has. */
  newcomerName(): string {
    return this.target.livesOn ? this.knowledge.uniqueName() : "newcomer"
  }

  /** Lets one more actor take part. */
  join(name: string): void {
    if (this.actors.has(name)) return
    const actor = new Actor(name)
    actor.onTake = (incoming, line) => this.recorder?.took(incoming, line)
    this.actors.set(name, actor)
  }

  /**
   * Ends what is left of an actor's connection, and opens a new one with an inbox of its own. It may go on with the session
   * of `from`: then what that has is left open.
   */
  connect(actor: Actor, line: number, from?: Actor): Effect.Effect<void, StepFailed> {
    const resumes = from?.connection?.requests
    if (resumes !== undefined && actor.connection !== undefined) this.abandoned.push(actor.connection)
    return (resumes === undefined ? this.endOf(actor.connection) : Effect.void).pipe(
      Effect.andThen(this.seats.makeRoom(this.timeScale)),
      Effect.andThen(
        Effect.suspend(() => {
          const node = this.nodeFor(actor, from)
          return Effect.map(this.dial({ ...this.wiringOf(actor), resumes }, node), (connection) => {
            actor.connection = connection
            actor.rest = undefined
            const { connect, connectTo } = this.texts.play.acts
            const text = this.deal.isAlone ? connect : connectTo(node.name)
            this.did(actor, line, { kind: "connected", text, caption: text, label: "connection" })
          })
        })
      )
    )
  }

  /** The node that is next for an actor, or for whoever is not in the cast. */
  nodeFor(actor?: Actor, from?: Actor): Node {
    const name = actor?.name ?? "newcomer"
    const place = actor === undefined ? this.actors.size : [...this.actors.keys()].indexOf(name)
    return this.deal.next(name, place, from?.name)
  }

  /** The nodes that each actor was at, in order; `undefined` where the server has no others. */
  get nodesOfActors(): ReadonlyMap<string, ReadonlyArray<string>> | undefined {
    return this.deal.isAlone ? undefined : this.deal.dealt
  }

  /** Resets a connection; where the server may have no other seat for the next, it is seen to let go of this one. */
  private endOf(connection: ActorConnection | undefined): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (connection !== undefined && !connection.gone && this.seats.full)
        return this.seats.giveBack(connection)
      connection?.reset()
      return Effect.void
    })
  }

  /** Opens a connection to a node of the server within the bound for connecting. */
  dial(wiring: Wiring, node: Node): Effect.Effect<ActorConnection, StepFailed> {
    const withinMillis = connectMillisMax * this.timeScale
    return ActorConnection.open(node, wiring, withinMillis).pipe(
      Effect.tap((connection) => Effect.sync(() => this.seats.take(connection))),
      Effect.mapError((failed) =>
        fail({
          expected: this.texts.play.accepts(node.name),
          received: whyNoConnection(failed, node.host, this.texts.targets),
          trouble: failed.trouble,
          breaks: this.ledger.harm ?? "LOGIN-1",
          withinMillis,
          lost: true
        })
      )
    )
  }

  /** Notes what an actor does; what comes in afterwards is timed from it. */
  did(actor: Actor, line: number, what: Pick<Happening, "kind" | "text" | "caption" | "label">): void {
    actor.lastDid = { ...what, atMillis: this.nowMillis, actor: actor.name, line }
    this.transcript.add(actor.lastDid)
  }

  /** The deadline of a wait that begins now, on the clock of the harness's patience. */
  deadlineIn(millis: number): number {
    return ownPatience.begin() + millis
  }

  /** Waits until `look` has an answer, at most until the deadline: then `undefined`. */
  until<A>(look: () => A | undefined, deadlineMillis: number): Effect.Effect<A | undefined> {
    return Effect.suspend(() => {
      const now = look()
      if (now !== undefined) return Effect.succeed(now)
      const atTheLast = Effect.map(Effect.andThen(ownPatience.until(deadlineMillis), nextTurn), look)
      return Effect.raceFirst(this.changed.until(look), atTheLast)
    })
  }

  /** Ends all connections that are left: with RST where the server ends too, so that no port stays in TIME_WAIT. */
  private get clear(): Effect.Effect<void> {
    return Effect.suspend(() => {
      const left = [...this.actors.values(), { connection: this.newcomer }]
      return Effect.forEach(
        [...this.abandoned, ...left.flatMap(({ connection }) => connection ?? [])],
        (connection) =>
          this.target.livesOn && connection.open ? connection.part : Effect.sync(() => connection.reset()),
        { concurrency: "unbounded", discard: true }
      ).pipe(Effect.andThen(this.target.livesOn ? this.endSessions : Effect.void))
    })
  }

  /** Ends the sessions that a server which lives on would keep names for. */
  private get endSessions(): Effect.Effect<void> {
    return Effect.suspend(() => {
      const kept = [...this.actors.values()].flatMap(({ connection, session }) =>
        session === undefined || connection?.requests.loggedOut === true ? [] : [session]
      )
      const sessions = new Map(kept.map((session) => [session.token, session]))
      return Effect.forEach(sessions.values(), (session) => endSession(this.nodeFor(), session), {
        concurrency: "unbounded",
        discard: true
      })
    })
  }

  /** The clauses that the server broke in passing, with the first evidence of each. */
  brokenClauses(): ReadonlyMap<ClauseId, string> {
    const { seen } = this.texts.play
    this.numbers.finish()
    for (const { connection, name } of this.actors.values()) {
      if (connection?.objects.stray !== undefined)
        this.breaks("WIRE-1", seen.stray(name, seen.strays[connection.objects.stray]))
      if (connection?.objects.unlined === true) this.breaks("WIRE-1", seen.unlined(name))
    }
    return this.broken
  }

  /** Notes that the server broke a clause in passing; the first evidence counts. */
  breaks(clause: ClauseId, evidence: string): void {
    if (this.broken.has(clause)) return
    this.broken.set(clause, evidence)
    this.recorder?.violated({ clauses: [clause], received: evidence })
  }

  private wiringOf({ name }: Actor): Wiring {
    return {
      actor: name,
      filter: (value) => this.relevantPart(value),
      listener: (event) => this.listeners.forEach((listener) => listener(event))
    }
  }

  /** The part of a received value that concerns this scenario. */
  private relevantPart(value: Json): Json | undefined {
    if (isOfStranger(value, this.strangerNames)) return undefined
    const known = withoutStrangers(value, this.strangerNames)
    const relevant = this.target.livesOn ? withoutOtherRooms(known, this.joined) : known
    const ignored = this.ignoring.some(
      (pattern) => !(match(pattern, relevant, noCaptures) instanceof Mismatch)
    )
    if (ignored) return undefined
    if (this.target.livesOn || !this.ledger.isInvented(relevant)) return relevant
    this.breaks("MSG-1", this.texts.play.seen.invented(show(relevant)))
    return undefined
  }

  /** Hands what has come in to the program that its actor sits at: then nobody else has to ask for it. */
  private tellProgram(event: WireEvent): void {
    const actor = this.actors.get(event.actor)!
    if (actor.program === undefined) return
    actor.program.follow(event)
    if (event._tag === "Received") actor.take(event.incoming)
  }

  /** Learns what the rest of the scenario is judged by. */
  private learn(event: WireEvent): void {
    const actor = this.actors.get(event.actor)!
    switch (event._tag) {
      case "Asked":
        if (event.request.type === "join") this.joined.add(roomKey(event.request.room ?? ""))
        if (event.request.type !== "message") break
        this.speaker = actor
        this.lastSaid = event.request
        break
      case "Echoed":
        this.breaks(
          clauseOfEcho(event.value, actor),
          this.texts.play.seen.ownMessage(actor.name, show(event.value))
        )
        break
      case "LoggedIn":
        actor.username = event.username
        this.usernames.add(event.username)
        break
      default:
    }
  }
}

/** The clause that its own message breaks by coming back to a client: the one about where it was said. */
const clauseOfEcho = (value: Json, { connection }: Actor): ClauseId => {
  const { features } = connection!.requests
  if (features.has("direct") && hasField(value, "to", () => true)) return "DM-1"
  return features.has("rooms") && hasField(value, "room", () => true) ? "ROOM-2" : "MSG-3"
}

const noCaptures: Captures = new Map()

/** A list of users without those who are no part of the scenario. */
const withoutStrangers = (value: Json, strangers: ReadonlySet<string>): Json => {
  if (strangers.size === 0 || !hasField(value, "users", Array.isArray)) return value
  const { users, ...rest } = value as { readonly users: ReadonlyArray<Json> }
  return { ...rest, users: users.filter((name) => !strangers.has(String(name))) }
}

/** A list of rooms without those that are no part of the scenario: others are in them, or were. */
const withoutOtherRooms = (value: Json, joined: ReadonlySet<string>): Json => {
  if (!hasField(value, "rooms", Array.isArray)) return value
  const { rooms, ...rest } = value as { readonly rooms: ReadonlyArray<Json> }
  return {
    ...rest,
    rooms: rooms.filter((one) => !hasField(one, "room", (room) => !joined.has(roomKey(String(room)))))
  }
}

const isOfStranger = (value: Json, strangers: ReadonlySet<string>): boolean =>
  hasField(value, "type", () => true) && hasField(value, "username", (name) => strangers.has(String(name)))
