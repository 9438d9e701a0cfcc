import { once } from "node:events"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import { Server } from "../src/Server.ts"
import type { Values } from "../src/settings/Settings.ts"
import { server } from "./support/server.ts"
import { connect, connectAs, connectTo, type Received } from "./support/TestClient.ts"

const countAcks = (received: ReadonlyArray<Received>): number =>
  received.filter(({ status }) => status === "success").length

/** A server that the test itself ends: clients of it, and `end`, which is done when the server is gone. */
const endable = Effect.fnUntraced(function* (settings: Partial<Values> = {}) {
  const scope = yield* Scope.make()
  const context = yield* Layer.buildWithScope(server(settings), scope)
  const provide = Effect.provide(context)
  return {
    end: Scope.close(scope, Exit.void),
    connect: provide(connect),
    connectAs: (username: string) => provide(connectAs(username))
  }
})

layer(server({ lingerMillisMax: 10_000 }))("Leaving", (it) => {
  it.effect("LOGOUT-1: logout is answered, the name is free once the answer is read, the server closes", () =>
    Effect.gen(function* () {
      const client = yield* connectAs("logout-1")
      const heir = yield* connect
      const reply = yield* client.ask({ type: "logout", id: "bye" })
      assert.deepStrictEqual(reply, { status: "success", message: "Au revoir, logout-1", id: "bye" })
      yield* heir.login("logout-1")
      assert.deepStrictEqual(yield* client.rest, [])
      assert.strictEqual(yield* client.ended, "fin")
    })
  )

  it.effect("END-1: what is sent after the end of a connection is discarded, and the last words arrive", () =>
    Effect.gen(function* () {
      const client = yield* connectAs("end-1")
      client.send({ type: "logout" })
      const replies = yield* client.rest
      assert.deepStrictEqual(replies, [{ status: "success", message: "Au revoir, end-1" }])
      assert.strictEqual(yield* client.ended, "fin")
      client.socket.end(Buffer.alloc(30_000_000, "x")) // more than the kernel holds: somebody must take it
      const [hadError] = yield* Effect.promise(() => once(client.socket, "close"))
      assert.isFalse(hadError, "it is closed, not reset")
    })
  )
})

layer(server({ clientsMax: 2 }))("Seats", (it) => {
  it.effect("CODE-1: who finds no seat is told server_full; a seat given back is taken again", () =>
    Effect.gen(function* () {
      const [alice, bob] = [yield* connectAs("alice"), yield* connectAs("bob")]
      const late = yield* connect
      const [reason, ...more] = yield* late.rest
      assert.strictEqual(reason?.code, "server_full")
      assert.deepStrictEqual(more, [])
      assert.strictEqual(yield* late.ended, "fin")
      bob.socket.resetAndDestroy()
      yield* alice.sees("alice")
      const seated = Effect.gen(function* () {
        const client = yield* connect
        client.send({ type: "ping" })
        return (yield* client.rest.pipe(Effect.race(client.next.pipe(Effect.map((reply) => [reply])))))[0]
      }).pipe(Effect.scoped)
      let reply = yield* seated
      while (reply?.code === "server_full") reply = yield* seated
      assert.strictEqual(reply?.message, "pong")
    })
  )
})

layer(server({ loginMillisMax: 60_000, idleMillisMax: 300_000 }))("Deadlines", (it) => {
  it.effect("CODE-1: no login in time ends with login_timeout, drip-fed bytes or not", () =>
    Effect.gen(function* () {
      const [silent, busy] = [yield* connect, yield* connect]
      yield* TestClock.adjust("40 seconds")
      assert.strictEqual((yield* busy.ask({ type: "ping" })).message, "pong")
      yield* TestClock.adjust("25 seconds")
      for (const client of [silent, busy]) {
        assert.strictEqual((yield* client.rest)[0]?.code, "login_timeout")
        assert.strictEqual(yield* client.ended, "fin")
      }
    })
  )

  it.effect("no deadline is early, whenever its time began between two looks at it", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("900 millis")
      const [nameless, idle] = [yield* connect, yield* connectAs("idle")]
      yield* TestClock.adjust("59500 millis")
      assert.strictEqual((yield* nameless.ask({ type: "ping" })).message, "pong")
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* nameless.rest)[0]?.code, "login_timeout")
      idle.send(" ")
      yield* idle.ask({ type: "ping" })
      yield* TestClock.adjust("299500 millis")
      assert.strictEqual((yield* idle.ask({ type: "ping" })).message, "pong")
      yield* TestClock.adjust("302 seconds")
      assert.strictEqual((yield* idle.rest)[0]?.code, "idle_timeout")
    })
  )

  it.effect(
    "PING-1: any byte counts as activity; who sends none is ended with idle_timeout and its name is free",
    () =>
      Effect.gen(function* () {
        const [silent, active] = [yield* connectAs("silent"), yield* connectAs("active")]
        yield* TestClock.adjust("200 seconds")
        active.send(" ")
        yield* active.ask({ type: "ping" })
        yield* TestClock.adjust("200 seconds")
        assert.strictEqual((yield* silent.rest)[0]?.code, "idle_timeout")
        yield* active.sees("active")
      })
  )
})

describe("Drain", () => {
  it.effect(
    "END-1: at shutdown everyone who reads has every acked message, then shutting_down, then FIN",
    () =>
      Effect.gen(function* () {
        const { connect, connectAs, end } = yield* endable({ sliceRecipients: 2 })
        const readers = yield* Effect.all(Array.from({ length: 10 }, (_, i) => connectAs(`reader-${i}`)))
        const stranger = yield* connect
        const sender = yield* connectAs("sender")
        sender.send(...Array.from({ length: 500 }, (_, i) => ({ type: "message", content: `${i}` })))
        yield* sender.next
        yield* end
        const acks = [yield* sender.rest].flat()
        assert.strictEqual(acks.pop()?.code, "shutting_down")
        const contents = Array.from({ length: acks.length + 1 }, (_, i) => `${i}`)
        for (const reader of readers) {
          const heard = yield* reader.rest
          assert.strictEqual(heard.pop()?.code, "shutting_down")
          assert.deepStrictEqual(
            heard.map(({ content }) => content),
            contents
          )
          assert.strictEqual(yield* reader.ended, "fin")
        }
        assert.deepStrictEqual(
          (yield* stranger.rest).map(({ code }) => code),
          ["shutting_down"]
        )
      }).pipe(Effect.scoped)
  )

  it.effect(
    "END-1: a message that waits for a full hub when the end comes reaches everyone, if it is acked",
    () =>
      Effect.gen(function* () {
        const { connectAs, end } = yield* endable({
          sliceRecipients: 1,
          hubItemsMax: 1,
          batchBytesMax: 1_024
        })
        const [readers, senders] = [
          ["r1", "r2", "r3"],
          ["s1", "s2", "s3"]
        ]
        const reading = yield* Effect.forEach(readers, (name) => connectAs(name))
        const sending = yield* Effect.forEach(senders, (name) => connectAs(name))
        for (let i = 0; i < 200; i++)
          for (const client of sending) client.send({ type: "message", content: `${i}` })
        yield* sending[0]!.takeUntil(({ status }) => status === "success")
        yield* end
        const acks = yield* Effect.forEach(sending, (client) => Effect.map(client.rest, countAcks))
        for (const reader of reading) {
          const heard = yield* reader.rest
          for (const [s, name] of senders.entries())
            assert.isAtLeast(heard.filter(({ username }) => username === name).length, acks[s]!)
        }
      }).pipe(Effect.scoped)
  )

  it.effect("END-1: a client that never reads does not keep the server from ending, and is reset", () =>
    Effect.gen(function* () {
      const { connectAs, end } = yield* endable({ lingerMillisMax: 50, outboxBytesMax: 1 << 28 })
      const [stuck, sender] = [yield* connectAs("stuck"), yield* connectAs("sender")]
      stuck.socket.pause()
      for (let i = 0; i < 1_000; i++) sender.send({ type: "message", content: "x".repeat(20_000) })
      yield* sender.take(1_000)
      yield* end
      stuck.socket.resume()
      assert.strictEqual(yield* stuck.ended, "reset")
    }).pipe(Effect.scoped)
  )

  it.live("END-1: at the end a client that reads slowly has until the deadline for all that was acked", () =>
    Effect.gen(function* () {
      const { connectAs, end } = yield* endable({
        lingerMillisMax: 1_500,
        drainMillisMax: 60_000,
        outboxBytesMax: 1 << 28
      })
      const [slow, sender] = [yield* connectAs("slow"), yield* connectAs("sender")]
      slow.socket.pause()
      const messages = 600
      for (let i = 0; i < messages; i++) sender.send({ type: "message", content: "x".repeat(20_000) })
      yield* sender.take(messages)
      slow.socket.on("data", () => {
        slow.socket.pause()
        setTimeout(() => slow.socket.resume(), 15)
      })
      const ending = yield* Effect.forkChild(end, { startImmediately: true })
      slow.socket.resume()
      const heard = yield* slow.rest
      assert.strictEqual(heard.pop()?.code, "shutting_down")
      assert.strictEqual(heard.length, messages)
      slow.socket.end()
      yield* Fiber.join(ending)
    }).pipe(Effect.scoped)
  )

  it.effect("CODE-1: while draining, newcomers are told shutting_down", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(server({ lingerMillisMax: 60_000 }), scope)
      const [address] = (yield* Server.pipe(Effect.provide(context))).addresses
      const holder = yield* connectTo(address!) // does not close its side yet: the server lingers
      yield* holder.login("holder")
      const ending = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      assert.strictEqual((yield* holder.next).code, "shutting_down")
      const late = yield* connectTo(address!)
      assert.strictEqual((yield* late.next).code, "shutting_down")
      for (const { socket } of [holder, late]) socket.end()
      yield* Fiber.join(ending)
    }).pipe(Effect.scoped)
  )
})

describe("Listening", () => {
  it.effect("a port in use is a ListenFailed that says what to do", () =>
    Effect.gen(function* () {
      const { addresses } = yield* Server
      const failure = yield* Effect.flip(Layer.build(server({ port: addresses[0]!.port })))
      assert.propertyVal(failure, "code", "EADDRINUSE")
      assert.match(failure.message, /something else is listening there.*--port/)
    }).pipe(Effect.provide(server()), Effect.scoped)
  )

  it.effect("all addresses are served on one port", () =>
    Effect.gen(function* () {
      const { addresses } = yield* Server
      assert.deepStrictEqual(
        addresses.map(({ host }) => host),
        ["127.0.0.1", "127.0.0.2"]
      )
      assert.strictEqual(addresses[0]!.port, addresses[1]!.port)
      for (const address of addresses) yield* (yield* connectTo(address)).login(address.host)
    }).pipe(Effect.provide(server({ hosts: ["127.0.0.1", "127.0.0.2"] })), Effect.scoped)
  )
})
