import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { deleteStream, hasBrokers, storeOf } from "../../process/Brokers.ts"
import { type ClusterNode, startCluster, streamName } from "../../process/Cluster.ts"
import { nats, natsClient } from "../../src/log/NatsClient.ts"
import { serve } from "../support/program.ts"
import { connectTo, type Received, type TestClient } from "../support/TestClient.ts"

const say = (content: string) => ({ type: "message", content })

/** Two servers and one broker, with short times. */
const cluster = (...flags: ReadonlyArray<string>) =>
  Effect.map(
    startCluster({ brokers: 1, nodes: 2, flags: ["--lease", "3s", "--store-wait", "2s", ...flags] }),
    ({ brokers, nodes: [a, b] }) => ({ brokers, broker: brokers[0]!, a: a!, b: b! })
  )

/** Logs in on a node, over a new connection for each try, as often as it takes. */
const enter = Effect.fnUntraced(function* (
  { address }: ClusterNode,
  username: string,
  ...features: Array<string>
) {
  while (true) {
    const client = yield* connectTo(address)
    const welcome = yield* client.ask({ type: "login", username, features })
    if (welcome.status === "success") return { client, welcome }
    assert.include(["unavailable", "username_taken"], welcome.code)
    client.socket.resetAndDestroy() // so that many tries take no more than a seat
  }
})

const lastCode = (client: TestClient) => Effect.map(client.rest, (all: Array<Received>) => all.at(-1)?.code)

const test = (name: string, body: Effect.Effect<void, unknown, any>) =>
  it.live(name, () => Effect.scoped(body) as Effect.Effect<void, unknown>)

describe.skipIf(!hasBrokers)("Nodes under faults", () => {
  test(
    "NODE-4: the names of a node that was killed are free after the lease, its sessions at once",
    Effect.gen(function* () {
      const { a, b } = yield* cluster()
      yield* enter(a, "alice")
      const { welcome } = yield* enter(a, "carol", "history")
      const { client: bob } = yield* enter(b, "bob")
      yield* a.kill
      const carol = yield* connectTo(b.address)
      const { session } = welcome
      const back = yield* carol.ask({ type: "login", username: "carol", features: ["history"], session })
      assert.isTrue(back.resumed)
      yield* enter(b, "alice")
      assert.deepStrictEqual((yield* bob.ask({ type: "list" })).users, ["carol", "bob", "alice"])
      yield* a.restart
      yield* (yield* enter(a, "dave")).client.sees("carol", "bob", "alice", "dave")
    })
  )

  test(
    "a node that ends in order leaves no name behind",
    Effect.gen(function* () {
      const { a, b } = yield* cluster("--grace", "1h")
      yield* enter(a, "alice")
      a.process().signal("SIGTERM")
      yield* a.process().end
      const late = yield* connectTo(b.address)
      assert.strictEqual((yield* late.ask({ type: "login", username: "alice" })).status, "success")
    })
  )

  test(
    "NODE-4: one that stood still for longer than the lease ends its clients, and goes on as another",
    Effect.gen(function* () {
      const { a, b } = yield* cluster()
      const { client: alice } = yield* enter(a, "alice")
      yield* a.freeze
      const { client: next } = yield* enter(b, "alice")
      yield* a.thaw
      assert.strictEqual(yield* lastCode(alice), "node_lost")
      yield* enter(a, "bob")
      yield* next.sees("alice", "bob")
    })
  )

  test(
    "NODE-5: while no broker answers requests wait for a bounded time; then all go on",
    Effect.gen(function* () {
      const { a, b, broker } = yield* cluster()
      const { client: alice } = yield* enter(a, "alice", "history")
      yield* broker.freeze
      alice.send({ ...say("lost?"), cid: "1" })
      assert.strictEqual(yield* lastCode(alice), "unavailable")
      const other = yield* connectTo(a.address)
      const refused = yield* other.ask({ type: "login", username: "bob" })
      assert.strictEqual(refused.code, "unavailable")
      assert.isAbove(refused.retryAfterMs, 0)
      yield* broker.thaw
      const { client: bob } = yield* enter(b, "bob", "history")
      yield* enter(a, "carol", "history")
      const { messages } = yield* bob.ask({ type: "history" })
      assert.isAtMost(messages.length, 1)
    })
  )

  test(
    "where the brokers have no room requests are refused, and nothing is lost that was acked",
    Effect.gen(function* () {
      const { a, b, broker } = yield* cluster("--store-max", "1MiB", "--history", "1000")
      const { client: alice } = yield* enter(a, "alice", "history")
      const tell = alice.ask(say("x".repeat(30_000)))
      let acked = 0
      let reply = yield* tell
      for (; reply.status === "success"; acked++) reply = yield* tell
      assert.strictEqual(reply.code, "unavailable")
      assert.isAbove(acked, 10)
      yield* a
        .process()
        .errors.until(/ERROR the log cannot be written for now reason="the brokers have no room/)
      const { manager } = yield* natsClient({ servers: [storeOf([broker.port])] })
      yield* nats(() => manager.streams.update(streamName, { max_bytes: 32 * 1024 * 1024 }))
      const { welcome } = yield* enter(b, "bob", "history")
      assert.strictEqual(welcome.last, acked)
    })
  )

  test(
    "a stream that was removed is another chat, in the same processes",
    Effect.gen(function* () {
      const { a, b, brokers } = yield* cluster()
      const { client: alice, welcome } = yield* enter(a, "alice", "history")
      const { client: bob } = yield* enter(b, "bob", "history")
      yield* alice.ask(say("gone"))
      yield* deleteStream(brokers, streamName)
      assert.strictEqual(yield* lastCode(alice), "unavailable")
      assert.strictEqual(yield* lastCode(bob), "unavailable")
      const again = yield* enter(a, "alice", "history")
      assert.notStrictEqual(again.welcome.epoch, welcome.epoch)
      assert.strictEqual(again.welcome.last, 0)
      const { client, welcome: elsewhere } = yield* enter(b, "bob", "history")
      assert.strictEqual(elsewhere.epoch, again.welcome.epoch)
      yield* client.sees("alice", "bob")
    })
  )

  test(
    "a node with other settings than those of the others says so and ends, and begins where nobody is alive",
    Effect.gen(function* () {
      const { a, b, brokers } = yield* cluster()
      const store = storeOf(brokers.map(({ port }) => port))
      const flags = ["--store", store, "--store-name", streamName, "--lease", "3s", "--history", "3"]
      const { code, err } = yield* Effect.promise(serve(flags).finished)
      assert.match(
        err,
        /^palabre: the other nodes of this chat run with --history 200, and this one with --history 3: [^\n]+$/m
      )
      assert.strictEqual(code, 4)
      yield* enter(a, "alice")
      yield* a.kill
      yield* b.kill
      const alone = serve(flags)
      const port = yield* Effect.promise(alone.listening)
      const alice = yield* connectTo({ host: "127.0.0.1", port })
      assert.strictEqual((yield* alice.ask({ type: "login", username: "alice" })).status, "success")
    })
  )
})
