import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { text } from "node:stream/consumers"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Connection, type ConnectionRules } from "../src/net/Connection.ts"
import type { Seat } from "../src/net/Admission.ts"
import { SocketTransport } from "../src/net/SocketTransport.ts"

const rules: ConnectionRules = {
  outboxBytesMax: 1_024,
  loginMillisMax: 60_000,
  lingerMillisMax: 60_000,
  onSlow: () => {},
  onClosed: () => {},
  clock: { nowMillis: 0 },
  totals: { outboxBytesHighest: 0 }
}

const seat: Seat = { acceptedAtMillis: 0, address: "", refusal: undefined }

/** The two ends of one connection. */
const pair = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1")
    await once(server, "listening")
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1")
    const [socket] = (await once(server, "connection")) as [Socket]
    return { server, client, socket }
  }),
  ({ client, server }) =>
    Effect.sync(() => {
      client.destroy()
      server.close()
    })
)

describe("Connection", () => {
  it.effect(
    "END-1: cut off while its FIN is on the way, a connection is closed and its last words arrive",
    () =>
      Effect.gen(function* () {
        const { client, socket } = yield* pair
        const connection = new Connection(1, new SocketTransport(socket), seat, rules)
        const closed = once(socket, "close")
        const ending = yield* Effect.forkChild(connection.finish(Buffer.from("adieu")), {
          startImmediately: true
        })
        connection.abort()
        yield* Effect.promise(() => closed)
        yield* Fiber.join(ending)
        assert.strictEqual(yield* Effect.promise(() => text(client)), "adieu")
      }).pipe(Effect.scoped)
  )
})
