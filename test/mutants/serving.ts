import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import type { Change } from "../../mutants/chat/Chat.ts"
import { listen, makeChat } from "../../mutants/chat/makeChat.ts"
import { connectTo } from "../support/TestClient.ts"

/** The server of the proofs with these changes on a free port, for as long as the scope lasts. */
export const serving = Effect.fnUntraced(function* (...changes: ReadonlyArray<Change>) {
  const server = yield* Effect.acquireRelease(
    Effect.promise(() => listen(makeChat(...changes), 0)),
    (server) => Effect.sync(() => server.close())
  )
  const { port } = server.address() as AddressInfo
  return { connect: connectTo({ host: "127.0.0.1", port }) }
})
