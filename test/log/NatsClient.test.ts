import { once } from "node:events"
import net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { natsClient } from "../../src/log/NatsClient.ts"

/** A broker that says nothing until it is told to; gives its port, and the first connection to it. */
const silentBroker = Effect.acquireRelease(
  Effect.callback<{ readonly server: net.Server; readonly port: number; readonly first: Promise<Visit> }>(
    (resume) => {
      const server = net.createServer()
      const first = once(server, "connection").then(([socket]: Array<net.Socket>) => visitOver(socket!))
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed({ server, first, port: (server.address() as net.AddressInfo).port }))
      )
    }
  ),
  ({ server }) => Effect.sync(() => server.close())
)

/** A connection to it: what was said until it is closed. */
interface Visit {
  readonly greet: () => void
  readonly said: Promise<string>
}

const visitOver = (socket: net.Socket): Visit => {
  let text = ""
  socket.on("error", () => {}) // a close always follows
  socket.on("data", (bytes) => {
    text += bytes
    if (bytes.includes("PING")) socket.write("PONG\r\n")
  })
  const info = { server_id: "x", version: "2.10.27", max_payload: 1_000_000 }
  return {
    greet: () => socket.write(`INFO ${JSON.stringify(info)}\r\n`),
    said: once(socket, "close").then(() => text)
  }
}

describe("A connection to brokers", () => {
  it.live("is not waited for by who ends meanwhile, and closed if it comes about all the same", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { first, port } = yield* silentBroker
        const waiting = yield* Effect.forkChild(natsClient({ servers: [`nats://127.0.0.1:${port}`] }))
        const { greet, said } = yield* Effect.promise(() => first)
        yield* Fiber.interrupt(waiting)
        greet()
        assert.include(yield* Effect.promise(() => said), "PING", "the end waited until it gave up")
      })
    )
  )
})
