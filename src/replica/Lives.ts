import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Log } from "../log/Log.ts"
import type { LogError } from "../log/LogError.ts"
import { Registry } from "../Registry.ts"
import { SettingsInvalid } from "../settings/Check.ts"
import { Settings } from "../settings/Settings.ts"
import { Appending } from "./Appending.ts"
import { Checkpoints } from "./Checkpoints.ts"
import { type Body, type Ended, Life } from "./Life.ts"
import { nobody, Replica } from "./Replica.ts"
import { operationBytes } from "./Submissions.ts"

/** A replica over a log, which is opened for each life, and the copy of the state that it keeps. */
export const overLog = <R>(
  log: Layer.Layer<Log, LogError, R>
): Layer.Layer<Replica | Registry, LogError | SettingsInvalid, R | Settings> =>
  Layer.provideMerge(
    Layer.effect(
      Replica,
      Effect.suspend(() => make(log))
    ),
    Registry.layer
  )

const make = Effect.fnUntraced(function* <R>(log: Layer.Layer<Log, LogError, R>) {
  const settings = yield* Settings
  const body: Body = {
    settings,
    registry: yield* Registry,
    clock: yield* Clock.Clock,
    fork: Effect.runForkWith(yield* Effect.context<never>()),
    appending: new Appending(),
    checkpoints: new Checkpoints(),
    observer: nobody
  }
  const failed = Deferred.makeUnsafe<never, LogError | SettingsInvalid>()
  const begun = Deferred.makeUnsafe<void>()
  let life!: Life
  let count = 0

  const live = Effect.fnUntraced(function* (past: Ended | undefined) {
    const opened = Context.get(yield* Layer.build(Layer.fresh(log)), Log)
    yield* assertFits(settings.frameBytesMax, opened)
    const next = new Life(body, opened, past)
    const begin = Effect.andThen(next.begin, () => {
      life = next
      count++
      Deferred.doneUnsafe(begun, Effect.void)
      return Effect.never
    })
    return yield* Effect.raceFirst(next.ended, begin)
  }, Effect.scoped)

  const lives = Effect.gen(function* () {
    let past: Ended | undefined
    while (true) {
      past = yield* live(past)
      const { node, reason } = past
      yield* Effect.logWarning("this node begins anew").pipe(Effect.annotateLogs({ node, reason }))
      yield* Effect.sleep(pauseMillis)
    }
  })
  const fail = (error: LogError | SettingsInvalid) => Deferred.fail(failed, error)
  yield* Effect.forkScoped(Effect.catch(lives, fail), { startImmediately: true })
  yield* Effect.raceFirst(Deferred.await(failed), Deferred.await(begun))
  yield* Effect.addFinalizer(() => life.leave)
  return Replica.of({
    get node() {
      return life.node
    },
    get isReady() {
      return life.isAlive && !body.appending.isOut
    },
    get lives() {
      return count
    },
    isShared: life.isShared,
    submit: (operation, done) => life.submit(operation, done),
    observe: (observer) => {
      body.observer = observer
    },
    failed: Deferred.await(failed),
    abandon: () => life.abandon(),
    appending: body.appending,
    checkpoints: body.checkpoints
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

/** Time between the end of a life and the next one. */
const pauseMillis = 500
