import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import net from "node:net"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { accepts, freePort, host } from "../../process/Port.ts"
import { type Process, start } from "../../process/Process.ts"

/** Where Debian puts it is not in everybody's PATH. */
const program = ["nats-server", "/usr/sbin/nats-server"].find(
  (path) => spawnSync(path, ["--version"]).status === 0
)

/** True if brokers can be started here. */
export const hasBrokers = program !== undefined

if (!hasBrokers) console.warn("SKIPPED: nats-server is not installed, so the log on JetStream is not tested")

/** A broker that was started. */
interface Broker {
  readonly name: string
  readonly port: number
  readonly process: Process
}

/** Starts brokers that are one cluster, with JetStream unless `more` says something else. */
export const startBrokers = Effect.fnUntraced(function* (folder: string, count: number, more?: string) {
  const ports = yield* Effect.forEach(Array.from({ length: count }), () => freePort)
  const routes = yield* Effect.forEach(ports, () => freePort)
  const urls = routes.map((port) => `"nats://${host}:${port}"`).join(", ")
  const brokers: Array<Broker> = []
  for (const [i, port] of ports.entries()) {
    const name = `b${i}`
    const lines = [
      `listen: "${host}:${port}"`,
      `server_name: ${name}`,
      more ?? `jetstream { store_dir: "${folder}/${port}" }`,
      ...(count === 1 ? [] : [`cluster { name: c, listen: "${host}:${routes[i]}", routes: [${urls}] }`])
    ]
    const config = join(folder, `${port}.conf`)
    writeFileSync(config, lines.join("\n"))
    brokers.push({ name, port, process: yield* start({ command: [program!, "-c", config] }) })
  }
  for (const port of ports) yield* untilAccepted(port)
  return brokers as ReadonlyArray<Broker>
})

const untilAccepted = (port: number) =>
  Effect.repeat(accepts(port), { until: (accepted) => accepted, schedule: Schedule.spaced(50) })

/** A connection to a broker that passes through here, and what can be done to it. */
export interface Proxy {
  readonly port: number
  /** Resets all connections. */
  readonly cut: Effect.Effect<void>
  /** Lets nothing of the broker through until the next cut. */
  readonly muffle: Effect.Effect<void>
}

/** Stands between a client and a broker. */
export const proxyTo = (target: number) =>
  Effect.acquireRelease(
    Effect.callback<Proxy & { readonly server: net.Server }>((resume) => {
      const pairs = new Set<readonly [net.Socket, net.Socket]>()
      const cut = Effect.sync(() => {
        for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
      })
      const muffle = Effect.sync(() => {
        for (const [client, broker] of pairs) {
          broker.unpipe(client)
          broker.resume()
        }
      })
      const server = net.createServer((client) => {
        const broker = net.connect({ host, port: target })
        const pair = [client, broker] as const
        pairs.add(pair)
        client.pipe(broker)
        broker.pipe(client)
        for (const socket of pair)
          socket
            .on("error", () => {})
            .on("close", () => {
              pairs.delete(pair)
              for (const socket of pair) socket.destroy()
            })
      })
      server.listen(0, host, () =>
        resume(Effect.succeed({ port: (server.address() as net.AddressInfo).port, cut, muffle, server }))
      )
    }),
    ({ cut, server }) =>
      Effect.andThen(
        cut,
        Effect.sync(() => server.close())
      )
  )
