import { createServer, type Server, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Newcomer, Seat } from "./Admission.ts"
import { type Address, formatAddress } from "./Address.ts"
import { peerOf, refusePlain } from "./PlainPeers.ts"
import { SocketTransport } from "./SocketTransport.ts"
import type { KeyPair } from "./Tls.ts"
import type { Transport } from "./Transport.ts"

/** The server cannot listen where it was told to; `code` is the system's, such as `EADDRINUSE`. */
export class ListenFailed extends Schema.TaggedError<ListenFailed>()("ListenFailed", {
  host: Schema.String,
  port: Schema.Finite,
  code: Schema.String,
  /** Prefix of the listener's flags, such as `metrics-`. */
  flagPrefix: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const where = formatAddress(this)
    const advice = advices[this.code]?.replaceAll(/--(?=host|port)/g, `--${this.flagPrefix ?? ""}`)
    return advice === undefined
      ? `Cannot listen on ${where}: ${this.code}.`
      : `Cannot listen on ${where}: ${advice}`
  }
}

const advices: Readonly<Record<string, string>> = {
  EADDRINUSE: "something else is listening there. Stop it, or choose another --port (0 picks a free one).",
  EACCES: "this port needs privileges. Choose a --port from 1024 on.",
  EADDRNOTAVAIL: "this machine has no such address. Choose another --host.",
  EAFNOSUPPORT: "this machine does not support that kind of address (IPv6?). Choose another --host.",
  ENOTSUP:
    "this system lets no other process share a port. Leave out --reuse-port, and give each node a --port of its own.",
  ENOTFOUND: "no such host. Choose another --host."
}

/** Options of a listener and its sockets. */
export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly backlog: number
  /** True where an IPv6 address leaves IPv4 to other listeners. */
  readonly isIpv6Only: boolean
  /** True where other processes may listen there as well. */
  readonly reusesPort: boolean
  /** Bytes that may wait in either direction before Node holds back. */
  readonly highWaterMark: number
  readonly keepAliveMillis: number
  /** With it, clients must speak TLS, and have this long for the handshake. */
  readonly tls: (KeyPair & { readonly handshakeMillisMax: number }) | undefined
}

/**
 * Takes the connections of a listener: `accept` as soon as TCP has one (`undefined` resets it), then `serve` once it
 * can talk (after the TLS handshake), or `miss` where it is closed before that.
 */
export interface Acceptor {
  readonly accept: (newcomer: Newcomer) => Seat | undefined
  readonly serve: (transport: Transport, seat: Seat) => void
  readonly miss: (seat: Seat) => void
  /** The goodbye to a client that does not speak the TLS it must; it is sent as plain bytes. */
  readonly refusePlain: () => Buffer
  /** The listening socket itself failed to accept. */
  readonly failed: (error: Error) => void
}

/** A listening server socket. */
export interface Listener {
  readonly address: Address
  /** Uses this pair for new handshakes; established connections notice nothing. */
  readonly renew: (pair: KeyPair) => void
  /** Cuts off those who have not finished their handshake. */
  readonly dropHandshakes: () => void
}

/** Listens until the scope closes; each socket may be closed from one side alone (LEAVE-5). */
export const listen = (
  options: ListenOptions,
  acceptor: Acceptor
): Effect.Effect<Listener, ListenFailed, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Open, ListenFailed>((resume) => {
      const open =
        options.tls === undefined ? openPlain(options, acceptor) : openTls(options, options.tls, acceptor)
      const { backlog, host, isIpv6Only: ipv6Only, port, reusesPort: reusePort } = options
      const failed = (error: NodeJS.ErrnoException) =>
        resume(Effect.fail(new ListenFailed({ host, port, code: error.code ?? error.message })))
      open.server.once("error", failed)
      open.server.listen({ host, port, backlog, ipv6Only, reusePort }, () => {
        open.server.off("error", failed).on("error", acceptor.failed)
        resume(Effect.succeed(open))
      })
    }),
    ({ dropHandshakes, server }) =>
      Effect.callback((resume) => {
        server.close(() => resume(Effect.void))
        dropHandshakes()
      })
  ).pipe(
    Effect.map(({ dropHandshakes, renew, server }) => ({ dropHandshakes, renew, address: addressOf(server) }))
  )

interface Open {
  readonly server: Server
  readonly renew: (pair: KeyPair) => void
  readonly dropHandshakes: () => void
}

const socketOptions = ({ highWaterMark, keepAliveMillis }: ListenOptions) => ({
  allowHalfOpen: true,
  noDelay: true,
  highWaterMark,
  keepAlive: true,
  keepAliveInitialDelay: keepAliveMillis
})

const openPlain = (options: ListenOptions, { accept, serve }: Acceptor): Open => ({
  server: createServer(socketOptions(options), (socket) => {
    const seat = accept(socket)
    if (seat === undefined) socket.resetAndDestroy()
    else serve(new SocketTransport(socket), seat)
  }),
  renew: noop,
  dropHandshakes: noop
})

interface Handshake {
  readonly socket: Socket
  readonly seat: Seat
  isServed: boolean
}

const openTls = (
  options: ListenOptions,
  { cert, handshakeMillisMax, key }: NonNullable<ListenOptions["tls"]>,
  { accept, miss, refusePlain: plainRefusal, serve }: Acceptor
): Open => {
  const handshaking = new Map<string, Handshake>()
  const { createServer: createTlsServer } = process.getBuiltinModule("node:tls") // few servers need it
  const server = createTlsServer({
    ...socketOptions(options),
    cert,
    key,
    handshakeTimeout: handshakeMillisMax
  })
  server.on("connection", (socket: Socket) => {
    const seat = accept(socket)
    if (seat === undefined) return socket.resetAndDestroy()
    const peer = peerOf(socket)
    const handshake = { socket, seat, isServed: false }
    handshaking.set(peer, handshake)
    socket.once("close", () => {
      if (handshaking.get(peer) === handshake) handshaking.delete(peer)
      if (!handshake.isServed) miss(seat) // two that were reset before they were accepted have one peer: none
    })
  })
  refusePlain(server, plainRefusal)
  server.on("secureConnection", (socket) => {
    const peer = peerOf(socket)
    const waiting = handshaking.get(peer)
    handshaking.delete(peer)
    if (waiting === undefined) return socket.destroy()
    waiting.isServed = true
    serve(new SocketTransport(socket), waiting.seat)
  })
  return {
    server,
    renew: (pair) => server.setSecureContext(pair),
    dropHandshakes: () => {
      for (const { socket } of handshaking.values()) socket.destroy()
    }
  }
}

const noop = () => {}

const addressOf = (server: Server): Address => {
  const { address, port } = server.address() as { readonly address: string; readonly port: number }
  return { host: address, port }
}
