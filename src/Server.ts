import type { Socket } from "node:net"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import { Connection, type ConnectionRules } from "./Connection.ts"
import { Drain } from "./Drain.ts"
import { type Address, listen, ListenFailed } from "./Listener.ts"
import { openFilesMax } from "./OpenFiles.ts"
import type { ErrorCode } from "./Protocol.ts"
import { Replies } from "./Replies.ts"
import { makeServe } from "./Session.ts"
import { Settings } from "./Settings.ts"
import { Sweeper } from "./Sweeper.ts"

/** Files that are kept free for everything but seats: the listeners, the log, and newcomers being turned away. */
const reservedFiles = 64

/** Newcomers that are being told why there is no seat; further ones are reset without a word. */
const refusalsMax = 32

/**
 * The listening server: gives each connection a seat and a supervised fiber, turns away those without a seat, and
 * when its scope closes drains. What a connection says is the session's business.
 */
export class Server extends Context.Service<Server, { readonly addresses: ReadonlyArray<Address> }>()(
  "palabre/Server"
) {
  static readonly layer = Layer.effect(
    Server,
    Effect.suspend(() => makeServer)
  )
}

const makeServer = Effect.gen(function* () {
  const settings = yield* Settings
  const drain = yield* Drain
  const sweeper = yield* Sweeper
  const serve = yield* makeServe
  const replies = new Replies(settings.locale)
  const seatsMax = yield* seats(settings.clientsMax)
  const fibers = yield* FiberSet.make()
  const fork = yield* FiberSet.runtime(fibers)()
  const rules: ConnectionRules = { ...settings, clock: sweeper.clock }
  const refused = new Set<Connection>()
  let lastId = 0

  const seat = (connection: Connection): void => {
    sweeper.connections.add(connection)
    connection.loginByMillis = sweeper.clock.nowMillis + settings.loginMillisMax
    fork(serve(connection), { uninterruptible: true }).addObserver(() =>
      sweeper.connections.delete(connection)
    )
  }

  const refuse = (connection: Connection, code: ErrorCode): void => {
    if (refused.size >= refusalsMax) return connection.abort()
    refused.add(connection)
    const goodbye = connection.finish(replies.errors[code])
    fork(goodbye, { uninterruptible: true }).addObserver(() => refused.delete(connection))
  }

  const onSocket = (socket: Socket) => {
    const connection = new Connection(++lastId, socket, rules)
    if (drain.isDraining()) refuse(connection, "shutting_down")
    else if (sweeper.connections.size >= seatsMax) refuse(connection, "server_full")
    else seat(connection)
  }

  const addresses = yield* listenOnAll(settings, onSocket)

  /** Lets everyone leave in order, then cuts off who has not left by the deadline. */
  const end = Effect.gen(function* () {
    for (const connection of sweeper.connections) connection.stop("shutting_down")
    yield* drain.begin
    yield* FiberSet.awaitEmpty(fibers)
  }).pipe(
    Effect.interruptible,
    Effect.timeoutOption(settings.drainMillisMax),
    Effect.andThen(
      Effect.sync(() => {
        for (const connection of [...sweeper.connections, ...refused]) connection.socket.resetAndDestroy()
      })
    )
  )
  yield* Effect.addFinalizer(() => end)
  return Server.of({ addresses })
})

/** The connections that can be served at once: what was asked for, as far as the open-file limit allows. */
const seats = Effect.fnUntraced(function* (clientsMax: number) {
  const possible = openFilesMax() - reservedFiles
  if (possible >= clientsMax) return clientsMax
  yield* Effect.logWarning(
    `Serving ${possible} clients at most, not ${clientsMax}: the open-file limit is ${openFilesMax()}. ` +
      "Raise it with ulimit -n (LimitNOFILE= under systemd), or lower --max-clients."
  )
  return possible
})

/** Listens on every address with one port. Where a default address does not exist (no IPv6), the others do. */
const listenOnAll = Effect.fnUntraced(function* (
  settings: Settings["Service"],
  onSocket: (socket: Socket) => void
) {
  const addresses: Array<Address> = []
  const options = {
    backlog: settings.backlog,
    highWaterMark: settings.readPauseBytes,
    keepAliveMillis: settings.keepAliveMillis
  }
  for (const host of settings.hosts) {
    const port = addresses[0]?.port ?? settings.port
    const listener = yield* listen({ ...options, host, port }, onSocket).pipe(
      Effect.map((it): Address | undefined => it.address),
      Effect.catchIf(
        (error) => error.code === "EADDRNOTAVAIL" && settings.hosts.length > 1,
        (error) => Effect.as(Effect.logWarning(error.message), undefined)
      )
    )
    if (listener !== undefined) addresses.push(listener)
  }
  const [host] = settings.hosts
  if (addresses.length === 0)
    return yield* new ListenFailed({ host: host ?? "", port: settings.port, code: "EADDRNOTAVAIL" })
  return addresses
})
