import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { proxy } from "../../harness/record/Proxy.ts"
import { Recording } from "../../harness/record/Recording.ts"
import type { Target } from "../../harness/stage/Target.ts"
import { connectTo, type TestClient } from "../support/TestClient.ts"
import type { Fact } from "../../harness/record/Recording.ts"
import { transcribe } from "../../harness/record/Transcribe.ts"
import { scenarioText } from "../../harness/scenario/Writing.ts"
import { self } from "../../harness/targets/Self.ts"
import { chat, playing, scenarioOf, told } from "./playing.ts"

/** A client that arrives through the proxy. */
type Arrive = Effect.Effect<TestClient, never, Scope.Scope>

export const quiet = { onUnreachable: () => {}, onEmpty: () => {} }

/** What is recorded of a script of clients against a server of the target. */
export const recorded = Effect.fnUntraced(function* (
  script: (arrive: Arrive) => Effect.Effect<unknown, never, Scope.Scope>,
  target: Target = self()
) {
  const recording = new Recording()
  const server = yield* Effect.orDie(target.start)
  const port = yield* Effect.orDie(proxy(server, 0, recording, quiet))
  yield* script(connectTo({ host: "127.0.0.1", port }))
  return recording.facts
}, Effect.scoped)

/** Leaves in order, and waits until the server has closed too. */
export const leave = (client: TestClient) =>
  Effect.suspend(() => {
    client.socket.end()
    return client.ended
  })

/** The scenario of a recording. */
export const textOf = (facts: ReadonlyArray<Fact>) =>
  scenarioText({ title: "recorded", ...transcribe(facts) })

/** Plays a recording on our own server and on the one of the mutants. */
export const holds = Effect.fnUntraced(function* (facts: ReadonlyArray<Fact>) {
  const scenario = scenarioOf(textOf(facts))
  for (const target of [self(), chat()])
    assert.strictEqual(told(yield* playing(scenario, target)), "passed", scenario.text)
})
