import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { Connection, type ConnectionRules } from "./Connection.ts"
import { Drain } from "./Drain.ts"
import { type Acceptor, type Address, listen, type Listener, ListenFailed } from "./Listener.ts"
import { openFilesMax } from "./OpenFiles.ts"
import type { ErrorCode } from "./Protocol.ts"
import { Replies } from "./Replies.ts"
import { type Seat, Seats } from "./Seats.ts"
import { makeServe } from "./Session.ts"
import { Settings } from "./Settings.ts"
import { Sweeper } from "./Sweeper.ts"
import { type KeyPair, readKeyPair, type TlsFailed } from "./Tls.ts"

/** Files that are kept free for everything but seats: the listeners, the log, and newcomers being turned away. */
const reservedFiles = 64

/** Newcomers that are being told why there is no seat; further ones are reset without a word. */
const refusalsMax = 32

/** How long a TLS handshake may take where a login may take for ever. */
const handshakeMillisMax = 60_000

/** How often the addresses that left are forgotten. */
const pruneMillis = 60_000

/**
 * The listening server: gives each connection a seat and a supervised fiber, turns away those without a seat, and
 * when its scope closes drains. What a connection says is the session's business.
 */
export class Server extends Context.Service<
  Server,
  {
    readonly addresses: ReadonlyArray<Address>
    /** Reads the certificate again; those who are connected notice nothing, and after a failure the old one stays. */
    readonly renewCertificate: Effect.Effect<void, TlsFailed>
  }
>()("palabre/Server") {
  static readonly layer = Layer.effect(
    Server,
    Effect.suspend(() => makeServer)
  )
}

const makeServer = Effect.gen(function* () {
  const settings = yield* Settings
  const drain = yield* Drain
  const { clock, connections } = yield* Sweeper
  const serve = yield* makeServe
  const replies = new Replies(settings.locale)
  const seats = new Seats({ ...settings, clientsMax: yield* possibleClients(settings.clientsMax) })
  const fibers = yield* FiberSet.make()
  const fork = yield* FiberSet.runtime(fibers)()
  const rules: ConnectionRules = { ...settings, clock, onSlow: (connection) => fork(warnOfSlow(connection)) }
  const refused = new Set<Connection>()
  let lastId = 0

  const seated = (connection: Connection, { acceptedAtMillis }: Seat): void => {
    connections.add(connection)
    connection.loginByMillis = acceptedAtMillis + settings.loginMillisMax
    fork(serve(connection), { uninterruptible: true }).addObserver(() => connections.delete(connection))
  }

  const refuse = (connection: Connection, code: ErrorCode): void => {
    if (refused.size >= refusalsMax) return connection.abort()
    refused.add(connection)
    const goodbye = connection.finish(replies.errors[code])
    fork(goodbye, { uninterruptible: true }).addObserver(() => refused.delete(connection))
  }

  const acceptor: Acceptor<Seat> = {
    accept: (socket) => {
      const seat = drain.isDraining()
        ? seats.none("shutting_down", clock.nowMillis)
        : seats.take(socket.remoteAddress ?? "", clock.nowMillis)
      socket.once("close", seat.giveBack)
      return seat
    },
    serve: (socket, seat) => {
      const connection = new Connection(++lastId, socket, rules)
      const refusal = drain.isDraining() ? "shutting_down" : seat.refusal
      if (refusal === undefined) seated(connection, seat)
      else refuse(connection, refusal)
    }
  }

  const readCertificate = readKeyPair(settings.tlsCertFile, settings.tlsKeyFile)
  const listeners = yield* listenOnAll(settings, yield* readCertificate, acceptor)

  /** Lets everyone leave in order, then cuts off who has not left by the deadline. */
  const end = drain
    .begin(() => {
      for (const listener of listeners) listener.dropHandshakes()
      for (const connection of connections) connection.stop("shutting_down")
    })
    .pipe(
      Effect.andThen(FiberSet.awaitEmpty(fibers)),
      Effect.interruptible,
      Effect.timeoutOption(settings.drainMillisMax),
      Effect.andThen(
        Effect.sync(() => {
          for (const connection of [...connections, ...refused]) connection.abort()
        })
      )
    )
  yield* Effect.addFinalizer(() => end)
  yield* Effect.forkScoped(
    Effect.repeat(
      Effect.sync(() => seats.prune(clock.nowMillis)),
      Schedule.spaced(pruneMillis)
    )
  )
  return Server.of({
    addresses: listeners.map(({ address }) => address),
    renewCertificate: Effect.map(readCertificate, (pair) => {
      if (pair !== undefined) for (const { renew } of listeners) renew(pair)
    })
  })
})

const warnOfSlow = ({ id, socket }: Connection): Effect.Effect<void> =>
  Effect.annotateLogs(
    Effect.logWarning(`a client reads slowly: ${socket.writableLength} bytes wait for it`),
    {
      connection: id
    }
  )

/** The connections that can be served at once: what was asked for, as far as the open-file limit allows. */
const possibleClients = Effect.fnUntraced(function* (clientsMax: number) {
  const possible = openFilesMax() - reservedFiles
  if (possible >= clientsMax) return clientsMax
  yield* Effect.logWarning(
    `Serving ${possible} clients at most, not ${clientsMax}: the open-file limit is ${openFilesMax()}. ` +
      "Raise it with ulimit -n (LimitNOFILE= under systemd), or lower --max-clients."
  )
  return possible
})

/** Listens on every address with one port. Where one of several does not exist (no IPv6), the others do. */
const listenOnAll = Effect.fnUntraced(function* <Accepted>(
  settings: Settings["Service"],
  pair: KeyPair | undefined,
  acceptor: Acceptor<Accepted>
) {
  const listeners: Array<Listener> = []
  const options = {
    backlog: settings.backlog,
    highWaterMark: settings.readPauseBytes,
    keepAliveMillis: settings.keepAliveMillis,
    tls: pair && { ...pair, handshakeMillisMax: Math.min(settings.loginMillisMax, handshakeMillisMax) }
  }
  for (const host of settings.hosts) {
    const port = listeners[0]?.address.port ?? settings.port
    const listener = yield* listen({ ...options, host, port }, acceptor).pipe(
      Effect.catchIf(
        (error) => error.code === "EADDRNOTAVAIL" && settings.hosts.length > 1,
        (error) => Effect.as(Effect.logWarning(error.message), undefined)
      )
    )
    if (listener !== undefined) listeners.push(listener)
  }
  if (listeners.length > 0) return listeners
  return yield* new ListenFailed({
    host: settings.hosts.join(","),
    port: settings.port,
    code: "EADDRNOTAVAIL"
  })
})
