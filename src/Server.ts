import { lookup } from "node:dns/promises"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Drain } from "./hub/Drain.ts"
import type { Address } from "./net/Address.ts"
import { Connections } from "./net/Connections.ts"
import { type Acceptor, listen, type Listener, ListenFailed } from "./net/Listener.ts"
import { type KeyPair, readKeyPair, type TlsFailed } from "./net/Tls.ts"
import { makeReception } from "./Reception.ts"
import { covers } from "./settings/Check.ts"
import { Settings } from "./settings/Settings.ts"
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
  const counters = yield* Counters
  const connections = yield* Connections
  const { acceptor, empty } = yield* makeReception
  const readCertificate = readKeyPair(settings.tlsCertFile, settings.tlsKeyFile)
  const listeners = yield* listenOnAll(settings, yield* readCertificate, acceptor)
  counters.isListening = true

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

/** Listens on every address with one port. If one of several does not exist (no IPv6), the others are enough. */
const listenOnAll = Effect.fnUntraced(function* (
  settings: Settings["Service"],
  pair: KeyPair | undefined,
  acceptor: Acceptor
) {
  const listeners: Array<Listener> = []
  const options = {
    backlog: settings.backlog,
    isIpv6Only: settings.hosts.length > 1,
    highWaterMark: settings.readPauseBytes,
    keepAliveMillis: settings.keepAliveMillis,
    tls: pair && {
      ...pair,
      handshakeMillisMax: Math.min(settings.loginMillisMax ?? Infinity, handshakeMillisMax)
    }
  }
  for (const host of yield* addressesOf(settings.hosts)) {
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
