import { createServer, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { freePort } from "../../process/Port.ts"
import type { Address } from "../../src/net/Address.ts"
import { TestClient } from "./TestClient.ts"

/** A server that does nothing but what a test makes it do. */
export interface ScriptedServer {
  readonly address: Address
  /** The next connection, from the server's side: what `TestClient` sends is the answer. */
  readonly accept: Effect.Effect<TestClient>
  /** Stops listening; connections go on. */
  readonly close: Effect.Effect<void>
  /** Listens again, on the same port. */
  readonly reopen: Effect.Effect<void>
}

/** Listens on a free port of loopback for as long as the scope lasts. */
export const scriptedServer: Effect.Effect<ScriptedServer, never, Scope.Scope> = Effect.gen(function* () {
  const connections = yield* Queue.unbounded<TestClient>()
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    Queue.offerUnsafe(connections, new TestClient(socket))
  })
  const port = yield* Effect.orDie(freePort)
  const listen = Effect.callback<void>((resume) => {
    const failed = (error: Error) => resume(Effect.die(error))
    server.once("error", failed).listen(port, "127.0.0.1", () => {
      server.off("error", failed)
      resume(Effect.void)
    })
  })
  const close = Effect.sync(() => {
    server.close()
  })
  yield* Effect.acquireRelease(listen, () =>
    Effect.sync(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
  )
  return {
    address: { host: "127.0.0.1", port },
    accept: Queue.take(connections),
    close,
    reopen: listen
  }
})
