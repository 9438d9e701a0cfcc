import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { features } from "../../harness/language/Features.ts"
import { connect } from "../../harness/targets/Connect.ts"
import { self } from "../../harness/targets/Self.ts"
import { connectTo } from "../support/TestClient.ts"
import { chat, playerOf, steps, told } from "./playing.ts"
import type { Target } from "../../harness/stage/Target.ts"

const playing = (lines: string, target: Target, head?: string) => playerOf(target, 3).play(steps(lines, head))

describe("A server that lives on", () => {
  it.live("is not troubled by what a server remembers of earlier scenarios: their rooms, their numbers", () =>
    Effect.gen(function* () {
      const { host, port } = yield* self().start
      const target = { ...connect([{ host, port }]), claims: new Set(features) }
      const needs = "needs: [rooms, history]\n"
      const remembered = `
- alice and bob log in: { features: [rooms, history] }
- alice joins lab
- alice sends: { type: message, room: lab, content: One }
- alice receives: { status: success, room: lab, seq: 1 }
- bob sends: { type: join, room: LAB, after: 0 }
- bob receives: { status: success, room: lab, first: 1, last: 1 }
- bob receives in lab: { content: One, seq: 1 }
- bob asks which rooms there are
- bob receives: { status: success, rooms: [{ room: lab, users: 2 }] }`
      for (const turn of ["first", "second"])
        assert.strictEqual(told(yield* playing(remembered, target, needs)), "passed", turn)
      const others =
        "- alice logs in: { features: [rooms] }\n- alice asks which rooms there are\n- alice receives: { status: success, rooms: [] }"
      assert.strictEqual(told(yield* playing(others, target, "needs: [rooms]\n")), "passed")
    }).pipe(Effect.scoped)
  )

  it.live("watches the numbers of a server that lives on, where nobody else may speak", () =>
    Effect.gen(function* () {
      const twice = chat((base) => ({ ackIn: (client, room) => ({ ...base.ackIn(client, room), seq: 1 }) }))
      const server = yield* twice.start
      const target = { ...twice, livesOn: true, start: Effect.succeed(server) }
      const lines = `
- alice logs in: { features: [rooms, history] }
- alice joins lab
- alice says in lab: One
- alice says in lab: Two`
      const head = "needs: [rooms, history]\nlevel: may\nproves: [SEQ-3]\n"
      assert.match(told(yield* playing(lines, target, head)), /^failed .*an ack that stands before or behind/)
      const other = yield* connectTo(server)
      yield* other.login("zed")
      assert.strictEqual(told(yield* playing(lines, target, head)), "passed")
    }).pipe(Effect.scoped)
  )
})
