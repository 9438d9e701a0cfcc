import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import type { Happening } from "../src/fold/Happening.ts"
import type { Operation } from "../src/fold/Operation.ts"
import { Registry } from "../src/Registry.ts"
import { rulesOf } from "../src/replica/Rules.ts"
import { defaults } from "../src/settings/Settings.ts"
import { usernameKey } from "../src/Username.ts"
import { server } from "./support/server.ts"
import { connect, type TestClient } from "./support/TestClient.ts"

const NAMES = ["alice", "ALICE", "Bob", "bob", "ﬁ", "FI", "carol"]

describe("Registry", () => {
  it("LOGIN-3, LOGIN-9, LIST-1: its rules are those of a list of names without doubles", () => {
    const step = fc.record({ claims: fc.boolean(), username: fc.constantFrom(...NAMES) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const registry = Effect.runSync(Effect.provide(Registry, Registry.layer))
        let n = 0
        const apply = (operation: Operation): Happening => {
          let result: Happening | undefined
          registry.apply(
            ++n,
            { node: "a", n, at: 0, ops: [operation] },
            (happening) => (result ??= happening)
          )
          return result!
        }
        apply({ t: "up", epoch: "e", rules: rulesOf(defaults()), alone: true })
        const ids = new Map<string, number>()
        let model: ReadonlyArray<string> = []
        const isHeld = (username: string) => model.some((held) => usernameKey(held) === usernameKey(username))
        for (const { claims, username } of steps) {
          if (claims) {
            const isGranted = apply({ t: "login", id: n, username, features: [] }).t === "granted"
            assert.strictEqual(isGranted, !isHeld(username))
            if (!isGranted) continue
            ids.set(usernameKey(username), n - 1)
            model = model.concat(username)
          } else if (isHeld(username)) {
            apply({ t: "leave", id: ids.get(usernameKey(username))!, keep: false })
            model = model.filter((held) => usernameKey(held) !== usernameKey(username))
          }
          assert.deepStrictEqual(registry.usernames(), model)
        }
      })
    )
  })
})

/** What a client may do in the model-based test, and what must then be true. */
type Step = { readonly who: number } & (
  | { readonly does: "login"; readonly username: string }
  | { readonly does: "list" | "logout" | "fin" | "rst" | "half a frame and rst" }
)

const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.oneof(
    fc.record({
      who: fc.nat(5),
      does: fc.constant("login" as const),
      username: fc.constantFrom(...NAMES)
    }),
    fc.record({
      who: fc.nat(5),
      does: fc.constantFrom(
        "list" as const,
        "logout" as const,
        "fin" as const,
        "rst" as const,
        "half a frame and rst" as const
      )
    })
  ),
  { maxLength: 40 }
)

layer(server())("Registry over TCP", (it) => {
  it.effect(
    "LOGIN-1, LOGIN-3, LIST-1, LIST-2, LEAVE-1, LEAVE-2: random clients find what a simple model predicts",
    () =>
      Effect.gen(function* () {
        const witness = yield* Effect.flatMap(connect, (client) => client.login("witness"))
        for (const run of fc.sample(steps, 60)) yield* Effect.scoped(play(run, witness))
      })
  )
})

const play = Effect.fnUntraced(function* (run: ReadonlyArray<Step>, witness: TestClient) {
  const clients = new Map<number, TestClient>()
  let model: ReadonlyArray<readonly [who: number, username: string]> = []
  const users = () => ["witness", ...model.map(([, username]) => username)]
  for (const step of run) {
    const client = clients.get(step.who) ?? (yield* connect)
    clients.set(step.who, client)
    const isMember = model.some(([who]) => who === step.who)
    switch (step.does) {
      case "login": {
        const isHeld = model.some(([, held]) => usernameKey(held) === usernameKey(step.username))
        const reply = yield* client.ask({ type: "login", username: step.username })
        const code = isMember ? "already_logged_in" : isHeld ? "username_taken" : undefined
        assert.strictEqual(reply.code, code)
        if (code === undefined) model = model.concat([[step.who, step.username]])
        break
      }
      case "list": {
        const reply = yield* client.ask({ type: "list" })
        assert.deepStrictEqual(reply.users, isMember ? users() : undefined)
        break
      }
      case "logout":
        yield* client.ask({ type: "logout" })
        if (isMember) clients.delete(step.who)
        break
      case "fin":
        client.socket.end()
        clients.delete(step.who)
        break
      case "rst":
        client.socket.resetAndDestroy()
        clients.delete(step.who)
        break
      case "half a frame and rst":
        client.socket.write('{"type":"log', () => client.socket.resetAndDestroy())
        clients.delete(step.who)
    }
    if (!clients.has(step.who)) {
      model = model.filter(([who]) => who !== step.who)
      yield* witness.sees(...users())
    }
  }
  for (const client of clients.values()) client.socket.resetAndDestroy()
  yield* witness.sees("witness")
})
