import net from "node:net"
import * as Effect from "effect/Effect"
import { host } from "./Port.ts"

/** Stands before a port of this machine until the scope closes, and gives its own: what that answers comes this much later. */
export const lateBehind = (target: number, lateMillis: number) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<{ readonly server: net.Server; readonly open: Set<net.Socket> }>((resume) => {
        const open = new Set<net.Socket>()
        const server = net.createServer({ noDelay: true }, (client) => {
          const behind = net.connect({ host, port: target, noDelay: true })
          for (const socket of [client, behind]) {
            open.add(socket)
            socket.on("error", () => {}) // a close always follows
            socket.on("close", () => {
              open.delete(socket)
              client.destroy()
              behind.destroy()
            })
          }
          client.pipe(behind)
          behind.on("data", (chunk) =>
            // timers of one duration fire in the order in which they were set
            setTimeout(() => {
              if (!client.destroyed && !client.write(chunk)) behind.pause()
            }, lateMillis)
          )
          client.on("drain", () => behind.resume())
        })
        server.listen(0, host, () => resume(Effect.succeed({ server, open })))
      }),
      ({ open, server }) =>
        Effect.sync(() => {
          for (const socket of open) socket.destroy()
          server.close()
        })
    ),
    ({ server }) => ({ port: (server.address() as net.AddressInfo).port })
  )
