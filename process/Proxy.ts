import net from "node:net"
import * as Effect from "effect/Effect"
import { host } from "./Port.ts"

/**
 * What a proxy does with what passes: everything `pass`es; it is `hold` back and passes later, as where packets are lost
 * for a while; it is `swallow`ed in both directions or, for `muffle`, only on the way back; connections are `refuse`d.
 */
export type Treatment = "pass" | "hold" | "swallow" | "muffle" | "refuse"

/** A stretch of the way between a client and a server, and what can be done to it. */
export interface Proxy {
  readonly port: number
  /** Resets all connections. */
  readonly cut: Effect.Effect<void>
  /** Treats connections like this from now on, those that are open and new ones. One of which something was swallowed is reset. */
  readonly treat: (treatment: Treatment) => Effect.Effect<void>
}

/** Stands between a client and a port of this machine, until the scope closes. */
export const proxyTo = (target: number) =>
  Effect.acquireRelease(
    Effect.callback<Proxy & { readonly server: net.Server }>((resume) => {
      const pairs = new Set<Pair>()
      let treatment: Treatment = "pass"
      const reset = () => {
        for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
      }
      const treat = (next: Treatment) =>
        Effect.sync(() => {
          if (next === "refuse" || losing.has(treatment)) reset()
          treatment = next
          for (const pair of pairs) apply(treatment, pair)
        })
      const server = net.createServer((client) => {
        client.on("error", () => {}) // a close always follows
        if (treatment === "refuse") return client.resetAndDestroy()
        const pair = [client, net.connect({ host, port: target })] as const
        pairs.add(pair)
        for (const socket of pair)
          socket
            .on("error", () => {})
            .on("close", () => {
              pairs.delete(pair)
              for (const other of pair) other.destroy()
            })
        apply(treatment, pair)
        return undefined
      })
      server.listen(0, host, () =>
        resume(
          Effect.succeed({
            port: (server.address() as net.AddressInfo).port,
            cut: Effect.sync(reset),
            treat,
            server
          })
        )
      )
    }),
    ({ cut, server }) =>
      Effect.andThen(
        cut,
        Effect.sync(() => server.close())
      )
  )

/** A connection of a client, and the one to the server that belongs to it. */
type Pair = readonly [client: net.Socket, server: net.Socket]

/** Those by which bytes are lost: what comes later makes no sense without them. */
const losing: ReadonlySet<Treatment> = new Set(["swallow", "muffle"])

const apply = (treatment: Treatment, [client, server]: Pair): void => {
  for (const [from, to] of [
    [client, server],
    [server, client]
  ] as const) {
    from.unpipe(to)
    if (treatment === "pass" || (treatment === "muffle" && from === client)) from.pipe(to)
    else if (treatment !== "hold") from.resume()
  }
}
