import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { AddressLimits } from "../src/net/AddressLimits.ts"
import { Server } from "../src/Server.ts"
import { defaults } from "../src/settings/Settings.ts"
import { server } from "./support/server.ts"
import { connect, connectAs, connectTo } from "./support/TestClient.ts"

layer(server({ messageRate: 10, messageBurst: 3 }))("Message rate", (it) => {
  it.effect(
    "CODE-1: too many messages are refused with rate_limited and the time to wait, never dropped silently",
    () =>
      Effect.gen(function* () {
        const [fast, other] = [yield* connectAs("fast"), yield* connectAs("other")]
        const say = (content: string) => fast.ask({ type: "message", content, id: content })
        for (const content of ["1", "2", "3"]) assert.strictEqual((yield* say(content)).status, "success")
        const refusal = yield* say("4")
        assert.strictEqual(refusal.code, "rate_limited")
        assert.strictEqual(refusal.retryAfterMs, 100)
        assert.strictEqual(refusal.id, "4")
        assert.strictEqual((yield* fast.ask({ type: "ping" })).message, "pong")
        other.send({ type: "message", content: "another's right" })
        const heard = yield* other.takeUntil(({ status }) => status === "success")
        assert.strictEqual((yield* fast.next).content, "another's right")
        yield* TestClock.adjust(refusal.retryAfterMs)
        assert.strictEqual((yield* say("5")).status, "success")
        heard.push(...(yield* other.before))
        assert.deepStrictEqual(
          heard.map(({ content }) => content),
          ["1", "2", "3", "5"]
        )
      })
  )
})

layer(server({ trafficRate: 65_536, trafficBurst: 4_096 }))("Traffic", (it) => {
  it.effect(
    "what a client sends and is answered has a price: one in debt is left unread, and nobody else",
    () =>
      Effect.gen(function* () {
        const [costly, polite] = [yield* connectAs("costly"), yield* connectAs("polite")]
        const count = 1_000
        costly.send('{"type":"list"}'.repeat(count))
        const answered = yield* Effect.forkChild(costly.take(count), { startImmediately: true })
        for (let i = 0; i < 20; i++) assert.strictEqual((yield* polite.ask({ type: "ping" })).message, "pong")
        assert.isBelow(costly.socket.bytesRead, 8_192)
        let millis = 0
        for (; answered.pollUnsafe() === undefined; millis += 50) {
          yield* TestClock.adjust(50)
          yield* polite.ask({ type: "ping" })
        }
        const bytes = costly.socket.bytesRead + costly.socket.bytesWritten
        assert.isAtLeast(65.536 * millis + 4_096 + 2 * 65_536, bytes)
        assert.isAtMost(65.536 * millis, 3 * bytes)
      })
  )

  it.effect("garbage has a price as well, before the login too", () =>
    Effect.gen(function* () {
      const [costly, polite] = [yield* connect, yield* connectAs("other")]
      costly.send("1 ".repeat(10_000))
      for (let i = 0; i < 20; i++) yield* polite.ask({ type: "ping" })
      assert.isBelow(costly.socket.bytesRead, 8_192)
    })
  )
})

layer(server({ roomRate: 1_024 }))("Room rate", (it) => {
  it.effect("what all say together is limited: then speakers are left unread, and nothing is lost", () =>
    Effect.gen(function* () {
      const speakers = [yield* connectAs("one"), yield* connectAs("two"), yield* connectAs("three")]
      const reader = yield* connectAs("reader")
      for (const speaker of speakers) speaker.send({ type: "message", content: "x".repeat(1_500) })
      yield* reader.take(2)
      const third = yield* Effect.forkChild(reader.next, { startImmediately: true })
      const other = yield* connect
      for (let i = 0; i < 20; i++) yield* other.ask({ type: "ping" })
      assert.isUndefined(third.pollUnsafe())
      yield* TestClock.adjust(2_000)
      assert.strictEqual((yield* Fiber.join(third)).type, "message")
    })
  )
})

layer(server({ loginBytesMax: 1_000, loginTriesMax: 3 }))("Before login", (it) => {
  it.effect("FRAME-5: who sends more than its budget without logging in is ended, drip-fed or not", () =>
    Effect.gen(function* () {
      const [flood, drip] = [yield* connect, yield* connect]
      flood.send(" ".repeat(2_000))
      assert.strictEqual((yield* flood.rest)[0]?.code, "too_large")
      for (let i = 0; i < 100; i++) drip.send({ type: "ping" })
      assert.strictEqual((yield* drip.rest).at(-1)?.code, "too_large")
    })
  )

  it.effect(
    "FRAME-5: the budget is counted before the answer: garbage gets no more replies than fit in it",
    () =>
      Effect.gen(function* () {
        const client = yield* connect
        client.send("1 ".repeat(30_000))
        const replies = yield* client.rest
        assert.strictEqual(replies.pop()?.code, "too_large")
        assert.isAtMost(replies.length, 500)
      })
  )

  it.effect("FRAME-5: what comes after the login in the same bytes is not counted", () =>
    Effect.gen(function* () {
      const client = yield* connect
      client.send(
        { type: "login", username: "big" },
        { type: "message", content: "x".repeat(5_000) },
        { type: "ping" }
      )
      const replies = yield* client.take(3)
      assert.isTrue(replies.every(({ status }) => status === "success"))
    })
  )

  it.effect("LOGIN-5: after so many refusals the last one is also the goodbye", () =>
    Effect.gen(function* () {
      const client = yield* connectAs("owner").pipe(Effect.andThen(connect))
      for (let i = 0; i < 5; i++) client.send({ type: "login", username: "owner", id: i })
      const replies = yield* client.rest
      assert.deepStrictEqual(
        replies.map(({ code, id }) => [code, id]),
        [0, 1, 2].map((id) => ["username_taken", id])
      )
      assert.strictEqual(yield* client.ended, "fin")
    })
  )
})

layer(server({ hosts: ["127.0.0.1"], addressClientsMax: 2, exemptAddresses: ["127.0.0.8/30"] }))(
  "Addresses",
  (it) => {
    it.effect(
      "CODE-1: too many connections from one address are told so; others and exempt ones are not",
      () =>
        Effect.gen(function* () {
          const [address] = (yield* Server).addresses
          const [first] = [yield* connect, yield* connect]
          const third = yield* connect
          assert.strictEqual((yield* third.rest)[0]?.code, "too_many_connections")
          const elsewhere = yield* connectTo(address!, "127.0.0.2")
          assert.strictEqual((yield* elsewhere.ask({ type: "ping" })).message, "pong")
          for (let i = 0; i < 5; i++) {
            const exempt = yield* connectTo(address!, "127.0.0.9")
            assert.strictEqual((yield* exempt.ask({ type: "ping" })).message, "pong")
          }
          first.socket.resetAndDestroy()
          yield* first.ended
          let reply = undefined
          while (reply?.message !== "pong") {
            const again = yield* connect
            again.send({ type: "ping" })
            reply = yield* again.next
            if (reply.message !== "pong") again.socket.destroy()
          }
        })
    )
  }
)

describe("AddressLimits", () => {
  const rules = {
    addressClientsMax: 2,
    networkClientsMax: undefined,
    addressRate: 3,
    exemptAddresses: ["192.0.2.0/24", "2001:db8:1::/48"]
  }

  it("counts connections at once and new ones a minute, each address alone", () => {
    const limits = new AddressLimits(rules)
    assert.deepStrictEqual(
      [1, 2, 3].map(() => limits.admit("198.51.100.1", 0)),
      [true, true, false]
    )
    limits.leave("198.51.100.1")
    assert.isTrue(limits.admit("198.51.100.1", 0))
    limits.leave("198.51.100.1")
    assert.isFalse(limits.admit("198.51.100.1", 0), "the fourth within the minute")
    assert.isTrue(limits.admit("198.51.100.2", 0))
    assert.isTrue(limits.admit("198.51.100.1", 20_000), "a third of a minute later there is one more")
  })

  it("an IPv6 network of 64 bits is one address, and a mapped IPv4 address is itself", () => {
    const limits = new AddressLimits(rules)
    assert.isTrue(limits.admit("2001:db8::1", 0))
    assert.isTrue(limits.admit("2001:db8:0:0:ffff::2", 0))
    assert.isFalse(limits.admit("2001:db8::3", 0))
    assert.isTrue(limits.admit("2001:db8:0:1::1", 0))
    assert.isTrue(limits.admit("::ffff:198.51.100.1", 0))
    assert.isTrue(limits.admit("198.51.100.1", 0))
    assert.isFalse(limits.admit("::ffff:198.51.100.1", 0))
  })

  it("a network of 24 bits, or 48 of IPv6, has no more seats than its limit, however many addresses it has", () => {
    const limits = new AddressLimits({ ...rules, addressRate: undefined, networkClientsMax: 3 })
    const admitted = (...addresses: ReadonlyArray<string>) => addresses.map((each) => limits.admit(each, 0))
    assert.deepStrictEqual(admitted("198.51.100.1", "198.51.100.2", "198.51.100.3"), [true, true, true])
    assert.deepStrictEqual(admitted("198.51.100.4", "::ffff:198.51.100.5", "198.51.101.4"), [
      false,
      false,
      true
    ])
    assert.deepStrictEqual(admitted("2001:db8::1", "2001:db8:0:1::1", "2001:db8:0:2::1"), [true, true, true])
    assert.deepStrictEqual(admitted("2001:db8:0:3::1", "2001:db8:2::1", "2001:db8:1::1"), [false, true, true])
    limits.leave("198.51.100.1")
    assert.deepStrictEqual(admitted("198.51.100.4", "198.51.100.5"), [true, false])
    for (const address of ["198.51.100.2", "198.51.100.3", "198.51.100.4"]) limits.leave(address)
    assert.deepStrictEqual(admitted("198.51.100.7"), [true])
  })

  it("exempt ranges are not counted, and what need not be remembered is forgotten", () => {
    const limits = new AddressLimits(rules)
    for (let i = 0; i < 10; i++) {
      assert.isTrue(limits.admit("192.0.2.1", 0))
      assert.isTrue(limits.admit("2001:db8:1:2::3", 0))
    }
    assert.strictEqual(limits.size, 0)
    for (let i = 0; i < 100; i++) limits.admit(`198.51.100.${i}`, 0)
    limits.prune(0)
    assert.strictEqual(limits.size, 100)
    for (let i = 0; i < 99; i++) limits.leave(`198.51.100.${i}`)
    limits.prune(60_000)
    assert.strictEqual(limits.size, 1)
  })

  it("the public profile has the limits that the lab has not", () => {
    const [lab, open] = [defaults("lab"), defaults("public")]
    assert.isUndefined(lab.messageRate)
    assert.isUndefined(lab.networkClientsMax)
    assert.deepInclude(open, { messageRate: 10, messageBurst: 30, addressClientsMax: 16, addressRate: 30 })
    assert.strictEqual(open.networkClientsMax, 256)
    assert.deepInclude(open, { loginMillisMax: 20_000, idleMillisMax: 300_000, loginBytesMax: 4_096 })
  })
})
