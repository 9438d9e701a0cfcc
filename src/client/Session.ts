import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { inbox, lobby, type Reply, type Request } from "../Protocol.ts"
import { isUsername } from "../Username.ts"
import { CannotConnect, type Client, ConnectionEnded, LoginRefused, type SessionFailure } from "./Client.ts"
import { eventFor, notOffered } from "./Granted.ts"
import type { Received } from "./Received.ts"
import { isByName, type Resumption, Seen } from "./Seen.ts"

/** Where a message goes: into a room, to one person, or without both into the lobby. */
export interface Place {
  readonly room?: string | undefined
  readonly to?: string | undefined
}

/** A message whose fate is not known, or that was never sent, and never will be. */
export class Unsent extends Schema.TaggedError<Unsent>()("Unsent", {
  content: Schema.String,
  /** True if it was written to a connection: then it may have been said all the same. */
  wasWritten: Schema.Boolean,
  /** The end of its connection, where that was the end of the session too. */
  end: Schema.UndefinedOr(Schema.Union([CannotConnect, LoginRefused, ConnectionEnded]))
}) {}

/** Something that came and is to be shown. */
export type Noted = Received & {
  /** True of a message that was said while the connection was lost. */
  readonly isMissed: boolean
}

/**
 * A login that outlives its connections: what was granted, seen and joined, and what waits for its ack. On a server that
 * keeps sessions (`history`), each connection goes on where the last one was cut; on any other it begins anew.
 */
export class Session {
  readonly username: string
  /** The rooms joined, as the server spells them. */
  readonly rooms = new Set<string>()
  /** The number of times that it was logged in. */
  logins = 0
  /** What the server offers. */
  granted: ReadonlySet<string> = new Set()
  private readonly seen = new Seen()
  private readonly sendings = new Set<Sending>()
  private readonly places = Semaphore.makeUnsafe(unackedMax)
  private token: string | undefined
  private cids = 0
  private connection: Client | undefined
  private arrival = Deferred.makeUnsafe<Client, SessionFailure>()
  /** The reason why it is over, once it is. */
  failure: SessionFailure | undefined

  constructor(username: string) {
    this.username = username
  }

  /** The connection, while logged in. */
  get client(): Client | undefined {
    return this.connection
  }

  /** True of the lobby, and of a room that was joined. */
  isIn(room: string | undefined): boolean {
    return room === undefined || this.rooms.has(room)
  }

  /** True if the server keeps the session while there is no connection. */
  get isKept(): boolean {
    return this.token !== undefined
  }

  /** What was taken up, and is not answered. */
  get unsent(): ReadonlyArray<Unsent> {
    return [...this.sendings].map(
      ({ content, wasWritten }) => new Unsent({ content, wasWritten, end: undefined })
    )
  }

  /** What a login tells to go on with the session, if there is one. */
  get resumption(): Resumption | undefined {
    return this.token === undefined ? undefined : { session: this.token, ...this.seen.resumption }
  }

  /** Takes note of what came, in order; `undefined` for what was seen before, or was not asked for. */
  note(received: Received): Noted | undefined {
    if (received.kind === "reply") this.noteReply(received.request, received.reply)
    if (received.kind !== "event") return { ...received, isMissed: false }
    const event = eventFor(received.event, this.granted)
    if (event === undefined) return undefined
    if (event.type === "gap") this.seen.gap(event)
    if (event.type !== "message" || event.seq === undefined) return { ...received, event, isMissed: false }
    const { seq, to } = event
    const room = to === undefined ? (event.room ?? lobby) : inbox
    const isMissed = this.seen.isMissed(room, seq)
    return this.seen.message(room, seq) ? { ...received, event, isMissed } : undefined
  }

  /**
   * Goes on over a connection that is logged in: what waits for its ack is sent again, under the same `cid`. Where the
   * session was lost, nobody knows what became of that, so only what was never written is sent.
   */
  readonly attach = Effect.fnUntraced(
    { self: this },
    function* (
      this: Session,
      client: Client,
      { resumed }: Reply
    ): Effect.fn.Return<void, never, Scope.Scope> {
      for (const sending of this.sendings)
        // those that are taken up meanwhile included, so that the order stays
        yield* resumed === true || !sending.wasWritten ? this.post(sending, client) : this.drop(sending)
      this.connection = client
      yield* Effect.addFinalizer(() => Effect.sync(() => this.detach(client)))
      yield* Deferred.succeed(this.arrival, client)
    }
  )

  /** Ends it for good: nothing that waits will be sent, and nothing more can be asked. */
  readonly end = (failure: SessionFailure): Effect.Effect<void> =>
    Effect.suspend(() => {
      this.failure = failure
      return Effect.andThen(
        Deferred.fail(this.arrival, failure),
        Effect.forEach([...this.sendings], (sending) => this.drop(sending, failure), { discard: true })
      )
    })

  /** Done once nothing waits for its answer. */
  readonly settled: Effect.Effect<void> = Effect.suspend(() =>
    this.places.withPermits(unackedMax)(Effect.void)
  )

  /**
   * Says something, now or once the connection is back: done when it is on its way, with an effect that waits for the
   * answer. Waits while too much is unanswered.
   */
  say(content: string, place: Place = {}): Effect.Effect<Effect.Effect<Reply, Unsent>> {
    return Effect.map(this.take(content, place), ({ answer }) => Deferred.await(answer))
  }

  /** The rooms that a login's reply does not say we are in, although we were. */
  notRejoined({ rooms }: Reply): ReadonlyArray<string> {
    const known = new Set(isByName(rooms) ? Object.keys(rooms) : [])
    return [...this.rooms].filter((room) => !known.has(room))
  }

  /** The connection, once there is one; fails once there will be none. */
  get online(): Effect.Effect<Client, SessionFailure> {
    return Deferred.await(this.arrival)
  }

  /** Asks something that may be asked twice: over the next connection, if this one ends first. Fails once there is none. */
  ask(request: Request): Effect.Effect<Reply, SessionFailure> {
    return Effect.flatMap(this.online, (client) =>
      Effect.catch(this.askOver(client, request), () => {
        this.detach(client)
        return this.ask(request)
      })
    )
  }

  /** Asks something that the server has granted over this connection; what it has not is not sent. */
  askOver(client: Client, request: Request): Effect.Effect<Reply, ConnectionEnded> {
    const refusal = notOffered(request, this.granted)
    return refusal === undefined ? client.request(request) : Effect.succeed(refusal)
  }

  private readonly take = Effect.fnUntraced(
    { self: this },
    function* (this: Session, content: string, place: Place) {
      yield* this.places.take(1)
      const answer = Deferred.makeUnsafe<Reply, Unsent>()
      const sending: Sending = { content, place, cid: (this.cids++).toString(36), answer, wasWritten: false }
      this.sendings.add(sending)
      yield* this.failure === undefined ? this.post(sending) : this.drop(sending, this.failure)
      return sending
    }
  )

  private noteReply(request: Request | undefined, reply: Reply): void {
    if (reply.status !== "success" || request === undefined) return
    const { duplicate, room, seq } = reply
    if (request.type === "login") this.begin(reply)
    else if (request.type === "join" && room !== undefined) {
      if (this.enter(room)) this.seen.join(request.recent ?? 0, reply)
    } else if (request.type === "leave" && room !== undefined) {
      this.seen.leave(room)
      this.rooms.delete(room)
    } else if (request.type === "message" && seq !== undefined && duplicate !== true)
      this.seen.message(room ?? lobby, seq)
  }

  private begin(reply: Reply): void {
    this.logins++
    const { epoch = "", features = [], rooms, session = "" } = reply
    this.granted = new Set(features)
    const isSane = session !== "" && session.length <= tokenUnitsMax && epoch.length <= tokenUnitsMax
    this.token = this.granted.has("history") && isSane ? session : undefined
    const extents = new Map(isByName(rooms) ? Object.entries(rooms).slice(0, roomsMax) : [])
    for (const name of extents.keys()) if (!this.enter(name)) extents.delete(name)
    if (this.isKept) this.seen.begin(reply, extents)
  }

  /** Notes that a room was joined, if that can be its name, and there are not too many. */
  private enter(room: string): boolean {
    const isNew = !this.rooms.has(room)
    if (isNew && (this.rooms.size >= roomsMax || !isUsername(room))) return false
    this.rooms.add(room)
    return true
  }

  private detach(client: Client): void {
    if (this.connection !== client) return
    this.connection = undefined
    this.arrival = Deferred.makeUnsafe()
  }

  /** Sends a message, if there is a connection. What is cut off waits for the next one where the session is kept. */
  private post(sending: Sending, connection = this.connection): Effect.Effect<void> {
    if (connection === undefined) return Effect.void
    const { cid, content, place } = sending
    const request: Request = {
      type: "message",
      username: this.username,
      content,
      ...(place.room !== undefined && { room: place.room }),
      ...(place.to !== undefined && { to: place.to }),
      ...(this.isKept ? { cid } : {})
    }
    const refusal = notOffered(request, this.granted)
    if (refusal !== undefined) return this.settle(sending, Effect.succeed(refusal))
    sending.wasWritten = true
    return connection.request(request).pipe(
      Effect.matchEffect({
        onSuccess: (reply) => this.settle(sending, Effect.succeed(reply)),
        onFailure: (end) => (this.isKept ? Effect.void : this.drop(sending, end))
      }),
      Effect.forkDetach({ startImmediately: true }), // it ends with the connection
      Effect.asVoid
    )
  }

  private drop(sending: Sending, end?: SessionFailure): Effect.Effect<void> {
    const { content, wasWritten } = sending
    return this.settle(sending, Effect.fail(new Unsent({ content, wasWritten, end })))
  }

  private settle(sending: Sending, answer: Effect.Effect<Reply, Unsent>): Effect.Effect<void> {
    if (!this.sendings.delete(sending)) return Effect.void
    return Effect.andThen(Deferred.complete(sending.answer, answer), this.places.release(1))
  }
}

/** The most messages that may wait for their ack: half of those that a server compares a new one with (DEDUP-2). */
const unackedMax = 32

/** The most rooms that one may be in: what a login tells of them must fit in a request. */
const roomsMax = 200

/** The longest token and the longest epoch that are sent back, in UTF-16 units. */
const tokenUnitsMax = 1_024

/** A message on its way. */
interface Sending {
  readonly content: string
  readonly place: Place
  readonly cid: string
  readonly answer: Deferred.Deferred<Reply, Unsent>
  wasWritten: boolean
}
