import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Server } from "../../src/Server.ts"
import type { Values } from "../../src/settings/Settings.ts"
import { server } from "../support/server.ts"
import { connectAs, type Received, type TestClient } from "../support/TestClient.ts"
import { all, enter } from "./Member.ts"

const MiB = 1 << 20
const long = "x".repeat(64_000)

/** A server with small outboxes; a speaker who had to wait for a reader here would wait until the test fails. */
const live = <E>(
  name: string,
  settings: Partial<Values>,
  run: Effect.Effect<void, E, Scope.Scope | Server>
) =>
  it.live(name, () =>
    Effect.scoped(run).pipe(
      Effect.provide(
        server({ outboxBytesMax: MiB, stallMillis: 3_600_000, historyBytesMax: 512 * MiB, ...settings })
      )
    )
  )

/** Says so many long messages, each once the one before is acknowledged. */
const sayLong = (speaker: TestClient, count: number, fields: object = {}) =>
  Effect.forEach(
    Array.from({ length: count }, () => ({ type: "message", content: long, ...fields })),
    (message) => Effect.map(speaker.ask(message), ({ status }) => assert.strictEqual(status, "success")),
    { discard: true }
  )

/** The numbers in what came: of messages and acks as they are, and those of a gap together. */
const numbers = (received: ReadonlyArray<Received>): ReadonlyArray<number | ReadonlyArray<number>> =>
  received.flatMap(({ from, seq, to, type }): ReadonlyArray<number | ReadonlyArray<number>> => {
    if (type === "gap") return [upTo(to, from)]
    return seq === undefined ? [] : [seq]
  })

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i)

live(
  "MSG-10, HIST-1: who reads nothing through 200 messages of 64 KiB is cut off from none, and delays nobody",
  {},
  Effect.gen(function* () {
    const { client: speaker } = yield* enter("speaker")
    const { client: reader } = yield* enter("reader", {}, all)
    reader.socket.pause()
    yield* sayLong(speaker, 200)
    reader.send({ type: "list", id: "fence" })
    reader.socket.resume()
    const received = yield* reader.takeUntil(({ id }) => id === "fence")
    assert.deepStrictEqual(numbers(received), upTo(200))
    yield* sayLong(speaker, 1)
    assert.strictEqual((yield* reader.next).seq, 201)
  })
)

live(
  "HIST-3, SEQ-2, SEQ-3: what is not kept any more is a gap to the number, and the ack between stands at its place",
  { historyMax: 30 },
  Effect.gen(function* () {
    const { client: speaker } = yield* enter("speaker")
    const { client: reader } = yield* enter("reader")
    reader.socket.pause()
    yield* sayLong(speaker, 150)
    reader.send({ type: "message", content: "mine", id: "ack" })
    yield* speaker.next
    yield* sayLong(speaker, 149)
    reader.send({ type: "list", id: "fence" })
    reader.socket.resume()
    const received = yield* reader.takeUntil(({ id }) => id === "fence")
    const shown = numbers(received)
    assert.deepStrictEqual(shown.flat(), upTo(300))
    assert.strictEqual(received.find(({ id }) => id === "ack")?.seq, 151)
    const gaps = shown.filter((each) => typeof each !== "number")
    assert.strictEqual(gaps.at(-1)?.at(-1), 270)
    assert.isAtMost(gaps.length, 2)
  })
)

live(
  "ROOM-4, ROOM-5: several rooms are caught up with, each in its order and with its presence at its place",
  {},
  Effect.gen(function* () {
    const rooms = ["one", "two", "three"]
    const { client: speaker } = yield* enter("speaker")
    const { client: reader } = yield* enter("reader", {}, all)
    for (const room of rooms)
      for (const client of [speaker, reader]) yield* client.ask({ type: "join", room })
    yield* reader.before
    reader.socket.pause()
    for (let round = 0; round < 20; round++) {
      for (const room of rooms) yield* sayLong(speaker, 2, { room })
      yield* speaker.ask({ type: "leave", room: "two" })
      yield* speaker.ask({ type: "join", room: "two" })
    }
    reader.send({ type: "list", id: "fence" })
    reader.socket.resume()
    const received = yield* reader.takeUntil(({ id }) => id === "fence")
    for (const room of rooms) {
      const told = received.filter((event) => event["room"] === room).map(({ seq, type }) => seq ?? type)
      const presence = room === "two" ? ["left", "joined"] : []
      assert.deepStrictEqual(
        told,
        Array.from({ length: 20 }, (_, i) => [2 * i + 1, 2 * i + 2, ...presence]).flat()
      )
    }
  })
)

live(
  "a client that catches up is answered, and may leave a room that it has not caught up with",
  {},
  Effect.gen(function* () {
    const { client: speaker } = yield* enter("speaker")
    const { client: reader } = yield* enter("reader")
    for (const client of [speaker, reader]) yield* client.ask({ type: "join", room: "lab" })
    reader.socket.pause()
    yield* sayLong(speaker, 150, { room: "lab" })
    reader.send({ type: "ping", id: "ping" }, { type: "leave", room: "lab", id: "leave" })
    let users: ReadonlyArray<string>
    do users = (yield* speaker.ask({ type: "list", room: "lab" })).users
    while (users.includes("reader"))
    reader.socket.resume()
    const received = yield* reader.takeUntil(({ id }) => id === "leave")
    const ping = received.findIndex(({ id }) => id === "ping")
    assert.isAbove(ping, 0)
    const shown = numbers(received)
    assert.deepStrictEqual(shown, upTo(shown.length))
    assert.isBelow(shown.length, 150)
  })
)

it.live("END-1: at shutdown, a client that reads is shown all that it missed, then told goodbye", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(
      server({ outboxBytesMax: MiB, drainMillisMax: 30_000 }),
      scope
    )
    const provide = Effect.provide(context)
    const { client: speaker } = yield* provide(enter("speaker"))
    const { client: reader } = yield* provide(enter("reader"))
    reader.socket.pause()
    yield* sayLong(speaker, 200)
    const end = yield* Effect.forkChild(Scope.close(scope, Exit.void))
    assert.strictEqual((yield* speaker.next).code, "shutting_down")
    reader.socket.resume()
    const received = yield* reader.rest
    assert.strictEqual(received.pop()?.code, "shutting_down")
    assert.deepStrictEqual(numbers(received), upTo(200))
    yield* Fiber.join(end)
  }).pipe(Effect.scoped)
)

live(
  "MSG-10: beside one that catches up, a plain client hears everything at once",
  {},
  Effect.gen(function* () {
    const { client: speaker } = yield* enter("speaker")
    const { client: reader } = yield* enter("reader")
    const plain = yield* connectAs("plain")
    reader.socket.pause()
    for (let i = 0; i < 100; i++) {
      yield* sayLong(speaker, 1)
      assert.deepStrictEqual(Object.keys(yield* plain.next), ["type", "username", "content"])
    }
  })
)
