import net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { freePort, isListenedOn, isTaken, listeningHost } from "../../process/Port.ts"
import { hasSocketTables, rowsIn, unreadBytes } from "../../process/SocketTable.ts"
import * as Effect from "effect/Effect"
import { dial } from "../support/dial.ts"

/** A socket that listens on a port as long as the scope. */
const listening = (options: net.ListenOptions) =>
  Effect.acquireRelease(
    Effect.callback<net.Server>((resume) => {
      const server = net.createServer().listen(options, () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )

describe("the system's tables of sockets", () => {
  it("are read row by row", () => {
    const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:3039 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 20 1 0
  12: 0301A8C0:3039 0100007F:D431 06 00000000:00000000 03:00000F2A 00000000     0        0 0 3 0
   1: 00000000000000000000000001000000:3039 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 30 1 0
   2: 0000000000000000FFFF00000100007F:3039 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 31 1 0
   3: 0100007F:1F90 0100007F:3039 0A 00000000:00000000 00:00000000 00000000  1000        0 32 1 0
`
    assert.deepStrictEqual(rowsIn(text, 12_345), [
      { address: "127.0.0.1", state: "0A" },
      { address: "192.168.1.3", state: "06" },
      { address: "::1", state: "0A" },
      { address: "127.0.0.1", state: "0A" }
    ])
    assert.deepStrictEqual(rowsIn(text, 80), [])
  })

  it.live.skipIf(!hasSocketTables)("tell what has arrived and was not read", () =>
    Effect.gen(function* () {
      const server = yield* listening({ host: "127.0.0.1", port: 0 })
      const { port } = server.address() as net.AddressInfo
      const accepted = new Promise<net.Socket>((resolve) =>
        server.once("connection", (socket) => resolve(socket.on("error", () => {})))
      )
      const client = yield* Effect.acquireRelease(
        Effect.sync(() => dial(port)),
        (socket) => Effect.sync(() => socket.destroy())
      )
      const peer = yield* Effect.promise(() => accepted)
      client.pause()
      peer.write("hello")
      const unread = () => unreadBytes(peer.remotePort!, port)
      yield* Effect.repeat(Effect.sync(unread), { until: (bytes) => bytes === 5 })
      client.resume()
      yield* Effect.repeat(Effect.sync(unread), { until: (bytes) => bytes === 0 })
      peer.destroy()
      assert.strictEqual(unreadBytes(1, port), undefined)
    })
  )

  it.live.skipIf(!hasSocketTables)("tell where a port is listened on, and that it is not", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      assert.deepStrictEqual(
        [yield* listeningHost(port), yield* isListenedOn(port), yield* isTaken(port)],
        [undefined, false, false]
      )
      for (const [options, host] of [
        [{ host: "127.0.0.1" }, "127.0.0.1"],
        [{ host: "0.0.0.0" }, "127.0.0.1"],
        [{ host: "::" }, "127.0.0.1"],
        [{ host: "::1" }, "::1"],
        [{ host: "::", ipv6Only: true }, "::1"],
        [{ host: "127.0.0.2" }, "127.0.0.2"]
      ] as const)
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* listening({ ...options, port })
            assert.deepStrictEqual(
              [yield* listeningHost(port), yield* isListenedOn(port), yield* isTaken(port)],
              [host, true, true]
            )
          })
        )
    })
  )
})
