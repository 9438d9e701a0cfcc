import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Address } from "../../src/net/Address.ts"
import { Server } from "../../src/Server.ts"
import { server } from "../support/server.ts"
import { endless, slowReader, steadyReader } from "../../attack/Greedy.ts"
import { fillSeats } from "../../attack/Seating.ts"
import type { Violation } from "../../attack/Violation.ts"
import type { Change } from "../../mutants/chat/Chat.ts"
import { faults } from "../../mutants/Faults.ts"
import { chatAt, mixedRunAt, serverWith } from "./mixedRun.ts"

const changeOf = (name: string): Change => faults.find((fault) => fault.name === name)!.change

/** The clauses that the conforming clients may see broken first. */
const found: Readonly<Record<string, RegExp>> = {
  "emoji-lost": /^MSG-1/,
  "delivered-twice": /^MSG-1/,
  "order-reversed": /^MSG-[15]/,
  "sender-hears-itself": /^MSG-3/,
  "last-one-forgotten": /^(MSG|SYNC)-/,
  "ack-missing": /^(ID-1|MSG-2|REQ-2|LEAVE-5)/,
  "two-answers": /^(REQ-2|ID-1)/,
  "id-missing": /^ID-1/,
  "asker-not-listed": /^LIST-1/,
  "list-never-shrinks": /^LIST-2/,
  "logout-keeps-the-name": /^(LOGIN-1|LIST-2)/,
  "indented-answers": /^WIRE-1/,
  banner: /^(LOGIN-10|PLAIN-1|WIRE-1)/
}

describe("a mixed run", () => {
  it.live("accepts a server that is right", () => mixedRunAt())

  for (const [name, clauses] of Object.entries(found))
    it.live(`sees ${name}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(mixedRunAt(changeOf(name)))
        assert.strictEqual(error._tag, "Violation")
        const { clause, expected, received } = error as Violation
        assert.match(`${clause}: ${expected}, not ${received}`, clauses)
      })
    )
})

const seats = 12

/** Counts its clients, and refuses one too many; of those that left, some are counted for ever. */
const counting =
  (isForgotten: (n: number) => boolean): Change =>
  (base) => {
    let taken = 0
    let left = 0
    return {
      accept(socket) {
        if (taken >= seats) {
          socket.on("error", () => {}).end('{"status":"error","code":"server_full"}\n')
          return
        }
        taken++
        socket.on("close", () => {
          if (!isForgotten(left++)) taken--
        })
        base.accept(socket)
      }
    }
  }

const fillTwice = (address: Address) => Effect.andThen(fillSeats(address, seats), fillSeats(address, seats))

describe("filling the seats", () => {
  it.live("finds all of them, and one more refused", () =>
    Effect.scoped(Effect.flatMap(serverWith(counting(() => false)), fillTwice))
  )

  it.live("misses one that was not given back", () =>
    Effect.gen(function* () {
      const address = yield* serverWith(counting((n) => n === 3))
      const { clause, expected, received } = (yield* Effect.flip(fillTwice(address))) as Violation
      assert.deepStrictEqual(
        [clause, expected, received],
        ["LEAVE-4", "12 connections are served at once", "11 were"]
      )
    }).pipe(Effect.scoped)
  )

  it.live("finds one too many where nobody is turned away", () =>
    Effect.gen(function* () {
      const address = yield* serverWith()
      const { expected } = (yield* Effect.flip(fillSeats(address, seats))) as Violation
      assert.strictEqual(expected, "server_full for one more than 12")
    }).pipe(Effect.scoped)
  )
})

const object = { kind: "endless", start: '{"type":"message","content":"', unit: "x" } as const

describe("a hostile client", () => {
  it.live("is told that an object without end is too large", () =>
    Effect.gen(function* () {
      const chat = chatAt(yield* serverWith())
      yield* endless(chat, "greedy", object)
      assert.isBelow(chat.totals.hostileBytes, 32 * 2 ** 20)
    }).pipe(Effect.scoped)
  )

  it.live("sees that its object is taken for ever", () =>
    Effect.gen(function* () {
      const chat = chatAt(yield* serverWith(changeOf("no-limit")))
      const { clause } = (yield* Effect.flip(endless(chat, "greedy", object))) as Violation
      assert.strictEqual(clause, "FRAME-5")
    }).pipe(Effect.scoped)
  )

  it.live("is ended when it reads nothing", () =>
    Effect.gen(function* () {
      yield* slowReader(chatAt(yield* serverWith()), "listener", { kind: "slow-reader", bytes: 60_000 })
    }).pipe(Effect.scoped)
  )

  it.live("keeps its place when it reads steadily", () =>
    Effect.gen(function* () {
      const [address] = (yield* Server).addresses
      yield* steadyReader(chatAt(address!), "reader", { kind: "steady-reader", bytes: 60_000, millis: 1_500 })
    }).pipe(Effect.scoped, Effect.provide(server({ outboxBytesMax: 512 * 1_024 })))
  )

  it.live("sees that speakers cost it its place", () =>
    Effect.gen(function* () {
      const chat = chatAt(yield* serverWith(() => ({ outboxBytesMax: 512 * 1_024 })))
      const { clause } = (yield* Effect.flip(
        steadyReader(chat, "reader", { kind: "steady-reader", bytes: 60_000, millis: 60_000 })
      )) as Violation
      assert.strictEqual(clause, "MSG-10")
    }).pipe(Effect.scoped)
  )

  it.live("sees that everything is kept for it", () =>
    Effect.gen(function* () {
      const chat = chatAt(yield* serverWith(() => ({ outboxBytesMax: Number.POSITIVE_INFINITY })))
      const { clause } = (yield* Effect.flip(
        slowReader(chat, "listener", { kind: "slow-reader", bytes: 60_000 })
      )) as Violation
      assert.strictEqual(clause, "MSG-10")
    }).pipe(Effect.scoped)
  )
})
