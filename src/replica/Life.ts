import type * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import manifest from "../../package.json" with { type: "json" }
import type { Happening } from "../fold/Happening.ts"
import type { Entry, Operation, Rules } from "../fold/Operation.ts"
import type { LogReason } from "../log/Failure.ts"
import type { Deliver, Log, Logged, Position } from "../log/Log.ts"
import { LogError } from "../log/LogError.ts"
import { patiently } from "../log/Patience.ts"
import type { Registry } from "../Registry.ts"
import type { Values } from "../settings/Settings.ts"
import type { Appending } from "./Appending.ts"
import { type Checkpoints, recover } from "./Checkpoints.ts"
import { Clocks } from "./Clocks.ts"
import { newEpoch, newNode } from "./Ids.ts"
import { Liveness } from "./Liveness.ts"
import type { Observer } from "./Replica.ts"
import { differences, rulesOf } from "./Rules.ts"
import { Submissions } from "./Submissions.ts"

const ignore = () => {}

const warnOfLoss = Effect.logWarning(
  "the log has lost something: a new epoch begins, and clients with history are told of a gap"
)

/** What all lives of a server share. */
export interface Body {
  readonly settings: Values
  readonly registry: Registry["Service"]
  readonly clock: Clock.Clock
  readonly fork: (effect: Effect.Effect<void>) => Fiber.Fiber<void>
  readonly appending: Appending
  readonly checkpoints: Checkpoints
  observer: Observer
}

/** The end of a life, and what the next one is to know of it. */
export interface Ended {
  readonly code: "unavailable" | "node_lost"
  /** Why it ended, for people. */
  readonly reason: string
  /** The node that is dead now, though others may not know it yet. */
  readonly node: string
  /** The epoch of which the log has lost something, if it has. */
  readonly lost: string | undefined
  /** The last entry that was read. */
  readonly read: Logged | undefined
}

/**
 * This server as one node of a log, from `up` to its end. In a log that others append to as well, a node shows signs of
 * life, and says who of the others is dead. It ends where it reads that it is dead itself, hears nothing of itself for
 * the lease, or the log is another one: then the server begins anew, as another node.
 */
export class Life {
  readonly node: string
  readonly isShared: boolean
  readonly #body: Body
  readonly #log: Log["Service"]
  readonly #past: Ended | undefined
  readonly #submissions: Submissions
  readonly #liveness: Liveness
  readonly #clocks = new Clocks()
  /** Those that this node has said are dead. */
  readonly #dead = new Set<string>()
  readonly #ended = Deferred.makeUnsafe<Ended, LogError>()
  #appender: Fiber.Fiber<void> | undefined
  #isAppending = false
  /** When it was looked at the time last: that is often enough for what is appended. */
  #lookedMillis: number
  #appendedMillis: number
  /** The epoch of which the log has lost something, if it has. */
  #lost: string | undefined
  #lastRead: Logged | undefined
  #n = 0
  #hasBegun = false
  #isOver = false

  constructor(body: Body, log: Log["Service"], past: Ended | undefined) {
    const { settings } = body
    this.node = newNode(settings)
    this.isShared = log.isShared
    this.#body = body
    this.#log = log
    this.#past = past
    this.#lost = past?.lost
    this.#submissions = new Submissions(log.isShared)
    this.#lookedMillis = this.#nowMillis
    this.#appendedMillis = this.#lookedMillis
    this.#liveness = new Liveness(settings.leaseMillis, this.#lookedMillis)
  }

  /** The end of this life; fails where the next one would end in the same way. */
  get ended(): Effect.Effect<Ended, LogError> {
    return Deferred.await(this.#ended)
  }

  /** True once this node has begun, and until it ends. */
  get isAlive(): boolean {
    return this.#hasBegun && !this.#isOver
  }

  /** Reads all that is in the log, and begins. Fails if the other nodes have other settings. */
  get begin(): Effect.Effect<void, LogError, Scope.Scope> {
    return Effect.gen({ self: this }, function* () {
      const { checkpoints, registry, settings } = this.#body
      const { epoch } = registry.state
      const position = yield* patiently("the log cannot be read yet", recover(this.#log, registry))
      if (this.isShared && !this.#log.continues) this.#lost ??= registry.state.epoch
      if (epoch !== "" && (yield* this.#isOther(position))) this.#lost ??= epoch
      checkpoints.grownBytes = 0
      const follow = this.#log.follow(position, (logged) => this.#deliver(logged))
      yield* Effect.addFinalizer(() => Effect.sync(() => this.#appender?.interruptUnsafe()))
      yield* Effect.forkScoped(
        Effect.catch(follow, (error) => this.#fail(error)),
        { startImmediately: true }
      )
      if (this.isShared)
        yield* Effect.forkScoped(
          Effect.repeat(
            Effect.sync(() => this.#look()),
            Schedule.spaced(lookMillis)
          )
        )
      const result = yield* this.#up(!this.isShared)
      if (result.t === "unlike") {
        yield* this.#untilAlone(result.rules)
        yield* this.#up(true)
      }
      // a full log takes no sign of life, and so no node that could make room
      const bytesMax = this.isShared
        ? Math.min(settings.checkpointBytes, settings.storeBytesMax / 4)
        : settings.checkpointBytes
      const keep = checkpoints.keep(this.#log, registry, bytesMax, () => this.#isEldest)
      yield* Effect.forkScoped(keep)
      const probe = this.#body.appending.probe(() => this.submit({ t: "beat" }, ignore))
      if (!this.isShared) yield* Effect.forkScoped(probe)
    })
  }

  submit(operation: Operation, done: (result: Happening) => void): void {
    this.#submissions.add({ operation, done })
    this.#start()
  }

  /** Waits for nothing any more. */
  abandon(): void {
    this.#submissions.end()
  }

  /** Leaves the other nodes in order: the names of this one are free at once. */
  get leave(): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (!this.isShared || !this.isAlive) return Effect.void
      this.#isOver = true
      return this.#resign
    })
  }

  /** Tells the other nodes that this one is dead, if the log takes it in time. */
  readonly #resign: Effect.Effect<void> = Effect.suspend(() => {
    const left = this.#log.append(this.#entryOf([{ t: "dead", node: this.node }]))
    return Effect.ignore(Effect.timeoutOption(Effect.interruptible(left), leaveMillis))
  })

  /** True if the log has not what was read last in the life before, and its checkpoint at this position is older. */
  #isOther(position: Position): Effect.Effect<boolean, LogError> {
    const read = this.#past?.read
    if (read === undefined || read.position <= position) return Effect.succeed(false)
    const find = patiently("the log cannot be read yet", this.#log.at(read.position))
    const isSame = Effect.map(
      find,
      Option.exists(({ entry: { n, node } }) => node === read.entry.node && n === read.entry.n)
    )
    const certain = patiently("the log cannot be read yet", this.#log.certain)
    const isCertainlySame = Effect.andThen(certain, isSame)
    return Effect.map(
      Effect.flatMap(isSame, (isSame) => (isSame ? Effect.succeed(true) : isCertainlySame)),
      (isSame) => !isSame
    )
  }

  /** Submits that this node begins, and what it knows of the time before; all in one entry, so that nothing comes between. */
  #up(alone: boolean): Effect.Effect<Happening> {
    return Effect.callback((resume) => {
      const epoch = newEpoch()
      const { node } = this.#past ?? {}
      const rules = rulesOf(this.#body.settings)
      let isNew = false
      const done = (result: Happening) => {
        this.#hasBegun = result.t === "done"
        isNew = this.#body.registry.state.epoch === epoch
        if (result.t !== "fenced") resume(Effect.succeed(result)) // this life is over, which interrupts what waits here
      }
      this.#submissions.add({ operation: { t: "up", epoch, rules, alone, version: manifest.version }, done })
      if (node !== undefined) this.#submissions.add({ operation: { t: "dead", node }, done: ignore })
      const of = this.#lost
      const begun = ({ t }: Happening) => {
        if (t === "epoch" && !isNew) this.#body.fork(warnOfLoss)
      }
      if (of !== undefined) this.#submissions.add({ operation: { t: "epoch", epoch, of }, done: begun })
      else if (!this.isShared && !this.#log.continues)
        this.#submissions.add({ operation: { t: "epoch", epoch }, done: begun })
      this.#start()
    })
  }

  /** Done once all other nodes are dead; fails as soon as one of them shows a sign of life. */
  #untilAlone(rules: Rules): Effect.Effect<void, LogError> {
    return Effect.gen({ self: this }, function* () {
      const liveness = this.#liveness
      const unlike = `the other nodes of this chat run ${differences(rules, rulesOf(this.#body.settings))}`
      yield* Effect.logWarning(`${unlike}: waiting for --lease to hear if any of them is alive`)
      liveness.beginAnew(this.#nowMillis)
      while (true) {
        yield* Effect.sleep(lookMillis)
        const others = this.#others
        const dead = liveness.look(others, this.#nowMillis)
        if (dead.length === others.length) return
        if (liveness.hasHeard(others))
          return yield* new LogError({
            reason: "unlike",
            detail: `${unlike}: give all the same, or end the others`
          })
      }
    })
  }

  #start(): void {
    if (this.#isAppending || !this.#submissions.areWaiting) return
    this.#appender = this.#body.fork(this.#appendAll)
  }

  readonly #appendAll: Effect.Effect<void> = Effect.whileLoop({
    while: () => (this.#isAppending = this.#submissions.areWaiting),
    body: () => this.#append,
    step: ignore
  }).pipe(Effect.catch((error) => this.#fail(error)))

  readonly #appendNow: Effect.Effect<void, LogError> = Effect.suspend(() => {
    if (!this.#submissions.areWaiting) return Effect.void // refused meanwhile
    this.#appendedMillis = this.#lookedMillis
    const ops = this.#submissions.take(this.#n + 1, this.#log.entryBytesMax, this.#lookedMillis)
    const entry = this.#entryOf(ops)
    const giveBack = () => this.#submissions.giveBack(entry.n)
    return this.#body.appending.append(this.#log, entry, giveBack)
  })

  /** All that comes in the same turn of the event loop goes into one entry. */
  readonly #append = Effect.andThen(Effect.yieldNow, this.#appendNow)

  #entryOf(ops: ReadonlyArray<Operation>): Entry {
    return { node: this.node, n: ++this.#n, at: this.#body.clock.currentTimeMillisUnsafe(), ops }
  }

  /** Only between entries of several nodes is anything waited for. */
  readonly #deliver: Deliver = (logged) =>
    this.isShared
      ? Effect.forEach(logged, (each) => this.#take(each), { discard: true })
      : Effect.sync(() => {
          this.#body.observer.together(() => {
            for (const each of logged) this.#read(each)
          })
        })

  #take(logged: Logged): Effect.Effect<void> {
    const { entry } = logged
    if (this.#isOver) return Effect.void
    this.#lastRead = logged
    if (entry.node === this.node || !this.#hasBegun) this.#liveness.heardOwn(this.#nowMillis)
    if (entry.node !== this.node) this.#liveness.heard(entry.node, this.#nowMillis)
    const { clock, observer } = this.#body
    observer.together(() => this.#read(logged))
    if (entry.node === this.node) return observer.ready
    return Effect.andThen(this.#clocks.read(entry, clock.currentTimeMillisUnsafe()), observer.ready)
  }

  /** Applies an entry: whoever submitted an operation on this node is told its result, and the observer everything else. */
  #read({ entry, position }: Logged): void {
    this.#body.checkpoints.grew(entry)
    const isOwn = entry.node === this.node
    const own = isOwn ? this.#submissions.of(entry.n) : undefined
    let isDead = false
    let last = -1
    this.#body.registry.apply(position, entry, (happening, i) => {
      const isResult = i > last
      if (isResult) last = i
      const submission = isResult ? own?.[i] : undefined
      if (submission !== undefined) submission.done(happening)
      else if (this.#hasBegun) this.#body.observer.happened(happening)
      if (happening.t === "dead" || happening.t === "void") isDead ||= happening.node === this.node
    })
    if (isDead && this.#hasBegun)
      this.#end("node_lost", "the other nodes heard nothing of this one for --lease")
    else if (isOwn) this.#submissions.settled(entry.n)
  }

  /** Several times a second. */
  #look(): void {
    const nowMillis = this.#nowMillis
    this.#lookedMillis = nowMillis
    const dead = this.#liveness.look(this.#others, nowMillis)
    if (this.#liveness.isCutOff(nowMillis))
      this.#end("unavailable", "nothing was read back from the log for nearly --lease")
    if (this.#isOver) return
    if (this.#hasBegun) {
      this.#submissions.doubt(nowMillis - this.#body.settings.storeWaitMillis)
      for (const node of dead) if (!this.#dead.has(node)) this.#declareDead(node)
    }
    if (nowMillis - this.#appendedMillis >= beatMillis && !this.#isAppending)
      this.submit({ t: "beat" }, ignore)
  }

  #declareDead(node: string): void {
    this.#dead.add(node)
    this.submit({ t: "dead", node }, ignore)
  }

  get #others(): ReadonlyArray<string> {
    return [...this.#body.registry.state.nodes.keys()].filter((node) => node !== this.node)
  }

  get #isEldest(): boolean {
    return this.#body.registry.state.nodes.keys().next().value === this.node
  }

  get #nowMillis(): number {
    return Number(this.#body.clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  }

  #fail(error: LogError): Effect.Effect<void> {
    return Effect.suspend(() => {
      // what the life before could not read either is gone for good
      const isGone = !this.#hasBegun && error.reason === "lacking" && error.detail === this.#past?.reason
      if (this.isShared && !lasting.has(error.reason) && !isGone) {
        this.#end("unavailable", error.detail, lossy.has(error.reason))
        return Effect.void
      }
      if (this.#isOver) return Effect.void
      const mayResign = this.isShared && this.isAlive && harmless.has(error.reason)
      this.#tellEnd("unavailable")
      const ended = Effect.sync(() => Deferred.doneUnsafe(this.#ended, Effect.fail(error)))
      return Effect.andThen(mayResign ? this.#resign : Effect.void, ended)
    })
  }

  #end(code: Ended["code"], reason: string, isLost = false): void {
    if (this.#isOver) return
    const { epoch } = this.#body.registry.state
    if (isLost && epoch !== "") this.#lost = epoch
    this.#tellEnd(code)
    Deferred.doneUnsafe(
      this.#ended,
      Effect.succeed({ code, reason, node: this.node, lost: this.#lost, read: this.#lastRead })
    )
  }

  #tellEnd(code: Ended["code"]): void {
    this.#isOver = true
    if (this.#hasBegun) this.#body.observer.ended(code)
    this.#submissions.end()
  }
}

/** What would end the next life as well. */
const lasting: ReadonlySet<LogReason> = new Set([
  "refused",
  "damaged",
  "newer",
  "unlike",
  "too_large",
  "in_use"
])

/** What leaves no doubt that the log is that of the chat: a last word does no harm there. */
const harmless: ReadonlySet<LogReason> = new Set(["newer", "too_large"])

/** What says that something of the log is lost. */
const lossy: ReadonlySet<LogReason> = new Set(["forgot", "lacking"])

/** Silence after which a node shows a sign of life. */
const beatMillis = 500
const lookMillis = 100

/** The longest that the end of a server waits for the log. */
const leaveMillis = 1_000
