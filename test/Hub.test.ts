import { assert, it, layer, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Batch } from "../src/hub/Batch.ts"
import { keptLines } from "./support/logLines.ts"
import { server } from "./support/server.ts"
import { connect, connectAs, type Received, type TestClient } from "./support/TestClient.ts"

const contents = (received: ReadonlyArray<Received>): ReadonlyArray<string> =>
  received.filter(({ type }) => type === "message").map(({ content }) => content)

const names = (prefix: string, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i}`)

// Slices of 2 and batches of 1 KiB: every broadcast is spread over many turns of the event loop.
layer(server({ sliceRecipients: 2, batchBytesMax: 1_024, hubItemsMax: 64 }))("Order", (it) => {
  it.effect(
    "MSG-4, MSG-5: all receivers see all messages in one order, each sender's in the order sent",
    () =>
      Effect.gen(function* () {
        const senders = yield* Effect.forEach(names("order", 5), (name) => connectAs(name))
        const readers = yield* Effect.forEach(names("order-reader", 5), (name) => connectAs(name))
        for (let i = 0; i < 100; i++)
          for (const [s, sender] of senders.entries()) sender.send({ type: "message", content: `${s}:${i}` })
        const orders = yield* Effect.forEach(readers, (reader) => Effect.map(reader.take(500), contents))
        for (const order of orders) assert.deepStrictEqual(order, orders[0])
        for (const s of senders.keys())
          assert.deepStrictEqual(
            orders[0]!.filter((content) => content.startsWith(`${s}:`)),
            Array.from({ length: 100 }, (_, i) => `${s}:${i}`)
          )
        for (const [s, sender] of senders.entries())
          assert.deepStrictEqual(
            contents(yield* sender.take(500)),
            orders[0]!.filter((content) => !content.startsWith(`${s}:`))
          )
      })
  )

  it.effect("SYNC-1: a list reply never overtakes a message that was acked before the list was sent", () =>
    Effect.gen(function* () {
      const sender = yield* connectAs("sync-sender")
      const readers = yield* Effect.forEach(names("sync", 20), (name) => connectAs(name))
      for (let round = 0; round < 50; round++) {
        const ack = yield* sender.ask({ type: "message", content: `round ${round}` })
        assert.strictEqual(ack.status, "success")
        const asker = readers.at(-1 - (round % readers.length))!
        assert.include(contents(yield* asker.before), `round ${round}`)
      }
    })
  )

  it.effect("LOGIN-10: a login reply comes before anything that others cause", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(names("login-10-member", 20), (name) => connectAs(name))
      const senders = yield* Effect.forEach(names("login-10-sender", 3), (name) => connectAs(name))
      for (let round = 0; round < 30; round++) {
        const newcomer = yield* connect
        const noise = Array.from({ length: 40 }, (_, i) => ({ type: "message", content: `${round} ${i}` }))
        for (const sender of senders) sender.send(...noise)
        newcomer.send({ type: "login", username: `login-10-${round}`, features: ["presence"] })
        for (const sender of senders) sender.send(...noise)
        assert.strictEqual((yield* newcomer.next).status, "success")
        newcomer.socket.resetAndDestroy()
      }
    })
  )

  it.effect("LEAVE-5: a half-close gets the answers that are due, also those that wait for their turn", () =>
    Effect.gen(function* () {
      const senders = yield* Effect.forEach(names("leave-5-sender", 20), (name) => connectAs(name))
      const client = yield* connectAs("leave-5")
      for (const sender of senders)
        sender.send(...Array.from({ length: 40 }, (_, i) => ({ type: "message", content: `${i}` })))
      yield* client.next
      client.send({ type: "message", content: "last words" }, { type: "list", id: "last" })
      client.socket.end()
      const replies = (yield* client.rest).filter(({ status }) => status === "success")
      assert.deepStrictEqual(
        replies.map(({ id }) => id),
        [undefined, "last"]
      )
    })
  )

  it.effect("PRES-1: left never overtakes joined, nor joined the left of the one before", () =>
    Effect.gen(function* () {
      const watcher = yield* connectAs("pres-watcher", "presence")
      const sender = yield* connectAs("pres-sender")
      yield* watcher.next
      for (let round = 0; round < 50; round++) {
        sender.send({ type: "message", content: "noise" }, { type: "message", content: "noise" })
        const bob = yield* connectAs("pres-bob")
        yield* bob.ask({ type: "logout" })
      }
      const seen = yield* watcher.before
      assert.deepStrictEqual(
        seen.filter(({ type }) => type !== "message").map(({ type, username }) => `${type} ${username}`),
        Array.from({ length: 50 }, () => ["joined pres-bob", "left pres-bob"]).flat()
      )
    })
  )
})

it.live(
  "MSG-10: a client that never reads is ended with slow_consumer at its byte cap, and delays nobody",
  () =>
    Effect.gen(function* () {
      const [stuck, sender] = [yield* connectAs("stuck"), yield* connectAs("sender")]
      const reader = yield* connectAs("reader")
      stuck.socket.pause()
      let sent = 0
      let users: ReadonlyArray<string>
      do {
        const ack = yield* sender.ask({ type: "message", content: `${sent++} ${"x".repeat(60_000)}` })
        assert.strictEqual(ack.status, "success")
        assert.isTrue((yield* reader.next).content.startsWith(`${sent - 1} `))
        users = (yield* reader.ask({ type: "list" })).users
      } while (users.includes("stuck"))
      stuck.socket.resume()
      const heard = yield* stuck.rest
      assert.strictEqual(heard.pop()?.code, "slow_consumer")
      assert.strictEqual(yield* stuck.ended, "fin")
      assert.deepStrictEqual(
        heard.map(({ content }) => Number.parseInt(content, 10)),
        heard.map((_, i) => i)
      )
    }).pipe(
      Effect.scoped,
      Effect.provide(server({ outboxBytesMax: 256 * 1024, stallMillis: 50, readerReserveBytes: 0 }))
    )
)

layer(server({ outboxBytesMax: 256 * 1024 }))("Slow consumers", (it) => {
  it.effect(
    "MSG-10: a client's own unread replies hold back its requests, and never make it a slow consumer",
    () =>
      Effect.gen(function* () {
        const greedy = yield* connectAs("greedy")
        const others = yield* Effect.forEach(names(`greedy ${"x".repeat(20)}`, 100), (name) =>
          connectAs(name)
        )
        greedy.socket.pause()
        const count = 5_000
        greedy.send(Array.from({ length: count }, (_, id) => JSON.stringify({ type: "list", id })).join(""))
        yield* others[0]!.before
        greedy.socket.resume()
        const replies = yield* greedy.take(count)
        assert.deepStrictEqual(
          replies.map(({ id }) => id),
          replies.map((_, i) => i)
        )
      })
  )
})

layer(server())("Crowd", (it) => {
  it.effect("MSG-1: 200 clients and 10,000 messages lose and duplicate nothing", () =>
    Effect.gen(function* () {
      const [count, each] = [200, 50]
      const clients = yield* Effect.forEach(names("crowd", count), (name) => connectAs(name))
      const counters = clients.map(countMessages)
      for (let i = 0; i < each; i++)
        for (const [s, { socket }] of clients.entries())
          socket.write(`{"type":"message","content":"${s}:${i}"}`)
      for (const [s, counter] of counters.entries()) {
        const heard = yield* counter(each, (count - 1) * each)
        assert.strictEqual(new Set(heard).size, (count - 1) * each, "nothing twice, nothing lost")
        assert.isFalse(heard.some((content) => content.startsWith(`${s}:`)))
      }
    })
  )
})

it.live(
  "a bug costs the delivery that it is in, and is logged: the order goes on, and all end in order",
  () =>
    Effect.gen(function* () {
      const { layer, lines } = keptLines()
      const visit = Effect.gen(function* () {
        const [alice, bob] = [yield* connectAs("alice"), yield* connectAs("bob")]
        const planted = vi.spyOn(Batch.prototype, "offerTo").mockImplementationOnce(() => {
          throw new Error("planted")
        })
        assert.strictEqual((yield* alice.ask({ type: "message", content: "lost" })).status, "success")
        assert.strictEqual((yield* alice.ask({ type: "message", content: "heard" })).status, "success")
        assert.strictEqual((yield* bob.next).content, "heard")
        yield* connectAs("carol")
        assert.deepStrictEqual((yield* bob.ask({ type: "list" })).users, ["alice", "bob", "carol"])
        planted.mockRestore()
      })
      yield* Effect.scoped(visit).pipe(Effect.provide(Layer.provide(server(), layer)))
      assert.deepStrictEqual(
        lines.filter(({ level }) => level === "Error").map(({ text }) => text),
        ["a delivery was abandoned because of a bug"]
      )
    })
)

/** From now on only counts what a client receives: done with the contents after so many acks and messages. */
const countMessages = ({ socket }: TestClient) => {
  const heard: Array<string> = []
  let acks = 0
  let rest = ""
  let check: (() => void) | undefined
  socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString("latin1")).split("\n")
    rest = lines.pop()!
    for (const line of lines) {
      const content = /"content":"([^"]+)"/.exec(line)?.[1]
      if (content === undefined) acks++
      else heard.push(content)
    }
    check?.()
  })
  return (acksDue: number, messagesDue: number): Effect.Effect<ReadonlyArray<string>> =>
    Effect.callback((resume) => {
      check = () => {
        if (acks === acksDue && heard.length >= messagesDue) resume(Effect.succeed(heard))
      }
      check()
    })
}
