import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { ConnectionLog } from "./telemetry/ConnectionLog.ts"
import { Drain } from "./hub/Drain.ts"
import { Hub } from "./hub/Hub.ts"
import type { ListenFailed } from "./net/Listener.ts"
import { Connections } from "./net/Connections.ts"
import { Pauses } from "./net/Pauses.ts"
import type { TooFewFiles } from "./net/OpenFiles.ts"
import type { Log } from "./log/Log.ts"
import type { LogError } from "./log/LogError.ts"
import { LogTimes, timed } from "./log/LogTimes.ts"
import { minimumLogLevel } from "./telemetry/Logger.ts"
import type { House } from "./requests/Conversation.ts"
import { houseLayer } from "./requests/House.ts"
import { Replies } from "./requests/Replies.ts"
import type { Registry } from "./Registry.ts"
import { inMemory } from "./replica/InMemory.ts"
import type { Replica } from "./replica/Replica.ts"
import { Server } from "./Server.ts"
import { checked, type SettingsInvalid } from "./settings/Check.ts"
import { defaults, Settings, type Values } from "./settings/Settings.ts"
import { brokersOf } from "./settings/Store.ts"
import { Counters } from "./telemetry/Counters.ts"
import { deadlines } from "./net/Deadlines.ts"
import type { TlsFailed } from "./net/Tls.ts"

/**
 * A whole server, for embedding: it listens while the layer's scope is open, and drains when that closes. Settings that
 * are left out have their defaults; `{ hosts: ["127.0.0.1"], port: 0 }` picks a free port, which `Server.addresses`
 * tells. It logs through the program's own loggers, from `logLevel` up if that is given.
 */
export const layer = (
  settings: Partial<Values> = {}
): Layer.Layer<Server, ListenFailed | LogError | SettingsInvalid | TlsFailed | TooFewFiles> =>
  openLayer(settings)

/** The same, with the parts through which a program takes part; over another log than that of the settings, if one is given. */
export const openLayer = (
  settings: Partial<Values>,
  log?: Layer.Layer<Log, LogError>
): Layer.Layer<
  Server | Counters | House | Hub | Registry | Replica | Replies,
  ListenFailed | LogError | SettingsInvalid | TlsFailed | TooFewFiles
> => {
  const all = { ...defaults(), ...settings }
  const { metricsPort, otlpUrl } = all
  const isMeasured = metricsPort ?? otlpUrl
  return Server.layer.pipe(
    Layer.provide(given(isMeasured, async () => (await import("./telemetry/Metrics.ts")).metrics)),
    Layer.provide([deadlines, Drain.layer]),
    Layer.provideMerge(houseLayer),
    Layer.provide(ConnectionLog.layer),
    Layer.provideMerge(Layer.mergeAll(Hub.layer, replicaOf(all, log), Replies.layer)),
    Layer.provide(Pauses.layer),
    Layer.provide([Connections.layer, LogTimes.layer]),
    Layer.provide(given(metricsPort, async (port) => (await import("./telemetry/Monitor.ts")).monitor(port))),
    Layer.provide(given(isMeasured, async () => (await import("./telemetry/Metrics.ts")).processMetrics)),
    Layer.provideMerge(Counters.layer),
    Layer.provide(given(otlpUrl, async (url) => (await import("./telemetry/Otlp.ts")).otlp(url))),
    Layer.provide(Layer.sync(Metric.MetricRegistry, () => new Map())),
    Layer.provide(Layer.effect(Settings, checked(settings))),
    Layer.provide(settings.logLevel === undefined ? Layer.empty : minimumLogLevel(settings.logLevel)),
    Layer.fresh // two servers in one program share nothing
  )
}

/** The replica, and the log that it keeps the chat in. */
const replicaOf = (
  settings: Values,
  log = logOf(settings)
): Layer.Layer<Replica | Registry, LogError | SettingsInvalid, LogTimes | Settings> =>
  log === undefined ? inMemory : loaded(async () => (await import("./replica/Lives.ts")).overLog(timed(log)))

/** The log that is to be kept; none if nothing of the chat is to outlive the server. */
const logOf = (settings: Values): Layer.Layer<Log, LogError> | undefined => {
  const { storeBytesMax: bytesMax, store: path, storeSync: sync } = settings
  const servers = brokersOf(path)
  if (servers !== undefined)
    return loaded(async () =>
      (await import("./log/JetStream.ts")).jetStreamLog({
        servers,
        credsFile: settings.natsCredsFile,
        tlsCaFile: settings.natsTlsCaFile,
        name: settings.storeName,
        replicas: settings.storeReplicas ?? (servers.length < 3 ? 1 : 3),
        bytesMax
      })
    )
  return path === undefined
    ? undefined
    : loaded(async () => (await import("./log/Sqlite.ts")).sqliteLog({ path, sync, bytesMax }))
}

/** Loads a layer only if the value is given: few servers need it. */
const given = <Value, A, E, R>(
  value: Value | undefined,
  load: (value: Value) => Promise<Layer.Layer<A, E, R>>
) => (value === undefined ? Layer.empty : loaded(() => load(value)))

/** Loads a layer where it is needed. */
const loaded = <A, E, R>(load: () => Promise<Layer.Layer<A, E, R>>) => Layer.unwrap(Effect.promise(load))
