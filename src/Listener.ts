import { createServer, type Server, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** Where a server can be reached. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** The server cannot listen where it was told to; `code` is the system's, such as `EADDRINUSE`. */
export class ListenFailed extends Schema.TaggedError<ListenFailed>()("ListenFailed", {
  host: Schema.String,
  port: Schema.Finite,
  code: Schema.String
}) {
  override get message(): string {
    const where = formatAddress(this)
    const advice = advices[this.code]
    return advice === undefined
      ? `Cannot listen on ${where}: ${this.code}.`
      : `Cannot listen on ${where}: ${advice}`
  }
}

const advices: Readonly<Record<string, string>> = {
  EADDRINUSE: "something else listens there. End it, or choose another --port (0 takes a free one).",
  EACCES: "this port needs privileges. Choose a --port from 1024 on.",
  EADDRNOTAVAIL: "this machine has no such address. Choose another --host.",
  ENOTFOUND: "no such host. Choose another --host."
}

/** `127.0.0.1:12345`, or `[::1]:12345`. */
export const formatAddress = ({ host, port }: Address): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`

/** How the sockets of a listener are made. */
export interface ListenOptions extends Address {
  readonly backlog: number
  /** Bytes that may wait in either direction before Node holds back. */
  readonly highWaterMark: number
  readonly keepAliveMillis: number
}

/** Accepts connections until the scope closes; each socket may be closed from one side alone (LEAVE-5). */
export const listen = (
  options: ListenOptions,
  onSocket: (socket: Socket) => void
): Effect.Effect<Listener, ListenFailed, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback((resume) => {
      const server = createServer(
        {
          allowHalfOpen: true,
          noDelay: true,
          highWaterMark: options.highWaterMark,
          keepAlive: true,
          keepAliveInitialDelay: options.keepAliveMillis
        },
        onSocket
      )
      const { backlog, host, port } = options
      server.once("error", (error: NodeJS.ErrnoException) =>
        resume(Effect.fail(new ListenFailed({ host, port, code: error.code ?? error.message })))
      )
      server.listen({ host, port, backlog }, () =>
        resume(Effect.succeed({ server, address: addressOf(server) }))
      )
    }),
    ({ server }) =>
      Effect.callback((resume) => {
        server.close(() => resume(Effect.void))
      })
  )

/** A server socket that listens, and where. */
export interface Listener {
  readonly server: Server
  readonly address: Address
}

const addressOf = (server: Server): Address => {
  const { address, port } = server.address() as { readonly address: string; readonly port: number }
  return { host: address, port }
}
