import { existsSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { Drain } from "../src/hub/Drain.ts"
import { Hub } from "../src/hub/Hub.ts"
import { Connections } from "../src/net/Connections.ts"
import { deadlines } from "../src/net/Deadlines.ts"
import { Pauses } from "../src/net/Pauses.ts"
import { tcpTables } from "../src/net/TcpTable.ts"
import { inMemory } from "../src/replica/InMemory.ts"
import { houseLayer } from "../src/requests/House.ts"
import { Replies } from "../src/requests/Replies.ts"
import { Server } from "../src/Server.ts"
import { defaults, Settings, type Values } from "../src/settings/Settings.ts"
import { ConnectionLog } from "../src/telemetry/ConnectionLog.ts"
import { minimumLogLevel } from "../src/telemetry/Logger.ts"
import { Counters } from "../src/telemetry/Counters.ts"
import { flood, long } from "./support/flood.ts"
import { connectAs, type TestClient } from "./support/TestClient.ts"

/** The parts of a server, so that it can be seen who is paused. */
const open = (settings: Partial<Values>) =>
  Server.layer.pipe(
    Layer.provide([deadlines, Drain.layer, houseLayer]),
    Layer.provide([ConnectionLog.layer, Replies.layer]),
    Layer.provide([Counters.layer, Hub.layer, inMemory]),
    Layer.provideMerge(Pauses.layer),
    Layer.provideMerge(Connections.layer),
    Layer.provide(Layer.succeed(Settings, { ...defaults(), hosts: ["127.0.0.1"], port: 0, ...settings })),
    Layer.provide(minimumLogLevel("error")),
    Layer.fresh
  )

const KiB = 1_024

/** The reply to a request, whatever comes before it. */
const ask = Effect.fnUntraced(function* (client: TestClient, request: object) {
  const id = `asked ${asked++}`
  client.send({ ...request, id })
  let received = yield* client.next
  while (received.id !== id) received = yield* client.next
  return received
})

let asked = 0

/** Waits until this is so, with a round trip between two looks. */
const until = Effect.fnUntraced(function* (client: TestClient, isSo: () => boolean) {
  while (!isSo()) yield* ask(client, { type: "ping" })
})

const users = (client: TestClient) =>
  Effect.map(ask(client, { type: "list" }), ({ users }): ReadonlyArray<string> => users)

/** Takes so many acknowledgements, whatever comes between them. */
const acks = Effect.fnUntraced(function* (client: TestClient, count: number) {
  for (let left = count; left > 0;) if ((yield* client.next).status === "success") left--
})

/** The same, while time passes, so that whoever is paused meanwhile may go on. */
const acksInTime = (client: TestClient, count: number, other: TestClient) => {
  const time = Effect.forever(Effect.andThen(ask(other, { type: "ping" }), TestClock.adjust(20)))
  return Effect.raceFirst(acks(client, count), time)
}

/** A room in which a flooder is paused, because too much waits for one who reads nothing. */
const besideFrozen = Effect.gen(function* () {
  const { paused } = yield* Pauses
  const frozen = yield* connectAs("frozen")
  frozen.socket.pause()
  const [flooder, ordinary] = [yield* connectAs("flooder"), yield* connectAs("ordinary")]
  const bystander = yield* connectAs("bystander")
  const isFlooderPaused = () => [...paused.keys()].some(({ peer }) => peer.port === flooder.socket.localPort)
  flooder.send(...Array.from({ length: floodMessages }, () => ({ type: "message", content: long })))
  yield* until(bystander, isFlooderPaused)
  return { bystander, flooder, frozen, isFlooderPaused, ordinary }
})

const floodMessages = 200

it.effect(
  "MSG-10: one who reads nothing holds back a flooder for the stall, and nobody who says little",
  () =>
    Effect.gen(function* () {
      const { bystander, flooder, isFlooderPaused, ordinary } = yield* besideFrozen
      for (let i = 0; i < 20; i++) {
        ordinary.send({ type: "message", content: `small ${i}` })
        yield* bystander.takeUntil(({ content }) => content === `small ${i}`)
        yield* TestClock.adjust(95)
      }
      assert.isTrue(isFlooderPaused())
      assert.include(yield* users(bystander), "frozen")
      yield* TestClock.adjust(4_000)
      yield* acksInTime(flooder, floodMessages, bystander)
      assert.notInclude(yield* users(bystander), "frozen")
    }).pipe(
      Effect.scoped,
      Effect.provide(open({ outboxBytesMax: 512 * KiB, readerReserveBytes: 1_024 * KiB }))
    )
)

it.effect(
  "MSG-10: one who reads nothing for longer than the stall, and then goes on, has missed nothing",
  () =>
    Effect.gen(function* () {
      const { bystander, flooder, frozen } = yield* besideFrozen
      for (let millis = 0; millis < 4_000; millis += 200) {
        yield* ask(bystander, { type: "ping" })
        yield* TestClock.adjust(200)
      }
      yield* acksInTime(flooder, floodMessages, bystander)
      assert.include(yield* users(bystander), "frozen")
      frozen.socket.resume()
      for (const { content } of yield* frozen.take(floodMessages)) assert.strictEqual(content, long)
    }).pipe(Effect.scoped, Effect.provide(open({ outboxBytesMax: 512 * KiB })))
)

const tellsAcknowledged = existsSync(tcpTables[0]!)
if (!tellsAcknowledged)
  console.warn("SKIPPED: there is no /proc/net/tcp, so slow readers were not told from frozen ones")

for (const [rate, bytesPerSecond] of [
  ["--reader-rate", defaults().readerRate],
  ["250 KB a second", 250_000]
] as const)
  it.live.skipIf(!tellsAcknowledged)(
    `MSG-10: a reader of ${rate} that has just come keeps its place in a full flood`,
    () =>
      Effect.gen(function* () {
        const slow = yield* reading(bytesPerSecond)
        const bystander = yield* connectAs("bystander")
        for (const speaker of yield* Effect.forEach([0, 1, 2], (i) => connectAs(`speaker ${i}`)))
          flood(speaker)
        yield* until(bystander, () => slow.portions > 5)
        assert.include(yield* users(bystander), slow.name)
      }).pipe(Effect.scoped, Effect.provide(open({ readerRate: 32 * KiB }))) // a busy machine slows it down
  )

/** One that takes so many bytes a second, in portions as large as one read. */
const reading = Effect.fnUntraced(function* (bytesPerSecond: number) {
  const name = `reads ${bytesPerSecond}`
  const { socket } = yield* connectAs(name)
  const reader = { name, portions: 0 }
  socket.on("data", ({ length }: Buffer) => {
    reader.portions++
    socket.pause()
    setTimeout(() => socket.resume(), (length / bytesPerSecond) * 1_000)
  })
  return reader
})

it.effect("PING-1: the time for which a speaker is paused is not idle time", () =>
  Effect.gen(function* () {
    const { bystander, flooder, frozen, isFlooderPaused, ordinary } = yield* besideFrozen
    for (let seconds = 0; seconds < 6; seconds++) {
      frozen.send({ type: "ping" })
      for (const client of [bystander, ordinary]) yield* ask(client, { type: "ping" })
      yield* TestClock.adjust(1_000)
      assert.isTrue(isFlooderPaused())
    }
    yield* TestClock.adjust(3_000)
    yield* acksInTime(flooder, floodMessages, bystander)
  }).pipe(
    Effect.scoped,
    Effect.provide(
      open({ outboxBytesMax: 512 * KiB, idleMillisMax: 4_000, stallMillis: 8_000, speakerShare: KiB })
    )
  )
)

for (const way of ["resetAndDestroy", "destroy"] as const)
  it.effect(
    `LEAVE-2: a speaker that ends while it is paused is off the list within three seconds, also where nobody may speak (${way})`,
    () =>
      Effect.gen(function* () {
        const { bystander, flooder, isFlooderPaused } = yield* besideFrozen
        yield* TestClock.adjust(10_000)
        assert.isTrue(isFlooderPaused())
        flooder.socket[way]()
        for (let millis = 0; millis < 3_000; millis += 100) {
          yield* ask(bystander, { type: "ping" })
          yield* TestClock.adjust(100)
        }
        assert.notInclude(yield* users(bystander), "flooder")
      }).pipe(
        Effect.scoped,
        Effect.provide(open({ outboxBytesMax: 512 * KiB, stallMillis: 60_000, speakerShare: KiB }))
      )
  )

it.effect("WIRE-1: what is sent to a speaker that is paused means nothing, and every line is an object", () =>
  Effect.gen(function* () {
    const { bystander, flooder, isFlooderPaused } = yield* besideFrozen
    yield* TestClock.adjust(10_000)
    assert.isTrue(isFlooderPaused())
    const sent = () => Buffer.concat(flooder.chunks).toString()
    yield* until(bystander, () => sent().endsWith("     "))
    yield* TestClock.adjust(60_000)
    yield* acksInTime(flooder, floodMessages, bystander)
    for (const line of sent().split("\n").slice(0, -1)) assert.isObject(JSON.parse(line))
  }).pipe(
    Effect.scoped,
    Effect.provide(open({ outboxBytesMax: 512 * KiB, stallMillis: 60_000, speakerShare: KiB }))
  )
)

it.live("MSG-10: speakers at full rate never cost a reader its place, nor a message", () =>
  Effect.gen(function* () {
    const reader = yield* connectAs("reader")
    const speakers = yield* Effect.forEach([0, 1, 2, 3, 4], (i) => connectAs(`speaker ${i}`))
    const each = 30
    reader.socket.on("data", () => {
      reader.socket.pause() // a chunk in a turn of the event loop: steadily, but slower than they speak
      setTimeout(() => reader.socket.resume(), 1)
    })
    for (const speaker of speakers)
      speaker.send(...Array.from({ length: each }, (_, i) => ({ type: "message", content: `${i} ${long}` })))
    const heard = yield* reader.take(each * speakers.length)
    for (const i of speakers.keys())
      assert.deepStrictEqual(
        heard
          .filter(({ username }) => username === `speaker ${i}`)
          .map(({ content }) => Number.parseInt(content, 10)),
        Array.from({ length: each }, (_, n) => n)
      )
    assert.strictEqual((yield* ask(reader, { type: "ping" })).message, "pong")
  }).pipe(Effect.scoped, Effect.provide(open({ outboxBytesMax: 384 * KiB })))
)

for (const features of [["direct"], ["direct", "history"]])
  it.live(`letters that wait count as what is kept for their addressee alone (${features.join(", ")})`, () =>
    Effect.gen(function* () {
      const { outboxes } = yield* Connections
      const deaf = yield* connectAs("deaf", "rooms", ...features)
      deaf.socket.pause()
      const writer = yield* connectAs("writer", "rooms", "direct")
      while (outboxes.highestBytes < 1_024 * KiB)
        assert.strictEqual((yield* ask(writer, { type: "message", to: "deaf", content: long })).to, "deaf")
      assert.isAtLeast(outboxes.keptBytes, outboxes.highestBytes)
    }).pipe(Effect.scoped, Effect.provide(open({ outboxBytesMax: 4_096 * KiB })))
  )

it.effect("PRES-1: whoever comes and goes pays for what all others are told of it", () =>
  Effect.gen(function* () {
    const { paused, total } = yield* Pauses
    const mover = yield* connectAs("mover", "rooms")
    const move = Effect.fnUntraced(function* () {
      for (const type of ["join", "leave"]) yield* ask(mover, { type, room: "lab" })
    })
    for (let i = 0; i < 10; i++) yield* move()
    assert.strictEqual(total(), 0, "there is nobody to tell")
    for (let i = 0; i < 30; i++)
      yield* ask(yield* connectAs(`watcher ${i}`, "rooms", "presence"), { type: "join", room: "lab" })
    const bystander = yield* connectAs("bystander")
    for (let i = 0; i < 10; i++) mover.send({ type: "join", room: "lab" }, { type: "leave", room: "lab" })
    yield* until(bystander, () => paused.size > 0)
    assert.deepStrictEqual(
      Array.from(paused.keys(), ({ peer }) => peer.port),
      [mover.socket.localPort]
    )
    while (paused.size > 0) {
      yield* TestClock.adjust(1_000)
      yield* ask(bystander, { type: "ping" })
    }
  }).pipe(Effect.scoped, Effect.provide(open({ trafficRate: 4 * KiB, trafficBurst: 24 * KiB })))
)
