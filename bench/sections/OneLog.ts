import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import type { Entry } from "../../src/fold/Operation.ts"
import { jetStreamLog } from "../../src/log/JetStream.ts"
import { Log } from "../../src/log/Log.ts"
import { Unmeasured } from "../Running.ts"
import { ours, type Section } from "../Section.ts"
import { startedBrokers } from "../Servers.ts"

/** Servers that append at the same time, each one entry after the other. */
const servers = 10

/** Messages in an entry of a server with little to do, and of one with much. */
const few = 1
const many = 100

const warmMillis = 300
const measureMillis = 1_000

/** Where one log ends: it takes so much, however many servers there are. */
export const oneLog: Section = {
  name: "log",
  about: `${servers} servers append to one log on three brokers without pause, entries of one message and of ${many}`,
  figures: {
    logEntries: { column: "entries/s", title: "entries of one message per second, one log", unit: "/s" },
    logMessages: {
      column: "messages/s",
      title: `messages per second in entries of ${many}, one log`,
      unit: "/s"
    },
    logBytes: { column: "MB/s", title: `bytes per second in entries of ${many}, one log`, unit: "MB/s" }
  },
  includes: ours,
  isApart: true,
  method: {
    measure: () =>
      Effect.gen(function* () {
        const brokers = yield* startedBrokers(3)
        const log = jetStreamLog({
          servers: brokers.map(({ port }) => `nats://127.0.0.1:${port}`),
          name: "bench",
          replicas: 3,
          bytesMax: 2 ** 30
        })
        const logs = yield* Effect.forEach(Array.from({ length: servers }), () =>
          Effect.map(Layer.build(Layer.fresh(log)), (context) => Context.get(context, Log))
        )
        yield* entriesPerSecond(logs, few, warmMillis)
        const logEntries = yield* entriesPerSecond(logs, few, measureMillis)
        const large = yield* entriesPerSecond(logs, many, measureMillis)
        const bytes = JSON.stringify(entryOf(0, 1, many)).length
        return { logEntries, logMessages: large * many, logBytes: (large * bytes) / 1e6 }
      }).pipe(
        Effect.scoped,
        Effect.provideService(References.MinimumLogLevel, "Error"),
        Effect.catchTag("LogError", ({ detail }) => Effect.fail(new Unmeasured({ reason: detail })))
      )
  }
}

const entriesPerSecond = Effect.fnUntraced(function* (
  logs: ReadonlyArray<Log["Service"]>,
  messages: number,
  millis: number
) {
  const began = yield* Clock.currentTimeMillis
  const counts = yield* Effect.forEach(
    logs,
    Effect.fnUntraced(function* (log, server) {
      let n = 0
      while ((yield* Clock.currentTimeMillis) - began < millis)
        yield* log.append(entryOf(server, ++n, messages))
      return n
    }),
    { concurrency: "unbounded" }
  )
  const seconds = ((yield* Clock.currentTimeMillis) - began) / 1e3
  return counts.reduce((sum, count) => sum + count, 0) / seconds
})

/** So many messages of 64 bytes, as a server writes them. */
const entryOf = (server: number, n: number, messages: number): Entry => ({
  node: `server-${server}.AAAAAAAAAAAAAAAA`,
  n,
  at: 1_795_626_000_000,
  ops: Array.from({ length: messages }, (_, i) => ({ t: "message", id: i, content: "x".repeat(64) }))
})
