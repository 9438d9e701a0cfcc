import { once } from "node:events"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { text } from "node:stream/consumers"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Connection, type ConnectionRules } from "../src/net/Connection.ts"
import type { Outbox } from "../src/net/Behind.ts"
import { Outboxes } from "../src/net/Outboxes.ts"
import type { Seat } from "../src/net/Admission.ts"
import { nextTurn } from "../src/hub/Delivery.ts"
import { SocketTransport } from "../src/net/SocketTransport.ts"
import type { Transport, TransportOwner } from "../src/net/Transport.ts"
import { dial } from "./support/dial.ts"

const outboxesRules = {
  outboxBytesMax: 1_024,
  outboxesBytesMax: 1_024,
  readerReserveBytes: 0,
  stallMillis: 1_000,
  readerRate: 1,
  readerLagMillis: 1_000
}

const rules: ConnectionRules = {
  outboxBytesMax: 1_024,
  loginMillisMax: 60_000,
  lingerMillisMax: 60_000,
  onSlow: () => {},
  onClosed: () => {},
  readMillis: () => 0,
  outboxes: new Outboxes(outboxesRules, () => [])
}

const seat: Seat = { acceptedAtMillis: 0, address: "", refusal: undefined }

/** The two ends of one connection. */
const pair = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1")
    await once(server, "listening")
    const client = dial((server.address() as AddressInfo).port)
    const [socket] = (await once(server, "connection")) as [Socket]
    return { server, client, socket }
  }),
  ({ client, server }) =>
    Effect.sync(() => {
      client.destroy()
      server.close()
    })
)

const ends = { localPort: 2, peer: { host: "fake", port: 1 } }

/** A transport without a network: what is written waits until the test takes it. */
class FakeTransport implements Transport {
  readonly peer = { host: "fake", port: 1 }
  readonly ends = ends
  readonly bytesIn = 0
  readonly bytesOut = 0
  readonly takenBytes = 0
  readonly needsDrain = false
  readonly calls: Array<string> = []
  waitingBytes = 0
  owner!: TransportOwner
  open(owner: TransportOwner): void {
    this.owner = owner
  }
  write({ length }: Buffer): number {
    this.waitingBytes += length
    return 0
  }
  writeTogether(parts: ReadonlyArray<Buffer>): number {
    for (const part of parts) this.write(part)
    return 0
  }
  probe = () => this.calls.push("probe")
  pause = () => this.calls.push("pause")
  resume = () => this.calls.push("resume")
  end = () => this.calls.push("end")
  abort = () => this.calls.push("abort")
  abortWhenIdle = () => this.calls.push("abortWhenIdle")
}

describe("Connection over any transport", () => {
  it.effect("holds one unread piece and pauses the transport; reading it resumes", () =>
    Effect.gen(function* () {
      const transport = new FakeTransport()
      const connection = new Connection(1, transport, seat, rules)
      transport.owner.onData(Buffer.from("one"))
      assert.deepStrictEqual(transport.calls, ["pause"])
      assert.strictEqual(String(yield* connection.read()), "one")
      assert.deepStrictEqual(transport.calls, ["pause", "resume"])
      transport.owner.onEnd()
      assert.strictEqual(yield* Effect.flip(connection.read()), "left")
    })
  )

  it.effect("MSG-10: never lets more wait than may, and ends with slow_consumer instead", () =>
    Effect.gen(function* () {
      const slow: Array<number> = []
      const transport = new FakeTransport()
      const outboxes = new Outboxes(outboxesRules, () => [])
      const onSlow = ({ waitingBytes }: Connection) => void slow.push(waitingBytes)
      const connection = new Connection(1, transport, seat, { ...rules, onSlow, outboxes })
      const reading = yield* Effect.forkChild(Effect.flip(connection.read()), { startImmediately: true })
      for (let i = 0; i < 10; i++) connection.offer(Buffer.alloc(400))
      assert.strictEqual(transport.waitingBytes, 800)
      assert.strictEqual(outboxes.highestBytes, 800)
      assert.deepStrictEqual(slow, [800])
      assert.strictEqual(yield* Fiber.join(reading), "slow_consumer")
    })
  )

  it.effect("MSG-10: of parts that together are too much none is written", () =>
    Effect.gen(function* () {
      const transport = new FakeTransport()
      const connection = new Connection(1, transport, seat, rules)
      connection.offerTogether([Buffer.alloc(500), Buffer.alloc(524)])
      assert.strictEqual(transport.waitingBytes, 1_024)
      connection.offerTogether([Buffer.alloc(0), Buffer.alloc(1)])
      assert.strictEqual(transport.waitingBytes, 1_024)
      assert.strictEqual(yield* Effect.flip(connection.read()), "slow_consumer")
    })
  )

  it.effect("is done once the transport is closed, and says so once", () =>
    Effect.gen(function* () {
      const closed: Array<Connection> = []
      const transport = new FakeTransport()
      const onClosed = (connection: Connection) => void closed.push(connection)
      const connection = new Connection(1, transport, seat, { ...rules, onClosed })
      connection.stop("shutting_down")
      const ending = yield* Effect.forkChild(connection.finish(undefined), { startImmediately: true })
      assert.deepStrictEqual(transport.calls, ["end", "resume", "abortWhenIdle"])
      assert.isUndefined(ending.pollUnsafe())
      transport.owner.onClose()
      yield* Fiber.join(ending)
      assert.deepStrictEqual(closed, [connection])
    })
  )
})

describe("Connection over a socket", () => {
  it.effect(
    "END-1: cut off while its FIN is on the way, a connection is closed and its last words arrive",
    () =>
      Effect.gen(function* () {
        const { client, socket } = yield* pair
        const connection = new Connection(1, new SocketTransport(socket), seat, rules)
        const closed = once(socket, "close")
        const ending = yield* Effect.forkChild(connection.finish(Buffer.from("adieu")), {
          startImmediately: true
        })
        connection.abort()
        yield* Effect.promise(() => closed)
        yield* Fiber.join(ending)
        assert.strictEqual(yield* Effect.promise(() => text(client)), "adieu")
      }).pipe(Effect.scoped)
  )
})

/** An outbox for which so much is kept; once it is cut off, nothing is. */
const outboxOf = (outboxes: Outboxes, name: string, keptBytes: number, cut: Array<string>) => ({
  ends,
  waitingBytes: 0,
  bytesOut: 0,
  takenBytes: 0,
  keptBytes,
  noteWaiting: () => {},
  cutOff() {
    cut.push(name)
    outboxes.free(this.keptBytes)
    this.keptBytes = 0
  }
})

describe("Outboxes", () => {
  it.effect("sees what a peer has taken where the system has taken nothing more of a write", () =>
    Effect.gen(function* () {
      let untakenBytes = 1_000_000
      const ask = () => Promise.resolve({ bytes: [untakenBytes], busyMillis: 0 })
      const outboxes = new Outboxes(
        { ...outboxesRules, stallMillis: 2_000, readerRate: 100_000, readerLagMillis: 60_000 },
        () => [],
        ask
      )
      const outbox = { ...outboxOf(outboxes, "slow", 0, []), waitingBytes: 1_024, takenBytes: 1_100_000 }
      outboxes.turned(outbox, true)
      const isLiveAt = (millis: number) =>
        Effect.map(
          Effect.tap(
            Effect.sync(() => outboxes.mostBehindBytes(millis)),
            nextTurn
          ),
          (bytes) => bytes !== undefined
        )
      for (let millis = 0; millis <= 10_000; millis += 100) {
        if (millis % 1_000 === 0) untakenBytes -= 50_000
        assert.isTrue(yield* isLiveAt(millis), `at ${millis} ms`)
      }
      for (let millis = 10_000; millis <= 20_000; millis += 1_000) yield* isLiveAt(millis)
      assert.isFalse(yield* isLiveAt(21_000), "it has stopped")
    })
  )

  it("ends those for which most is kept once all together keep too much, until a quarter is free", () => {
    const cut: Array<string> = []
    const all: Array<Outbox> = []
    const outboxes = new Outboxes(outboxesRules, () => all)
    for (const [name, bytes] of Object.entries({ little: 100, much: 400, most: 500, some: 24 })) {
      all.push(outboxOf(outboxes, name, bytes, cut))
      outboxes.keep(bytes)
    }
    assert.deepStrictEqual([outboxes.keptBytes, cut], [1_024, []])
    outboxes.keep(1)
    assert.deepStrictEqual([outboxes.keptBytes, cut], [525, ["most"]])
  })
})
