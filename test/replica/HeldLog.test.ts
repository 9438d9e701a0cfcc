import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { Drain } from "../../src/hub/Drain.ts"
import { Hub } from "../../src/hub/Hub.ts"
import * as TestClock from "effect/testing/TestClock"
import { nextTurn } from "../../src/hub/Delivery.ts"
import { type Deliver, Log } from "../../src/log/Log.ts"
import { LogError } from "../../src/log/LogError.ts"
import { memoryLog } from "../log/MemoryLog.ts"
import { Connections } from "../../src/net/Connections.ts"
import { Pauses } from "../../src/net/Pauses.ts"
import { Registry } from "../../src/Registry.ts"
import { overLog } from "../../src/replica/Lives.ts"
import { houseLayer } from "../../src/requests/House.ts"
import { Replies } from "../../src/requests/Replies.ts"
import { Server } from "../../src/Server.ts"
import { defaults, Settings } from "../../src/settings/Settings.ts"
import { ConnectionLog } from "../../src/telemetry/ConnectionLog.ts"
import { Counters } from "../../src/telemetry/Counters.ts"
import { connect, connectAs } from "../support/TestClient.ts"

/** Holds what is appended while it is closed, and counts it. */
class Gate extends Context.Service<
  Gate,
  {
    readonly latch: Latch.Latch
    /** Holds what is read back while it is closed. */
    readonly reads: Latch.Latch
    /** Whether there is no room for what is appended. */
    isFull: boolean
    /** The number of operations of each entry. */
    readonly entries: Array<number>
    /** Done once so many appends are held or through. */
    readonly appended: (count: number) => Effect.Effect<void>
  }
>()("test/Gate") {}

const gate = Layer.sync(Gate, () => {
  const entries: Array<number> = []
  return Gate.of({
    latch: Latch.makeUnsafe(true),
    reads: Latch.makeUnsafe(true),
    isFull: false,
    entries,
    appended: Effect.fnUntraced(function* (count) {
      while (entries.length < count) yield* Effect.promise(() => new Promise(setImmediate))
    })
  })
})

/** A log that takes its time: an entry is read back when the gate lets it. */
const heldLog = Layer.effect(
  Log,
  Effect.gen(function* () {
    const log = yield* Log
    const gate = yield* Gate
    const full = new LogError({ reason: "full", detail: "there is no room" })
    return Log.of({
      ...log,
      append: (entry) =>
        Effect.suspend(() => {
          gate.entries.push(entry.ops.length)
          return gate.isFull ? Effect.fail(full) : Effect.andThen(gate.latch.await, log.append(entry))
        }),
      follow: (after, deliver) =>
        Effect.gen(function* () {
          const read = yield* Queue.unbounded<Parameters<Deliver>[0]>()
          const delivering = Effect.flatMap(Queue.take(read), (logged) =>
            Effect.andThen(gate.reads.await, deliver(logged))
          )
          const reading = log.follow(after, (logged) => Effect.asVoid(Queue.offer(read, logged)))
          return yield* Effect.raceFirst(reading, Effect.forever(delivering))
        })
    })
  })
).pipe(Layer.provide(memoryLog))

const open = Server.layer.pipe(
  Layer.provide([Drain.layer, houseLayer]),
  Layer.provide([ConnectionLog.layer, Replies.layer]),
  Layer.provide([Counters.layer, Hub.layer, overLog(heldLog)]),
  Layer.provide([Registry.layer, heldLog]),
  Layer.provideMerge(gate),
  Layer.provide(Pauses.layer),
  Layer.provide(Connections.layer),
  Layer.provide(Layer.succeed(Settings, { ...defaults(), hosts: ["127.0.0.1"], port: 0 }))
)

const message = (content: string, fields: object = {}) => ({ type: "message", content, ...fields })

layer(open)("A log that takes its time", (it) => {
  for (const features of [[], ["history"]])
    it.effect(`REQ-2: answers keep the order of requests, with features [${features.join()}]`, () =>
      Effect.gen(function* () {
        const { appended, entries, latch } = yield* Gate
        const alice = yield* connectAs(`alice${features.length}`, ...features)
        const before = entries.length
        latch.closeUnsafe()
        alice.send(message("1", { id: 1 }), message("2", { id: 2 }), { type: "ping", id: 3 })
        alice.send({ type: "nonsense", id: 4 }, message("5", { id: 5 }), message("", { id: 6 }))
        alice.send({ type: "list", id: 7 }, message("8", { id: 8, username: "somebody" }))
        yield* appended(before + 1)
        latch.openUnsafe()
        assert.deepStrictEqual(
          (yield* alice.take(8)).map(({ id }) => id),
          [1, 2, 3, 4, 5, 6, 7, 8]
        )
      })
    )

  for (const features of [[], ["history"]])
    it.effect(`REQ-2: a refusal waits for what is read back later, with features [${features.join()}]`, () =>
      Effect.gen(function* () {
        const gate = yield* Gate
        const alice = yield* connectAs(`refused${features.length}`, ...features)
        const before = gate.entries.length
        gate.reads.closeUnsafe()
        alice.send(message("1", { id: 1 }))
        yield* gate.appended(before + 1)
        gate.isFull = true
        alice.send(message("2", { id: 2 }))
        yield* gate.appended(before + 2)
        yield* nextTurn
        gate.isFull = false
        gate.reads.openUnsafe()
        yield* TestClock.adjust(1_000) // the log is written again
        alice.send({ type: "ping", id: 3 })
        assert.deepStrictEqual(
          (yield* alice.take(3)).map(({ code, id }) => [id, code]),
          [
            [1, undefined],
            [2, "unavailable"],
            [3, undefined]
          ]
        )
      })
    )

  it.effect("NODE-3: nothing is acked or shown before it is read back; what waits goes into one entry", () =>
    Effect.gen(function* () {
      const { appended, entries, latch } = yield* Gate
      const alice = yield* connectAs("node-alice")
      const bob = yield* connectAs("node-bob", "history")
      const before = entries.length
      latch.closeUnsafe()
      for (let i = 0; i < 20; i++) alice.send(message(`${i}`, { id: i }))
      yield* appended(before + 1)
      bob.send({ type: "ping" })
      assert.strictEqual((yield* bob.next).message, "pong")
      assert.strictEqual(entries.length, before + 1)
      latch.openUnsafe()
      assert.deepStrictEqual(
        (yield* bob.take(20)).map(({ content }) => content),
        Array.from({ length: 20 }, (_, i) => `${i}`)
      )
      assert.isTrue((yield* alice.take(20)).every(({ status }, i) => status === "success" && i < 20))
      assert.isBelow(entries.length - before, 20)
    })
  )

  it.effect("LOGIN-4: of two logins that wait for the log, one has the name", () =>
    Effect.gen(function* () {
      const { appended, entries, latch } = yield* Gate
      const [one, two] = [yield* connect, yield* connect]
      const before = entries.length
      latch.closeUnsafe()
      one.send({ type: "login", username: "same" })
      yield* appended(before + 1)
      two.send({ type: "login", username: "SAME" })
      latch.openUnsafe()
      assert.strictEqual((yield* one.next).status, "success")
      assert.strictEqual((yield* two.next).code, "username_taken")
    })
  )

  it.effect("LEAVE-2: a name that is granted after its client has gone is free again", () =>
    Effect.gen(function* () {
      const { appended, entries, latch } = yield* Gate
      const witness = yield* connectAs("leave-witness")
      const alice = yield* connect
      const before = entries.length
      latch.closeUnsafe()
      alice.send({ type: "login", username: "leave-alice" })
      yield* appended(before + 1)
      alice.socket.resetAndDestroy()
      latch.openUnsafe()
      const next = yield* connect
      let reply = yield* next.ask({ type: "login", username: "leave-alice" })
      while (reply.code === "username_taken")
        reply = yield* next.ask({ type: "login", username: "leave-alice" })
      assert.strictEqual(reply.status, "success")
      const { users } = yield* witness.ask({ type: "list" })
      assert.strictEqual(users.filter((name: string) => name === "leave-alice").length, 1)
    })
  )
})
