import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { TestClient } from "../support/TestClient.ts"
import type { Change } from "../../mutants/chat/Chat.ts"
import { faults } from "../../mutants/Faults.ts"
import { variants } from "../../mutants/Variants.ts"
import { serving } from "./serving.ts"

const changeOf = (name: string): Change => [...faults, ...variants].find((row) => row.name === name)!.change

/** Three members of a server with these changes. */
const three = Effect.fnUntraced(function* (...changes: ReadonlyArray<Change>) {
  const { connect } = yield* serving(...changes)
  const [alice, bob, carol] = [yield* connect, yield* connect, yield* connect]
  yield* alice.login("alice")
  yield* bob.login("bob")
  yield* carol.login("carol")
  return { alice, bob, carol, connect }
})

const say = (client: TestClient, content: string) => client.ask({ type: "message", content })
const hello = { type: "message", username: "alice", content: "hello" }

describe("the base", () => {
  it.effect("LOGIN, MSG, LIST, LEAVE: people come, speak, are heard, listed and forgotten", () =>
    Effect.gen(function* () {
      const { alice, bob, carol, connect } = yield* three()
      assert.deepInclude(yield* say(alice, "hello"), { status: "success" })
      assert.deepStrictEqual(yield* bob.next, hello)
      assert.deepStrictEqual(yield* carol.next, hello)
      const dave = yield* connect
      assert.deepInclude(yield* dave.ask({ type: "login", username: "BOB" }), { code: "username_taken" })
      bob.socket.resetAndDestroy()
      yield* alice.sees("alice", "carol")
      carol.socket.end()
      assert.strictEqual(yield* carol.ended, "fin")
      yield* alice.sees("alice")
      yield* dave.login("bob")
    }).pipe(Effect.scoped)
  )

  it.effect("PRES-1, PLAIN-1: who asks for presence gets it, nobody else does", () =>
    Effect.gen(function* () {
      const { connect } = yield* serving()
      const [alice, bob, carol] = [yield* connect, yield* connect, yield* connect]
      yield* bob.login("bob")
      const login = { type: "login", username: "alice", features: ["presence", "telepathy"] }
      assert.deepInclude(yield* alice.ask(login), { features: ["presence"] })
      yield* carol.login("carol")
      assert.deepStrictEqual(yield* alice.next, { type: "joined", username: "carol" })
      carol.socket.resetAndDestroy()
      assert.deepStrictEqual(yield* alice.next, { type: "left", username: "carol" })
      assert.deepStrictEqual(yield* bob.before, [])
    }).pipe(Effect.scoped)
  )

  it.effect("FRAME-5, END-1: too much at once ends with a goodbye, and everyone else goes on", () =>
    Effect.gen(function* () {
      const { alice, bob, carol } = yield* three()
      bob.send(`{"type": "message", "content": "${"x".repeat(70_000)}`)
      assert.deepInclude(yield* bob.next, { status: "error", code: "too_large" })
      assert.strictEqual(yield* bob.ended, "fin")
      yield* say(alice, "hello")
      assert.deepStrictEqual(yield* carol.next, hello)
    }).pipe(Effect.scoped)
  )
})

const shouted: Change = (base) => ({
  event: (client, request) => ({ ...base.event(client, request), content: base.text(Buffer.from("HELLO")) })
})
const doubled: Change = () => ({ text: (bytes) => bytes.toString().replaceAll("HELLO", "HELLO HELLO") })
const marked: Change = (base) => ({
  event: (client, request) => ({ ...base.event(client, request), username: "marked" })
})

describe("a change", () => {
  it.effect("puts another piece in the place of one: duplicates are welcome", () =>
    Effect.gen(function* () {
      const { connect } = yield* three(changeOf("duplicates"))
      yield* (yield* connect).login("alice")
    }).pipe(Effect.scoped)
  )

  it.effect("leaves the rest alone: an indented server is as correct", () =>
    Effect.gen(function* () {
      const { alice, bob } = yield* three(changeOf("pretty"))
      yield* say(alice, "hello")
      assert.deepStrictEqual(yield* bob.next, hello)
      assert.include(Buffer.concat(bob.chunks).toString(), '{\n  "type": "message",\n')
    }).pipe(Effect.scoped)
  )

  it.effect("builds upon an earlier one, and calls what a later one has put in", () =>
    Effect.gen(function* () {
      const { alice, bob } = yield* three(shouted, doubled, marked)
      yield* say(alice, "hello")
      assert.deepStrictEqual(yield* bob.next, { type: "message", username: "marked", content: "HELLO HELLO" })
    }).pipe(Effect.scoped)
  )
})
