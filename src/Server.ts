import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { Connection, type ConnectionRules } from "./net/Connection.ts"
import { Drain } from "./hub/Drain.ts"
import { ConnectionLog } from "./telemetry/ConnectionLog.ts"
import type { Address } from "./net/Address.ts"
import { type Acceptor, listen, type Listener, ListenFailed } from "./net/Listener.ts"
import { openFilesMax } from "./net/OpenFiles.ts"
import { Replies } from "./requests/Replies.ts"
import { type Refusal, type Seat, Admission } from "./net/Admission.ts"
import { makeServe } from "./Session.ts"
import { Settings } from "./settings/Settings.ts"
import { Counters } from "./telemetry/Counters.ts"
import { Deadlines } from "./net/Deadlines.ts"
import { type KeyPair, readKeyPair, type TlsFailed } from "./net/Tls.ts"

/** Files that are kept free for everything but seats: the listeners, the log, and newcomers being turned away. */
const reservedFiles = 64

/** Newcomers that are being told why there is no seat; further ones are reset without a word. */
const refusalsMax = 16

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
  const counters = yield* Counters
  const { connections } = yield* Deadlines
  const { acceptor, fibers, refused } = yield* makeReception
  const readCertificate = readKeyPair(settings.tlsCertFile, settings.tlsKeyFile)
  const listeners = yield* listenOnAll(settings, yield* readCertificate, acceptor)
  counters.isListening = true

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
      ),
      Effect.withSpan("drain")
    )
  yield* Effect.addFinalizer(() => end)
  return Server.of({
    addresses: listeners.map(({ address }) => address),
    renewCertificate: Effect.map(readCertificate, (pair) => {
      if (pair !== undefined) for (const { renew } of listeners) renew(pair)
    })
  })
})

/** What becomes of those who connect: they are served in a fiber each, or turned away where there is no seat. */
const makeReception = Effect.gen(function* () {
  const settings = yield* Settings
  const drain = yield* Drain
  const counters = yield* Counters
  const { clock, connections } = yield* Deadlines
  const serve = yield* makeServe
  const log = yield* ConnectionLog
  const replies = yield* Replies
  counters.connectionsMax = yield* possibleClients(settings.clientsMax)
  const seats = new Admission({ ...settings, clientsMax: counters.connectionsMax })
  counters.connectionsOpen = () => seats.taken
  const fibers = yield* FiberSet.make()
  const fork = yield* FiberSet.runtime(fibers)()
  const onSlow = (connection: Connection): void => {
    counters.slowWarnings++
    fork(log.readsSlowly(connection))
  }
  const refused = new Set<Connection>()
  const onClosed = (connection: Connection): void => {
    seats.giveBack(connection.seat)
    if (refused.delete(connection) || !connections.delete(connection)) return
    const { bytesIn, bytesOut, ending = "left" } = connection
    counters.connectionsEnded[ending]++
    counters.closedReceivedBytes += bytesIn
    counters.closedSentBytes += bytesOut
  }
  const rules: ConnectionRules = { ...settings, clock, counters, onSlow, onClosed }
  let lastId = 0

  const seated = (connection: Connection): void => {
    counters.connectionsAccepted++
    connections.add(connection)
    connection.loginByMillis = connection.seat.acceptedAtMillis + settings.loginMillisMax
    fork(serve(connection), { uninterruptible: true })
  }

  const refuse = (connection: Connection, code: Refusal): void => {
    counters.connectionsRefused[code]++
    counters.errors[code]++
    refused.add(connection)
    const goodbye = connection.finish(replies.errors[code])
    const turnedAway = Effect.andThen(log.turnedAway(connection, code), goodbye)
    fork(turnedAway, { uninterruptible: true })
  }

  const acceptor: Acceptor<Seat> = {
    accept: (newcomer) => {
      const { nowMillis } = clock
      const seat = drain.isDraining()
        ? seats.none("shutting_down", nowMillis)
        : seats.take(newcomer, nowMillis)
      if (seat.refusal === undefined || seats.turnedAway <= refusalsMax) return seat
      counters.connectionsRefused[seat.refusal]++
      seats.giveBack(seat)
      return undefined
    },
    serve: (transport, seat) => {
      const connection = new Connection(++lastId, transport, seat, rules)
      const refusal = drain.isDraining() ? "shutting_down" : seat.refusal
      if (refusal === undefined) seated(connection)
      else refuse(connection, refusal)
    },
    miss: (seat) => seats.giveBack(seat),
    failed: (error) => {
      fork(Effect.logError(`Accepting connections failed (${error.message}). The server goes on listening.`))
    }
  }

  const prune = Effect.sync(() => seats.prune(clock.nowMillis))
  yield* Effect.forkScoped(Effect.repeat(prune, Schedule.spaced(pruneMillis)))
  return { acceptor, fibers, refused }
})

/** The open-file limit leaves no room for a single client. */
export class TooFewFiles extends Schema.TaggedError<TooFewFiles>()("TooFewFiles", {
  openFilesMax: Schema.Finite
}) {
  override get message(): string {
    return `Cannot serve anybody: the open-file limit is ${this.openFilesMax}, and ${reservedFiles} files are kept for the rest. ${raiseIt}.`
  }
}

const raiseIt = "Raise it with ulimit -n (LimitNOFILE= under systemd)"

/** The connections that can be served at once: what was asked for, as far as the open-file limit allows. */
const possibleClients = Effect.fnUntraced(function* (clientsMax: number) {
  const possible = openFilesMax() - reservedFiles
  if (possible >= clientsMax) return clientsMax
  if (possible < 1) return yield* new TooFewFiles({ openFilesMax: openFilesMax() })
  yield* Effect.logWarning(
    `Serving ${possible} clients at most, not ${clientsMax}: the open-file limit is ${openFilesMax()}. ` +
      `${raiseIt}, or lower --max-clients.`
  )
  return possible
})

/** What a system without IPv6 says to an IPv6 address. */
const noSuchAddress: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"])

/** Listens on every address with one port. Where one of several does not exist (no IPv6), the others do. */
const listenOnAll = Effect.fnUntraced(function* <Accepted>(
  settings: Settings["Service"],
  pair: KeyPair | undefined,
  acceptor: Acceptor<Accepted>
) {
  const listeners: Array<Listener> = []
  const options = {
    backlog: settings.backlog,
    isIpv6Only: settings.hosts.length > 1,
    highWaterMark: settings.readPauseBytes,
    keepAliveMillis: settings.keepAliveMillis,
    tls: pair && { ...pair, handshakeMillisMax: Math.min(settings.loginMillisMax, handshakeMillisMax) }
  }
  for (const host of settings.hosts) {
    const port = listeners[0]?.address.port ?? settings.port
    const listener = yield* listen({ ...options, host, port }, acceptor).pipe(
      Effect.catchIf(
        (error) => noSuchAddress.has(error.code) && settings.hosts.length > 1,
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
