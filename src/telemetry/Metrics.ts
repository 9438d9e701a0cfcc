import { statSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import manifest from "../../package.json" with { type: "json" }
import { eventLoopDelay } from "./EventLoopDelay.ts"
import type { Connection } from "../net/Connection.ts"
import { Connections } from "../net/Connections.ts"
import { Hub } from "../hub/Hub.ts"
import { LogTimes } from "../log/LogTimes.ts"
import { openFilesMax } from "../net/OpenFiles.ts"
import { Pauses } from "../net/Pauses.ts"
import { Registry } from "../Registry.ts"
import { Replica } from "../replica/Replica.ts"
import { Settings } from "../settings/Settings.ts"
import { brokersOf } from "../settings/Store.ts"
import { Counters } from "./Counters.ts"

/**
 * Registers all figures of a chat in the metric registry of the context, under names in Prometheus style. They are
 * read when the registry is read; only the broadcast latency is recorded as it happens, once per batch.
 */
export const metrics: Layer.Layer<
  never,
  never,
  Connections | Counters | Hub | LogTimes | Pauses | Registry | Replica | Settings
> = Layer.effectDiscard(
  Effect.gen(function* () {
    const register = yield* makeRegister
    yield* registerConnections(register)
    yield* registerMessages(register)
    yield* registerState(register)
    yield* registerStore(register)
  })
)

/** Registers those that a server has before it begins as well. */
export const processMetrics: Layer.Layer<never, never, Counters> = Layer.effectDiscard(
  Effect.suspend(() => Effect.flatMap(makeRegister, registerProcess))
)

type Labels = Readonly<Record<string, string>>
type Read = () => number

interface Register {
  /** Registers a figure that only grows. */
  readonly counter: (name: string, description: string, read: Read, labels?: Labels) => void
  /** Registers one such figure for each key of a record, with the key as a label. */
  readonly perKey: (
    name: string,
    description: string,
    label: string,
    record: Readonly<Record<string, number>>
  ) => void
  readonly gauge: (name: string, description: string, read: Read, labels?: Labels) => void
  /** Registers a histogram of times, and gives what records one, in seconds. */
  readonly seconds: (
    name: string,
    description: string,
    boundaries: ReadonlyArray<number>
  ) => (seconds: number) => void
}

const makeRegister = Effect.map(Effect.context<never>(), (context): Register => {
  const unwritten = { update: () => {}, modify: () => {} }
  const register: Register = {
    counter: (name, description, read, attributes) => {
      const metric = Metric.counter(name, { description, attributes, incremental: true })
      const get = () => ({ count: read(), incremental: true })
      Metric.registerUnsafe(metric, context, { get, ...unwritten })
    },
    perKey: (name, description, label, record) => {
      for (const key of Object.keys(record))
        register.counter(name, description, () => record[key]!, { [label]: key })
    },
    gauge: (name, description, read, attributes) => {
      const metric = Metric.gauge(name, { description, attributes })
      Metric.registerUnsafe(metric, context, { get: () => ({ value: read() }), ...unwritten })
    },
    seconds: (name, description, boundaries) => {
      const metric = Metric.histogram(name, { description, boundaries })
      metric.valueUnsafe(context) // so that it is there before the first time
      return (seconds) => metric.updateUnsafe(seconds, context)
    }
  }
  return register
})

const registerConnections = Effect.fnUntraced(function* ({ counter, gauge, perKey }: Register) {
  const { admission, open, outboxes, totals } = yield* Connections
  const pauses = yield* Pauses
  const { audiences } = yield* Hub
  const traffic = oncePerTurn(() => trafficOf(open))

  gauge("palabre_connections", "Open connections", () => admission.taken)
  gauge("palabre_connections_max", "Limit of open connections", () => admission.clientsMax)
  gauge("palabre_clients", "Logged-in connections", () => audiences.online)
  counter("palabre_connections_accepted_total", "Connections accepted", () => totals.accepted)
  perKey("palabre_connections_refused_total", "Connections refused", "code", admission.refused)
  perKey("palabre_connections_ended_total", "Connections ended", "reason", totals.ended)
  counter("palabre_received_bytes_total", "Bytes received", () => totals.closedBytesIn + traffic().bytesIn)
  counter("palabre_sent_bytes_total", "Bytes sent", () => totals.closedBytesOut + traffic().bytesOut)
  gauge("palabre_outbox_bytes", "Bytes waiting to be sent to clients", () => traffic().waitingBytes)
  gauge(
    "palabre_outbox_highest_bytes",
    "Most bytes that ever waited for one client",
    () => outboxes.highestBytes
  )
  gauge("palabre_outbox_kept_bytes", "Memory for what waits for clients one by one", () => outboxes.keptBytes)
  gauge("palabre_slow_clients", "Clients with more than half of --max-outbox waiting", () =>
    outboxes.countBehind()
  )
  counter(
    "palabre_slow_warnings_total",
    "Times a client reached half of --max-outbox",
    () => outboxes.fellBehind
  )
  gauge("palabre_paused_clients", "Clients whose requests are left unread for now", () => pauses.paused.size)
  counter("palabre_pauses_total", "Times a client's requests were left unread for a while", pauses.total)
})

const registerMessages = Effect.fnUntraced(function* ({ counter, gauge, perKey, seconds }: Register) {
  const counters = yield* Counters
  const hub = yield* Hub

  perKey("palabre_logins_total", "Login attempts", "result", counters.logins)
  perKey("palabre_errors_total", "Error replies, goodbyes included", "code", counters.errors)
  counter("palabre_messages_received_total", "Messages accepted", () => counters.messagesReceived)
  counter(
    "palabre_messages_sent_total",
    "Messages and presence events sent, counted once per recipient",
    () => hub.counters.deliveries
  )
  gauge("palabre_hub_items", "Messages in transit, not yet offered to all recipients", hub.depth)
  const offered = seconds(
    "palabre_broadcast_seconds",
    "Time from publishing the first message of a batch until it is offered to all recipients",
    latencyBoundaries
  )
  hub.deliveryLatency.observe(offered)
})

const registerState = Effect.fnUntraced(function* ({ counter, gauge }: Register) {
  const counters = yield* Counters
  const { audiences } = yield* Hub
  const { state } = yield* Registry
  gauge("palabre_rooms", "Rooms, besides the lobby", () => state.rooms.size)
  gauge("palabre_absent_sessions", "Sessions that wait for their clients", () => state.absent.size)
  gauge("palabre_history_bytes", "Memory for the messages that are kept", () => state.archive.bytes)
  gauge(
    "palabre_catching_up_clients",
    "Clients that are being shown what they missed",
    audiences.countCatchingUp
  )
  counter(
    "palabre_gaps_total",
    "Gaps shown in place of messages that are not kept any more",
    () => counters.gaps
  )
  counter(
    "palabre_sessions_resumed_total",
    "Sessions that went on over another connection",
    () => counters.resumed
  )
  counter(
    "palabre_duplicates_total",
    "Messages that came again, and were not said again",
    () => counters.duplicates
  )
})

/** What keeps the chat, and who shares it, if it is to outlive this server. */
const registerStore = Effect.fnUntraced(function* ({ counter, gauge, seconds }: Register) {
  const { store } = yield* Settings
  const replica = yield* Replica
  const { appending, checkpoints } = replica
  const times = yield* LogTimes
  const { state } = yield* Registry
  if (store === undefined && !replica.isShared) return
  if (store !== undefined && brokersOf(store) === undefined)
    gauge("palabre_store_bytes", "Bytes of --store", () => bytesOf(store) + bytesOf(`${store}-wal`))
  gauge("palabre_store_up", "1 while --store can be written and read", () => (replica.isReady ? 1 : 0))
  counter("palabre_store_failures_total", "Failed attempts to write", () => appending.failures)
  counter("palabre_store_checkpoints_total", "Times the state was written anew", () => checkpoints.kept)
  counter("palabre_store_entries_total", "Entries in the log since it was made", () => state.position)
  gauge(
    "palabre_store_behind_seconds",
    "Age of the oldest entry of this server that it has not read back",
    () => times.behindSeconds
  )
  times.observer = {
    appended: seconds(
      "palabre_store_append_seconds",
      "Time from handing an entry to the log until the log has it",
      latencyBoundaries
    ),
    readBack: seconds(
      "palabre_store_read_back_seconds",
      "Time from handing an entry to the log until it is read back, which acknowledgements wait for",
      latencyBoundaries
    ),
    applied: seconds(
      "palabre_store_apply_seconds",
      "Time from reading an entry until its messages are handed on",
      applyBoundaries
    )
  }
  if (!replica.isShared) return
  gauge("palabre_nodes", "Servers of this chat that are alive, this one included", () => state.nodes.size)
  counter("palabre_node_lives_total", "Times this server began to take part", () => replica.lives)
})

const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** Seconds, from the cost of one write to more than anyone would wait. */
const latencyBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const

/** Seconds, from the cost of one request to a long pause of the event loop. */
const applyBoundaries = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025, 0.1, 0.5]

/** Sums what open connections count themselves. */
const trafficOf = (open: Iterable<Connection>) => {
  const sum = { bytesIn: 0, bytesOut: 0, waitingBytes: 0 }
  for (const { bytesIn, bytesOut, waitingBytes } of open) {
    sum.bytesIn += bytesIn
    sum.bytesOut += bytesOut
    sum.waitingBytes += waitingBytes
  }
  return sum
}

/** Makes the function compute its answer only once per turn of the event loop. */
const oncePerTurn = <A>(compute: () => A): (() => A) => {
  let answer: { readonly value: A } | undefined
  return () => {
    if (answer === undefined) {
      answer = { value: compute() }
      queueMicrotask(() => {
        answer = undefined
      })
    }
    return answer.value
  }
}

/** Figures of the process, under the names that dashboards for Node.js expect. */
const registerProcess = Effect.fnUntraced(function* ({ counter, gauge }: Register) {
  const counters = yield* Counters
  const startSeconds = Date.now() / 1_000 - process.uptime()
  const memory = oncePerTurn(() => process.memoryUsage())
  const delay = yield* eventLoopDelay
  gauge("palabre_info", "Version of the program and of Node.js", () => 1, {
    version: manifest.version,
    node: process.version
  })
  gauge("palabre_ready", "1 while the server takes clients", () => (counters.isReady() ? 1 : 0))
  gauge("process_start_time_seconds", "Start time of the process since the Unix epoch", () => startSeconds)
  counter("process_cpu_seconds_total", "User and system CPU time", () => {
    const { system, user } = process.cpuUsage()
    return (system + user) / MICROS_PER_SECOND
  })
  gauge("process_max_fds", "Limit of open file descriptors", openFilesMax)
  gauge("process_resident_memory_bytes", "Resident memory", () => memory().rss)
  gauge("nodejs_heap_size_used_bytes", "Heap used", () => memory().heapUsed)
  gauge("nodejs_heap_size_total_bytes", "Heap size", () => memory().heapTotal)
  gauge("nodejs_external_memory_bytes", "Memory outside the heap, such as buffers", () => memory().external)
  gauge("nodejs_eventloop_lag_p50_seconds", "Event-loop delay, median", () => delay().p50)
  gauge("nodejs_eventloop_lag_p99_seconds", "Event-loop delay, 99th percentile", () => delay().p99)
  gauge("nodejs_eventloop_lag_max_seconds", "Event-loop delay, longest", () => delay().max)
})

const MICROS_PER_SECOND = 1e6
