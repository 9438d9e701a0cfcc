import { randomBytes } from "node:crypto"
import { hostname } from "node:os"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Happening } from "../fold/Happening.ts"
import type { Entry, Operation, Rules } from "../fold/Operation.ts"
import { type Deliver, Log, type Logged } from "../log/Log.ts"
import { passingLog } from "../log/Memory.ts"
import type { LogError } from "../log/LogError.ts"
import { Registry } from "../Registry.ts"
import { SettingsInvalid } from "../settings/Check.ts"
import { Settings } from "../settings/Settings.ts"
import { Appending } from "./Appending.ts"
import { Checkpoints, recover } from "./Checkpoints.ts"
import { rulesOf } from "./Rules.ts"
import { operationBytes, Submissions } from "./Submissions.ts"

/** Whoever is told what happens on any node. */
export interface Observer {
  /**
   * Takes what an entry of a node led to, from when this node has begun; for its own operations, a node is told the
   * results by `done` in place of this.
   */
  readonly happened: (happening: Happening, by: string) => void
  /** Done once more can be taken: other nodes ask nobody here if there is room for what they append. */
  readonly ready: Effect.Effect<void>
  /** Nothing of what was under way will be told any more: all clients are to be ended with this code. */
  readonly ended: (code: "unavailable" | "node_lost") => void
}

/**
 * This node's copy of the shared state: it appends operations to the log, and applies every entry of the log, in order.
 * What an operation led to is told where its entry is read back, synchronously, so that whatever follows from it can be
 * put in order right there.
 */
export class Replica extends Context.Service<
  Replica,
  {
    /** The name of this node in the log, as long as it lives: a new one for each start. */
    readonly node: string
    /** True if there may be other nodes. */
    readonly isShared: boolean
    /**
     * Appends an operation, and calls `done` with its result: before `submit` returns if the log is in memory. All that
     * waits while another entry is being appended goes into one. Where the log has no room, clients' operations are
     * refused as `unavailable`, and ends are put off until it has.
     */
    readonly submit: (operation: Operation, done: (result: Happening) => void) => void
    /** Tells everything else that happens from now on. */
    readonly observe: (observer: Observer) => void
    /** Fails once the log cannot be used any more. What was submitted may be in it; what is submitted then is refused. */
    readonly failed: Effect.Effect<never, LogError>
    /** Waits for nothing any more: what was submitted may be in the log or not. */
    readonly abandon: () => void
    readonly appending: Pick<Appending, "isOut" | "failures">
    readonly checkpoints: Pick<Checkpoints, "grownBytes" | "kept">
  }
>()("palabre/Replica") {
  /** A replica over a log, and the copy of the state that it keeps. */
  static readonly layer: Layer.Layer<Replica | Registry, LogError | SettingsInvalid, Log | Settings> =
    Layer.effect(
      Replica,
      Effect.suspend(() => makeReplica)
    ).pipe(Layer.provideMerge(Registry.layer))

  /** A replica of which nothing outlives the program. */
  static readonly inMemory = Layer.orDie(Layer.provide(Replica.layer, passingLog))
}

const makeReplica = Effect.gen(function* () {
  const log = yield* Log
  const registry = yield* Registry
  const settings = yield* Settings
  yield* assertFits(settings.frameBytesMax, log)
  const clock = yield* Clock.Clock
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const node = `${settings.node ?? nodeName()}.${randomId(nodeBytes)}`
  const submissions = new Submissions()
  const appending = new Appending(log)
  const checkpoints = new Checkpoints()
  const isKept = settings.store !== undefined || log.isShared
  const failed = Deferred.makeUnsafe<never, LogError>()
  let isAppending = false
  let n = 0
  let observer: Observer = nobody

  const read = reader(node, registry, submissions, (happening, by) => observer.happened(happening, by))
  const take = (logged: Logged): Effect.Effect<void> => {
    if (isKept) checkpoints.grew(logged.entry)
    read(logged)
    return log.isShared ? observer.ready : Effect.void
  }
  const deliver: Deliver = (logged) =>
    logged.length === 1 ? take(logged[0]) : Effect.forEach(logged, take, { discard: true })

  const fail = (error: LogError) => {
    observer.ended("unavailable")
    Deferred.doneUnsafe(failed, Effect.fail(error))
    submissions.end()
    return Effect.void
  }

  const append = Effect.suspend(() => {
    const ops = submissions.take(++n, log.entryBytesMax)
    const entry: Entry = { v: 1, node, n, at: clock.currentTimeMillisUnsafe(), ops }
    return isKept ? appending.append(entry, () => submissions.giveBack(entry.n)) : log.append(entry)
  })
  const appendAll = Effect.whileLoop({
    while: () => (isAppending = submissions.areWaiting),
    body: () => append,
    step: () => {}
  }).pipe(Effect.catch(fail))
  const start = () => {
    if (!isAppending && submissions.areWaiting) fork(appendAll)
  }

  const position = yield* recover(log, registry)
  yield* Effect.forkScoped(Effect.catch(log.follow(position, deliver), fail), { startImmediately: true })

  const begun = begin(submissions, rulesOf(settings), log)
  start()
  yield* Effect.raceFirst(Deferred.await(failed), Deferred.await(begun))

  const submit = (operation: Operation, done: (result: Happening) => void): void => {
    submissions.add({ operation, done })
    start()
  }
  if (isKept) {
    yield* Effect.forkScoped(checkpoints.keep(log, registry, settings.checkpointBytes))
    yield* Effect.forkScoped(appending.probe(() => submit({ t: "beat" }, ignore)))
  }
  return Replica.of({
    node,
    isShared: log.isShared,
    submit,
    observe: (given) => {
      observer = given
    },
    failed: Deferred.await(failed),
    abandon: () => submissions.end(),
    appending,
    checkpoints
  })
})

/** The longest request has to fit into an entry; JSON makes no content longer than it was in its frame. */
const assertFits = (
  frameBytesMax: number,
  { entryBytesMax, isShared }: Log["Service"]
): Effect.Effect<void, SettingsInvalid> => {
  const most = Math.max(0, entryBytesMax - operationBytes)
  if (frameBytesMax <= most) return Effect.void
  const problem = `--max-frame is ${frameBytesMax} bytes, and an entry of the log has room for a request of ${most}: lower it${isShared ? ", or raise max_payload of the brokers" : ""}`
  return Effect.fail(new SettingsInvalid({ problems: [problem] }))
}

/** Applies an entry: whoever submitted an operation on this node is told its result, and the observer everything else. */
const reader =
  (node: string, registry: Registry["Service"], submissions: Submissions, observe: Observer["happened"]) =>
  ({ entry, position }: Logged): void => {
    const own = entry.node === node ? submissions.of(entry.n) : undefined
    let last = -1
    registry.apply(position, entry, (happening, i) => {
      const isResult = i > last
      if (isResult) last = i
      if (isResult && own !== undefined) own[i]!.done(happening)
      else observe(happening, entry.node)
    })
    if (own !== undefined) submissions.settled(entry.n)
  }

/**
 * Submits that this node begins, and that an epoch does if the log does not continue. Both go into one entry: a log that
 * has the first alone would seem to continue when it is opened again.
 */
const begin = (
  submissions: Submissions,
  rules: Rules,
  { continues, isShared }: Log["Service"]
): Deferred.Deferred<void> => {
  const begun = Deferred.makeUnsafe<void>()
  const epoch = randomId(epochBytes)
  const done = () => Deferred.doneUnsafe(begun, Effect.void)
  submissions.add({ operation: { t: "up", epoch, rules, alone: !isShared }, done })
  if (!continues) submissions.add({ operation: { t: "epoch", epoch }, done: ignore })
  return begun
}

/** Bytes of randomness in the name of a node, which must differ from all names before, and of an epoch. */
const nodeBytes = 12
const epochBytes = 6

/** The name of this process, for people. */
const nodeName = (): string =>
  `${hostname()
    .replaceAll(/[^\w-]/g, "-")
    .slice(0, 48)}-${process.pid}`

const randomId = (bytes: number): string => randomBytes(bytes).toString("base64url")

const ignore = () => {}
const nobody: Observer = { happened: ignore, ready: Effect.void, ended: ignore }
