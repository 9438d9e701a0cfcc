import { once } from "node:events"
import { existsSync } from "node:fs"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Ends, tcpTables, untaken } from "../src/net/TcpTable.ts"
import { dial } from "./support/dial.ts"

const hasTables = existsSync(tcpTables[0]!)
if (!hasTables) console.warn("SKIPPED: there is no /proc/net/tcp, so what peers take was not looked at")

/** Both ends of a connection from an address of this machine to a server at another. */
const pair = (host: string, at: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer().listen(0, at)
      await once(server, "listening")
      const theirs = dial({ host, port: (server.address() as AddressInfo).port }).pause()
      const [ours] = (await once(server, "connection")) as [Socket]
      server.close()
      return { ours, theirs }
    }),
    ({ ours, theirs }) => Effect.sync(() => void [ours.destroy(), theirs.destroy()])
  )

const endsOf = ({ localPort, remoteAddress, remotePort }: Socket): Ends => ({
  localPort: localPort!,
  peer: { host: remoteAddress!, port: remotePort! }
})

/** Looks until the system says so. */
const untilUntaken = async (socket: Socket, bytes: number): Promise<void> => {
  while ((await untaken([endsOf(socket)])).bytes[0] !== bytes);
}

for (const [host, at] of [
  ["127.0.0.1", "127.0.0.1"],
  ["127.0.0.1", "::"],
  ["::1", "::1"]
] as const)
  it.live.skipIf(!hasTables)(
    `what a program on this machine has not read is not taken (${host} to ${at})`,
    () =>
      Effect.gen(function* () {
        const { ours, theirs } = yield* pair(host, at)
        ours.write(Buffer.alloc(50_000))
        yield* Effect.promise(() => untilUntaken(ours, 50_000))
        theirs.resume()
        yield* Effect.promise(() => untilUntaken(ours, 0))
      }).pipe(Effect.scoped)
  )

it.live("nothing is told of a connection that is not there", () =>
  Effect.gen(function* () {
    const { ours } = yield* pair("127.0.0.1", "127.0.0.1")
    const other = { ...endsOf(ours), peer: { host: "192.0.2.1", port: endsOf(ours).peer.port } }
    assert.deepStrictEqual((yield* Effect.promise(() => untaken([other]))).bytes, [undefined])
  }).pipe(Effect.scoped)
)
