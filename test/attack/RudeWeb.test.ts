import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { noTotals } from "../../attack/Chat.ts"
import { awaitEmpty } from "../../attack/LeakCheck.ts"
import { frame, misuse, rudeness } from "../../attack/RudeWeb.ts"
import { startServer } from "../../attack/ServerProcess.ts"
import { Server } from "../../src/Server.ts"
import { server } from "../support/server.ts"
import { connectTo } from "../support/TestClient.ts"

const withPage = { webHosts: ["127.0.0.1"], webPort: 0 }

describe("a frame", () => {
  it("is as RFC 6455 has it", () => {
    const plain = { masked: false }
    assert.deepStrictEqual([...frame("Hello", plain)], [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])
    assert.deepStrictEqual([...frame("x".repeat(256), plain).subarray(0, 4)], [0x81, 0x7e, 0x01, 0x00])
    const masked = frame("Hello")
    assert.strictEqual(masked[1], 0x85)
    const text = masked.subarray(6).map((byte, i) => byte ^ masked[2 + (i % 4)]!)
    assert.strictEqual(Buffer.from(text).toString(), "Hello")
  })
})

describe("whoever misuses a WebSocket", () => {
  it.live.each(rudeness)("(%s) hurts nobody, and is ended where it breaks the rules", (way) =>
    Effect.gen(function* () {
      const { addresses, webAddresses } = yield* Server
      const bob = yield* connectTo(addresses[0]!)
      yield* bob.login("bob")
      for (const isDeaf of [false, true])
        yield* misuse({ totals: noTotals() }, webAddresses[0]!, "somebody", { way, isDeaf, millis: 100 })
      yield* bob.sees("bob")
    }).pipe(Effect.scoped, Effect.provide(server(withPage)))
  )

  it.live("leaves nothing behind, all at once or not", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ seats: 200, certificate: undefined })
      const before = yield* server.figures
      const ways = [false, true].flatMap((isDeaf) => rudeness.map((way) => ({ way, isDeaf, millis: 200 })))
      yield* Effect.forEach(ways, (how) => misuse({ totals: noTotals() }, server.web, "somebody", how), {
        concurrency: "unbounded"
      })
      yield* awaitEmpty(server, before)
    }).pipe(Effect.scoped)
  )
})
