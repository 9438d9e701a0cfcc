import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Entry } from "../fold/Operation.ts"
import { Log } from "./Log.ts"

/** Takes times in seconds. */
interface TimesObserver {
  /** From handing an entry to the log until the log has it. */
  readonly appended: (seconds: number) => void
  /** From handing an entry to the log until it is read back. */
  readonly readBack: (seconds: number) => void
  /** From reading entries until the next ones can be taken. */
  readonly applied: (seconds: number) => void
}

/** The times that the log of a server takes, as the server sees it. Nothing is measured until there is an observer. */
export class LogTimes extends Context.Service<LogTimes, Times>()("palabre/LogTimes") {
  static readonly layer = Layer.sync(LogTimes, () => new Times())
}

class Times {
  observer: TimesObserver | undefined
  /** Entries that were appended and not read back yet, in order, and since when. */
  #unread: Array<{ readonly node: string; readonly n: number; readonly sinceMillis: number }> = []

  /** The time for which the oldest entry of this node has been waiting to be read back: by so much it is behind the log. */
  get behindSeconds(): number {
    const [oldest] = this.#unread
    return oldest === undefined ? 0 : secondsSince(oldest.sinceMillis)
  }

  /** An entry is handed to the log, perhaps again. What another life of the node appended is not waited for any more. */
  appends({ n, node }: Entry, sinceMillis: number): void {
    const newest = this.#unread.at(-1)
    if (newest?.node !== node) this.#unread = []
    else if (newest.n === n) return
    this.#unread.push({ node, n, sinceMillis })
  }

  reads({ n, node }: Entry): void {
    while (this.#unread[0]?.node === node && this.#unread[0].n <= n)
      this.observer?.readBack(secondsSince(this.#unread.shift()!.sinceMillis))
  }
}

/** A log that tells how long it takes. */
export const timed = <E>(log: Layer.Layer<Log, E>): Layer.Layer<Log, E, LogTimes> =>
  Layer.effect(
    Log,
    Effect.gen(function* () {
      return observed(yield* Log, yield* LogTimes)
    })
  ).pipe(Layer.provide(log))

const observed = (log: Log["Service"], times: Times): Log["Service"] => ({
  ...log,
  get entryBytesMax() {
    return log.entryBytesMax
  },
  append: (entry) => {
    const { observer } = times
    return observer === undefined ? log.append(entry) : timedAppend(log.append(entry), entry, times, observer)
  },
  follow: (after, deliver) =>
    log.follow(after, (logged) => {
      const { observer } = times
      if (observer === undefined) return deliver(logged)
      for (const { entry } of logged) times.reads(entry)
      const sinceMillis = performance.now()
      const applied = Effect.sync(() => observer.applied(secondsSince(sinceMillis)))
      return Effect.ensuring(deliver(logged), applied)
    })
})

const timedAppend = <A, E>(
  append: Effect.Effect<A, E>,
  entry: Entry,
  times: Times,
  observer: TimesObserver
) =>
  Effect.suspend(() => {
    const sinceMillis = performance.now()
    times.appends(entry, sinceMillis)
    return Effect.tap(append, () => Effect.sync(() => observer.appended(secondsSince(sinceMillis))))
  })

const secondsSince = (millis: number): number => (performance.now() - millis) / 1_000
