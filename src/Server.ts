import { lookup } from "node:dns/promises"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Drain } from "./hub/Drain.ts"
import type { Address } from "./net/Address.ts"
import { Connections } from "./net/Connections.ts"
import { type Acceptor, listen, type Listener, ListenFailed } from "./net/Listener.ts"
import { type KeyPair, readKeyPair, type TlsFailed } from "./net/Tls.ts"
import { makeReception } from "./Reception.ts"
import { Replica } from "./replica/Replica.ts"
import { covers } from "./settings/Check.ts"
import { Settings, type Values } from "./settings/Settings.ts"
import { Counters } from "./telemetry/Counters.ts"

/** Time that a TLS handshake may take, even if a login may take for ever. */
const handshakeMillisMax = 60_000

/**
 * Listens on all addresses with one port, and drains when the scope closes. Those who connect are the business of the
 * reception.
 */
export class Server extends Context.Service<
  Server,
  {
    readonly addresses: ReadonlyArray<Address>
    /** The addresses of the page, if there is one. */
    readonly webAddresses: ReadonlyArray<Address>
    /** Reads the certificate again; established connections notice nothing, and after a failure the old one stays. */
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
  const replica = yield* Replica
  const counters = yield* Counters
  const connections = yield* Connections
  const { acceptor, empty } = yield* makeReception
  const readCertificate = readKeyPair(settings.tlsCertFile, settings.tlsKeyFile)
  const pair = yield* readCertificate
  const chat = yield* listenOnAll(settings.hosts, settings.port, listenFor(settings, pair, acceptor))
  const web = yield* openWeb(settings, pair, acceptor)
  const listeners = [...chat, ...web]
  counters.isReady = () => !drain.isDraining() && replica.isReady

  /** Lets everyone leave in order, then cuts off those who have not left by the deadline. */
  const end = drain
    .begin(() => {
      for (const listener of listeners) listener.dropHandshakes()
      connections.stop("shutting_down")
    })
    .pipe(
      Effect.andThen(empty),
      Effect.interruptible,
      Effect.timeoutOption(settings.drainMillisMax),
      Effect.andThen(Effect.sync(connections.abort)),
      Effect.andThen(Effect.sync(replica.abandon)), // a log that cannot be written holds nobody
      Effect.withSpan("drain")
    )
  yield* Effect.addFinalizer(() => end)
  return Server.of({
    addresses: chat.map(({ address }) => address),
    webAddresses: web.map(({ address }) => address),
    renewCertificate: Effect.map(readCertificate, (pair) => {
      if (pair !== undefined) for (const { renew } of listeners) renew(pair)
    })
  })
})

/** Codes of a system that has no IPv6, for an IPv6 address. */
const noSuchAddress: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"])

/** The addresses of the names, without those whose connections another one takes already. */
const addressesOf = (hosts: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(Effect.forEach(hosts, addressOf, { concurrency: "unbounded" }), (addresses) =>
    [...new Set(addresses)].filter(
      (address, _, all) => !all.some((other) => other !== address && covers(other, address))
    )
  )

/** The address of a name; a name that has none stays, so that listening on it says why. */
const addressOf = (host: string): Effect.Effect<string> =>
  Effect.promise(() =>
    lookup(host).then(
      ({ address }) => address,
      () => host
    )
  )

type Listen = (where: {
  readonly host: string
  readonly port: number
  readonly isIpv6Only: boolean
}) => Effect.Effect<Listener, ListenFailed, Scope.Scope>

const listenFor = (settings: Values, pair: KeyPair | undefined, acceptor: Acceptor): Listen => {
  const {
    backlog,
    keepAliveMillis,
    loginMillisMax = Infinity,
    readPauseBytes: highWaterMark,
    reusesPort
  } = settings
  const tls = pair && { ...pair, handshakeMillisMax: Math.min(loginMillisMax, handshakeMillisMax) }
  return (where) => listen({ ...where, backlog, highWaterMark, keepAliveMillis, reusesPort, tls }, acceptor)
}

/** Listens for browsers as well, if that is wanted; few servers need it. */
const openWeb = Effect.fnUntraced(function* (settings: Values, tls: KeyPair | undefined, acceptor: Acceptor) {
  const { webHosts, webPort } = settings
  if (webPort === undefined) return []
  const { openGateway } = yield* Effect.promise(() => import("./web/Gateway.ts"))
  const options = { ...settings, highWaterMark: settings.readPauseBytes, tls }
  return yield* listenOnAll(webHosts, webPort, (where) => openGateway({ ...options, ...where }, acceptor))
})

/** Listens on every address with one port. If one of several does not exist (no IPv6), the others are enough. */
const listenOnAll = Effect.fnUntraced(function* (
  hosts: ReadonlyArray<string>,
  firstPort: number,
  listenOn: Listen
) {
  const listeners: Array<Listener> = []
  for (const host of yield* addressesOf(hosts)) {
    const port = listeners[0]?.address.port ?? firstPort
    const listener = yield* listenOn({ host, port, isIpv6Only: hosts.length > 1 }).pipe(
      Effect.catchIf(
        (error) => noSuchAddress.has(error.code) && hosts.length > 1,
        (error) => Effect.as(Effect.logWarning(error.message), undefined)
      )
    )
    if (listener !== undefined) listeners.push(listener)
  }
  if (listeners.length > 0) return listeners
  return yield* new ListenFailed({ host: hosts.join(","), port: firstPort, code: "EADDRNOTAVAIL" })
})
