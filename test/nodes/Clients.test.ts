import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { type ChatClient, connect } from "../../src/index.ts"
import { formatAddress } from "../../src/net/Address.ts"
import { scriptedServer } from "../support/ScriptedServer.ts"
import { startNodes } from "../support/Nodes.ts"

const take = (client: ChatClient) => Effect.promise(async () => (await client.events.next()).value)

it.live(
  "NODE-4, RESUME-3, DEDUP-3: a client of several nodes goes on at the next one, and misses nothing",
  () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2)
        const servers = [a!, b!].map(({ server }) => formatAddress(server.addresses[0]!))
        const options = { servers, username: "alice", reconnect: true, retryMillis: 1, retryMillisMax: 5 }
        const alice = yield* Effect.acquireRelease(
          Effect.promise(() => connect(options)),
          (client) => Effect.promise(() => client.close())
        )
        const bob = yield* b!.connectAs("bob", "rooms")
        yield* Effect.promise(() => alice.join("lab"))
        yield* bob.ask({ type: "join", room: "lab" })
        assert.deepInclude(yield* take(alice), { type: "joined", username: "bob" })
        assert.deepInclude(yield* take(alice), { type: "joined", room: "lab" })
        b!.reads.closeUnsafe()
        yield* Effect.promise(() => alice.say("before the end", { room: "lab" }))
        yield* a!.submit({ t: "dead", node: a!.replica.node })
        b!.reads.openUnsafe()
        assert.deepInclude(yield* take(alice), { type: "reconnected", resumed: true })
        yield* Effect.promise(() => alice.say("after it", { room: "lab" }))
        assert.strictEqual((yield* bob.next).content, "before the end")
        assert.strictEqual((yield* bob.next).content, "after it")
        yield* bob.ask({ type: "message", room: "lab", content: "welcome back" })
        assert.deepInclude(yield* take(alice), { room: "lab", content: "welcome back", seq: 3 })
      })
    )
)

it.live("NODE-5: a first login that one server cannot store is tried at the next", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const scripted = yield* Effect.all([scriptedServer, scriptedServer])
      const servers = scripted.map(({ address }) => formatAddress(address))
      const login = Effect.promise(() => connect({ servers, username: "alice", retryMillis: 1 }))
      const connecting = yield* Effect.forkScoped(login, { startImmediately: true })
      const refused = { status: "error", code: "unavailable", message: "not now", retryAfterMs: 1 }
      const first = yield* scripted[0].accept
      yield* first.next
      first.send(refused)
      const second = yield* scripted[1].accept
      yield* second.next
      second.send({ status: "success", message: "welcome" })
      const alice = yield* Fiber.join(connecting)
      assert.strictEqual(alice.username, "alice")
      second.socket.end()
      const failing = connect({ servers, username: "bob", retryMillis: 1 }).catch((error: unknown) => error)
      for (const server of scripted) {
        const peer = yield* server.accept
        yield* peer.next
        peer.send(refused)
      }
      assert.deepInclude(yield* Effect.promise(() => failing), { code: "unavailable" })
    })
  )
)
