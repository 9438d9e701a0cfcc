import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import type { Connection } from "../net/Connection.ts"
import { Hub } from "../hub/Hub.ts"
import { formatAddress } from "../net/Address.ts"
import type { ErrorCode } from "../Protocol.ts"
import { Settings } from "../settings/Settings.ts"

/**
 * Tells those who run the server about each connection: one log line per event, and a span of its whole life if spans
 * are exported. Never what is said. Nothing is computed for lines below the log level, which is that of the layer.
 */
export class ConnectionLog extends Context.Service<
  ConnectionLog,
  {
    /** Puts the lines and the span of a connection around its service. */
    readonly around: (connection: Connection, service: Effect.Effect<void>) => Effect.Effect<void>
    readonly loggedIn: (connection: Connection, username: string) => Effect.Effect<void>
    readonly loginRefused: (connection: Connection, code: ErrorCode) => Effect.Effect<void>
    /** There was no seat for the connection. */
    readonly turnedAway: (connection: Connection, code: ErrorCode) => Effect.Effect<void>
    readonly readsSlowly: (connection: Connection) => Effect.Effect<void>
  }
>()("palabre/ConnectionLog") {
  static readonly layer = Layer.effect(
    ConnectionLog,
    Effect.suspend(() => makeConnectionLog)
  )
}

const makeConnectionLog = Effect.gen(function* () {
  const { otlpUrl } = yield* Settings
  const { audiences } = yield* Hub
  const isDebug = yield* LogLevel.isEnabled("Debug")
  const isInfo = yield* LogLevel.isEnabled("Info")
  const isWarn = yield* LogLevel.isEnabled("Warn")
  const isTraced = otlpUrl !== undefined

  const connected = isDebug ? line("Debug", "connected", () => ({})) : silent
  const ended = isInfo
    ? line("Info", "ended", (connection) => ({ ...account(connection), online: audiences.online }))
    : silent

  return ConnectionLog.of({
    around: (connection, service) => {
      if (!isInfo && !isTraced) return service
      identity(connection) // a socket keeps its address for later only if it was asked in time
      const told = connected(connection).pipe(
        Effect.andThen(service),
        Effect.andThen(Effect.suspend(() => ended(connection)))
      )
      return isTraced ? spanned(told, connection) : told
    },
    loggedIn: isInfo
      ? line("Info", "logged in", (_, username: string) => ({ username, online: audiences.online }))
      : silent,
    loginRefused: isInfo ? line("Info", "login refused", (_, code: ErrorCode) => ({ code })) : silent,
    turnedAway: isDebug ? line("Debug", "turned away", (_, code: ErrorCode) => ({ code })) : silent,
    readsSlowly: isWarn ? line("Warn", "reads slowly", ({ waitingBytes }) => ({ waitingBytes })) : silent
  })
})

const silent = () => Effect.void

const line =
  <Args extends ReadonlyArray<unknown>>(
    level: "Debug" | "Info" | "Warn",
    text: string,
    facts: (connection: Connection, ...args: Args) => Record<string, unknown>
  ) =>
  (connection: Connection, ...args: Args): Effect.Effect<void> =>
    Effect.suspend(() =>
      Effect.annotateLogs(Effect.logWithLevel(level)(text), {
        ...identity(connection),
        ...facts(connection, ...args)
      })
    )

/** The facts that identify a connection. */
const identity = ({ id, peer }: Connection) => ({ connection: id, address: formatAddress(peer) })

/** The facts about a connection once it is over. */
const account = ({ bytesIn, bytesOut, ending }: Connection) => ({
  reason: ending,
  receivedBytes: bytesIn,
  sentBytes: bytesOut
})

const spanned = (served: Effect.Effect<void>, connection: Connection): Effect.Effect<void> =>
  served.pipe(
    Effect.andThen(Effect.suspend(() => Effect.annotateCurrentSpan(account(connection)))),
    Effect.withSpan("connection", { root: true, kind: "server", attributes: identity(connection) })
  )
