import type { NonEmptyReadonlyArray } from "effect/Array"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { connect } from "../../harness/targets/Connect.ts"
import { type Door, parseDoors } from "../../harness/targets/Door.ts"
import { self } from "../../harness/targets/Self.ts"
import type { TargetFailed } from "../../harness/stage/Target.ts"
import { features } from "../../harness/language/Features.ts"
import { freePort } from "../../process/Port.ts"
import { Server } from "../../src/Server.ts"
import { formatAddress } from "../../src/net/Address.ts"
import { json } from "../../harness/report/Json.ts"
import { picture } from "../../harness/report/FailurePicture.ts"
import { Summary } from "../../harness/verdict/Summary.ts"
import { server } from "../support/server.ts"
import { connectTo } from "../support/TestClient.ts"
import { playerOf, steps, told } from "./playing.ts"
import { runInfo, weighing } from "./reporting.ts"

const playing = (lines: string, doors: NonEmptyReadonlyArray<Door>, head?: string) =>
  playerOf({ ...connect(doors), claims: new Set(features) }, 3).play(steps(lines, head))

const nameOf = ({ host, port }: Door) => formatAddress({ host, port })

/** One server, under as many addresses as it listens on. */
const oneServer = Effect.map(Server, ({ addresses }) => addresses as unknown as readonly [Door, Door])

/** Servers that know nothing of each other. */
const strangersToEachOther = Effect.all([self().start, self().start, self().start])

const conversation = `
- alice logs in
- bob logs in
- carol tries to log in as alice
- carol is refused
- carol tries to log in
- carol receives: { status: success }
- alice says: hello
- bob and carol receive: { type: message, username: alice, content: hello }`

describe("--connect with several addresses", () => {
  it.live("takes several nodes of one server for the one server that they are", () =>
    Effect.gen(function* () {
      const doors = yield* oneServer
      const outcome = yield* playing(conversation, doors)
      assert.strictEqual(told(outcome), "passed")
      const [a, b] = [nameOf(doors[0]), nameOf(doors[1])]
      assert.deepStrictEqual(
        [...outcome.nodes!],
        [
          ["alice", [a]],
          ["bob", [b]],
          ["carol", [a]],
          ["newcomer", [b]]
        ]
      )
    }).pipe(Effect.provide(server({ hosts: ["127.0.0.1", "::1"] })))
  )

  it.live(
    "has whoever connects again do so at the next node, and who takes a session over at the one after",
    () =>
      Effect.gen(function* () {
        const [a, b] = yield* oneServer
        const doors = [a, b, a] as const
        const lines = `
- alice logs in: { features: [history] }
- bob logs in
- alice is cut off
- alice comes back
- bob reconnects
- bob reconnects
- carol takes over from alice
- alice is disconnected`
        const outcome = yield* playing(lines, doors, "needs: [history]\n")
        assert.strictEqual(told(outcome), "passed")
        const names = doors.map(nameOf)
        const went = (actor: string) => outcome.nodes!.get(actor)
        assert.deepStrictEqual(went("alice"), names.slice(0, 2))
        assert.deepStrictEqual(went("bob"), [...names.slice(1), ...names.slice(0, 1)])
        assert.deepStrictEqual(went("carol"), names.slice(2))
      }).pipe(Effect.provide(server({ hosts: ["127.0.0.1", "::1"] })))
  )

  it.live("finds out servers that know nothing of each other, and says who was where", () =>
    Effect.gen(function* () {
      const doors = yield* strangersToEachOther
      const twice = yield* playing("- alice logs in\n- bob tries to log in as alice\n- bob is refused", doors)
      assert.match(told(twice), /^failed at bob is refused/)
      const outcome = yield* playing(
        "- alice logs in\n- bob logs in\n- carol logs in\n- carol asks who is there\n- carol receives: { status: success, users: [alice, bob, carol] }",
        doors
      )
      assert.match(
        told(outcome),
        /^failed at carol receives: .*received \{"status":"success","users":\["carol"\]\}/
      )
      const [a, b, c] = [nameOf(doors[0]), nameOf(doors[1]), nameOf(doors[2])]
      const shown = picture(outcome, runInfo({ width: 120 })).join("\n")
      assert.include(shown, `does it hold at one node alone? Play it with --connect ${a}`)
      assert.include(shown, `nodes   alice ${a}; bob ${b}; carol ${c}`)
      const report = JSON.parse(json(runInfo()).end!(new Summary([outcome], weighing)))
      assert.deepStrictEqual(report.scenarios[0].nodes, { alice: [a], bob: [b], carol: [c] })
      assert.include(JSON.stringify(report.scenarios[0].transcript), `connects to ${b}`)
    }).pipe(Effect.scoped)
  )

  it.live("looks for strangers at each node", () =>
    Effect.gen(function* () {
      const doors = yield* strangersToEachOther
      const stranger = yield* connectTo(doors[2])
      yield* stranger.login("carol")
      const outcome = yield* playing("- alice logs in", doors)
      assert.strictEqual(told(outcome), "skipped: strangers are logged in as carol")
    }).pipe(Effect.scoped)
  )

  it.live("says which node cannot be reached, before anybody is judged", () =>
    Effect.gen(function* () {
      const { host, port } = yield* self().start
      const dead = { host, port: yield* freePort }
      const { reason } = (yield* Effect.flip(
        Effect.asVoid(playing("- alice logs in", [{ host, port }, dead]))
      )) as TargetFailed
      assert.strictEqual(reason, `nobody accepts connections at ${formatAddress(dead)}`)
    }).pipe(Effect.scoped)
  )

  it.live("takes WebSockets beside plain TCP", () =>
    Effect.gen(function* () {
      const { addresses, webAddresses } = yield* Server
      const doors = parseDoors(`${formatAddress(addresses[0]!)},ws://${formatAddress(webAddresses[0]!)}/ws`)
      assert.strictEqual(told(yield* playing(conversation, doors)), "passed")
      assert.include(told(yield* playing("- alice logs in\n- alice half-closes", doors)), "over a WebSocket")
    }).pipe(Effect.provide(server({ webHosts: ["127.0.0.1"], webPort: 0 })))
  )
})
