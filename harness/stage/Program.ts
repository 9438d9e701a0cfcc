import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import { host } from "../../process/Port.ts"
import { type ClientUse, filled, loginLines, type Told } from "../client/ClientUse.ts"
import { type CannotListen, Door } from "../client/Door.ts"
import { Terminal } from "../client/Terminal.ts"
import type { Json } from "../language/Json.ts"
import type { ActorConnection } from "./ActorConnection.ts"
import type { BadNetwork } from "./BadNetwork.ts"
import type { Condition } from "./Condition.ts"
import { hasField } from "./PendingRequests.ts"
import type { Incoming, WireEvent } from "./WireEvent.ts"

/** What is held back of all that the server sends to a program. */
export type Held = "nothing" | "replies" | "everything"

/** The place where a program is run. */
export interface Desk {
  readonly command: string
  readonly use: ClientUse
  /** Told of everything that happens. */
  readonly changed: Condition
  readonly timeScale: number
}

/**
 * A program that an actor sits at. The wire between it and the server is ours: what it sends is looked at and passed on by
 * a connection of the actor's own, and what that receives is given to it, as the network between lets it.
 */
export class Program {
  readonly use: ClientUse
  /** What is typed, and what is seen; none before it was started. */
  terminal: Terminal | undefined
  isConnected = false
  /** Requests that it has sent and that no step has asked for, in order. */
  readonly unasked: Array<Json> = []
  /** The first bytes that it sent and that are no JSON. */
  unreadable: Buffer | undefined
  /** The contents of all messages that it was given, in order. */
  readonly heard: Array<string> = []
  /** What was typed to be said: a program may show that, too. */
  readonly said: Array<string> = []
  /** How far its screen has been looked at. */
  lookedAt = 0
  /** True once the server has ended its connection: what it tries then is its own affair. */
  private isOver = false
  /** True once the server has refused something, or ended the connection. */
  private isTurnedAway = false
  /** How far its screen was filled when it was first given a refusal, or the end of the connection. */
  turnedAwayAt: number | undefined
  /** Whether it was asked who is there. */
  hasAskedList = false
  network: BadNetwork | undefined
  private readonly command: string
  private readonly scope: Scope.Scope
  private readonly changed: Condition
  private door: Door | undefined
  private connection: ActorConnection | undefined
  /** What it sent before the actor had a connection. */
  private early: Array<Buffer> = []
  private holds: Held = "nothing"
  private held: Array<Buffer> = []
  /** What is given to it, in order. */
  private readonly gifts = Effect.runSync(Queue.unbounded<Effect.Effect<void>>())
  /** Milliseconds without anything new on its screen after which all that it has written so far was seen. */
  private readonly stillMillis: number

  private constructor(on: Desk, scope: Scope.Scope) {
    this.command = on.command
    this.use = on.use
    this.changed = on.changed
    this.stillMillis = stillMillis * on.timeScale
    this.scope = scope
  }

  /** A program that is waited for on a port of its own, and ends with the scope. */
  static open = Effect.fnUntraced(function* (
    desk: Desk
  ): Effect.fn.Return<Program, CannotListen, Scope.Scope> {
    const { changed, use } = desk
    const program = new Program(desk, yield* Effect.scope)
    yield* Effect.forkScoped(Effect.forever(Effect.flatten(Queue.take(program.gifts))))
    program.door = yield* Door.open(use.port, {
      onConnect: () => program.connected(),
      onValue: (text) => program.sent(text),
      onUnreadable: (bytes) => {
        program.unreadable ??= bytes.subarray(0, unreadableBytesMax)
        changed.notify()
      },
      onEnd: () => program.left()
    })
    return program
  })

  get port(): number {
    return this.door!.port
  }

  /** The next request that it sent; others than of this type that it may send at any time are passed over. */
  next(type?: string): Json | undefined {
    while (this.unasked.length > 0 && isFree(this.unasked[0]!) && !isOfType(this.unasked[0]!, type))
      this.unasked.shift()
    return this.unasked[0]
  }

  /** Passes over all requests so far that it may send at any time. */
  passOver(): void {
    this.unasked.splice(0, this.unasked.length, ...this.unasked.filter((request) => !isFree(request)))
  }

  /** Starts it, for a person of this name. */
  start(name: string): Effect.Effect<void> {
    const what = {
      command: filled(this.command, this.toldTo(name)),
      cwd: this.use.cwd,
      sandbox: this.use.sandbox,
      variables: this.use.variables,
      onChange: () => this.changed.notify()
    }
    return Effect.suspend(() => this.terminal?.close ?? Effect.void).pipe(
      Effect.andThen(Effect.provideService(Terminal.open(what), Scope.Scope, this.scope)),
      Effect.map((terminal) => {
        this.terminal = terminal
        this.heard.length = 0
        this.said.length = 0
        this.lookedAt = 0
        this.turnedAwayAt = undefined
        this.isTurnedAway = false
        this.isOver = false
        this.hasAskedList = false
      })
    )
  }

  /** Puts it through to the server by a connection of the actor's. */
  putThrough(connection: ActorConnection): void {
    this.connection = connection
    for (const bytes of this.early.splice(0)) Effect.runFork(connection.write(bytes))
  }

  /** Types what it has to be told once it runs. */
  typeLogin(name: string): void {
    for (const line of loginLines(this.command, this.use))
      this.terminal!.type(filled(line, this.toldTo(name)))
  }

  private toldTo(name: string): Told {
    return { host, port: this.port, name }
  }

  /** Holds back this from now on, and gives it what was held so far, in one piece. */
  hold(what: Held): void {
    this.holds = what
    const bytes = Buffer.concat(this.held.splice(0))
    if (bytes.length > 0) this.give(bytes)
  }

  /** Gives it bytes past any fault of the network. */
  writeNow(bytes: Buffer): Effect.Effect<void> {
    return this.door!.write(bytes)
  }

  /** Follows what happens on the connection of the actor. */
  follow(event: WireEvent): void {
    if (event._tag === "Received") this.receive(event.incoming, event.text)
    if (event._tag === "Ended") {
      this.isOver = true
      this.isTurnedAway = true
      this.give(Buffer.alloc(0))
      Queue.offerUnsafe(
        this.gifts,
        Effect.suspend(() => this.door!.end)
      )
    }
  }

  /** How far its screen is filled. */
  private get filled(): number {
    return this.terminal?.screen.text.length ?? 0
  }

  private receive({ lane, value }: Incoming, text: string): void {
    if (hasField(value, "type", (type) => type === "message")) {
      const { content } = value as { readonly content?: Json }
      if (typeof content === "string") this.heard.push(content)
    }
    this.isTurnedAway ||= hasField(value, "status", (status) => status !== "success")
    const bytes = Buffer.from(`${text}\n`)
    const waits = this.holds === "everything" || (this.holds === "replies" && lane === "reply")
    if (waits) this.held.push(bytes)
    else this.give(bytes)
  }

  private give(bytes: Buffer): void {
    if (this.isTurnedAway && this.turnedAwayAt === undefined) Queue.offerUnsafe(this.gifts, this.turnAway)
    const write = Effect.suspend(() => this.network?.send(bytes) ?? this.writeNow(bytes))
    Queue.offerUnsafe(this.gifts, write)
  }

  /**
   * Waits until its screen is still, and marks the place. What a program has written takes a way of its own: a prompt from
   * before a refusal may come after it, and would pass for what the program makes of it.
   */
  private readonly turnAway = Effect.gen({ self: this }, function* () {
    if (this.turnedAwayAt !== undefined) return
    const { terminal } = this
    for (let looks = 0, before = -1; looks < stillLooksMax && before < this.filled; looks++) {
      before = this.filled
      yield* Effect.sleep(this.stillMillis)
    }
    if (this.terminal !== terminal) return
    this.turnedAwayAt = this.filled
    this.changed.notify()
  })

  private connected(): void {
    this.isConnected = true
    this.early = []
    this.connection = undefined
    this.changed.notify()
  }

  private sent(text: string): void {
    if (this.isOver) return
    if (this.unasked.length >= unaskedMax) this.passOver()
    if (this.unasked.length >= unaskedMax) return
    this.unasked.push(JSON.parse(text) as Json)
    const bytes = Buffer.from(`${text}\n`)
    if (this.connection === undefined) this.early.push(bytes)
    else Effect.runFork(this.connection.write(bytes))
    this.changed.notify()
  }

  private left(): void {
    this.isConnected = false
    if (this.connection?.open === true) this.connection.close()
    this.changed.notify()
  }
}

/** How long a screen is looked at, in milliseconds, for anything that is still on its way to it. */
const stillMillis = 200
/** A screen that is never still is looked at no more often than this. */
const stillLooksMax = 4

/** The most requests that are kept: no scenario waits for more, and what follows is no better. */
const unaskedMax = 1_000

/** What is kept of bytes that are no JSON. */
const unreadableBytesMax = 200

const isOfType = (request: Json, type: string | undefined): boolean =>
  hasField(request, "type", (own) => own === type)

/** A program may ask who is there or for a sign of life, or say goodbye, whenever it likes. */
const isFree = (request: Json): boolean => ["list", "ping", "logout"].some((type) => isOfType(request, type))
