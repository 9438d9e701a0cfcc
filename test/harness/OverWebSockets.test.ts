import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { TargetFailed } from "../../harness/stage/Target.ts"
import { connect } from "../../harness/targets/Connect.ts"
import { parseDoors } from "../../harness/targets/Door.ts"
import { selfOverWebSockets } from "../../harness/targets/Self.ts"
import { Server } from "../../src/Server.ts"
import { server } from "../support/server.ts"
import { playerOf, steps, told } from "./playing.ts"

const timeScale = 3
const playing = (lines: string, target = selfOverWebSockets()) =>
  playerOf(target, timeScale).play(steps(lines))

const web = { webHosts: ["127.0.0.1"], webPort: 0 }

/** The WebSocket of the server in the context, under this path. */
const door = (path: string) =>
  Effect.map(Server, ({ webAddresses }) => parseDoors(`ws://127.0.0.1:${webAddresses[0]!.port}${path}`))

describe("Over WebSockets", () => {
  it.live("scenarios are played as over TCP, restarts and lost connections included", () =>
    Effect.gen(function* () {
      const lines = `
        - alice logs in
        - bob logs in
        - alice sends bytes: ['{"type":"message","content":"é', '"}']
        - alice receives: { status: success }
        - bob receives: { type: message, content: é }
        - bob is cut off
        - alice sees that bob is gone
        - the server restarts
        - alice reconnects
        - alice logs in`.replaceAll(/^ {8}/gm, "")
      assert.strictEqual(told(yield* playing(lines.trim())), "passed")
    })
  )

  it.live("what is about one side of TCP alone is skipped, with this reason", () =>
    Effect.gen(function* () {
      const outcome = yield* playing("- alice logs in\n- alice half-closes")
      assert.include(told(outcome), "over a WebSocket no side alone can end")
    })
  )

  it.live("a server that runs is reached at the URL of its WebSocket", () =>
    Effect.gen(function* () {
      const target = connect(yield* door("/ws"))
      assert.strictEqual(
        told(
          yield* playing(
            "- alice logs in\n- bob logs in\n- bob says: hello\n- alice receives: { type: message, content: hello }",
            target
          )
        ),
        "passed"
      )
    }).pipe(Effect.provide(server(web)))
  )

  it.live("a URL that leads to no WebSocket is told before anybody is judged", () =>
    Effect.gen(function* () {
      const target = connect(yield* door("/elsewhere"))
      const { reason } = (yield* Effect.flip(
        Effect.asVoid(playing("- alice logs in", target))
      )) as TargetFailed
      assert.include(reason, "/elsewhere: the server answered 404 Not Found")
    }).pipe(Effect.provide(server(web)))
  )
})
