import type { AddressInfo } from "node:net"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { features } from "../../harness/language/Features.ts"
import { makePlayer, type Player } from "../../harness/run/Player.ts"
import type { Outcome } from "../../harness/verdict/Outcome.ts"
import { type Scenario } from "../../harness/scenario/Scenario.ts"
import { parseScenario } from "../../harness/scenario/ScenarioReader.ts"
import { Session } from "../../harness/repl/Session.ts"
import { openStage } from "../../harness/run/OpenStage.ts"
import type { Target } from "../../harness/stage/Target.ts"
import { TargetKnowledge } from "../../harness/stage/TargetKnowledge.ts"
import { fresh } from "../../harness/targets/Fresh.ts"
import { english } from "../../harness/texts/en.ts"
import type { Change } from "../../mutants/chat/Chat.ts"
import { listen, makeChat } from "../../mutants/chat/makeChat.ts"

/** A target in this process: the correct chat, or one with pieces changed; new for each scenario. */
export const chat = (change?: Change): Target => ({
  ...fresh(),
  name: "chat",
  arguments: "--spawn 'chat {port}'",
  claims: new Set(features),
  restarts: false,
  start: Effect.gen(function* () {
    const server = makeChat(change)
    const listener = yield* Effect.acquireRelease(
      Effect.promise(() => listen(server, 0)),
      (listener) =>
        Effect.sync(() => {
          listener.close()
          for (const { socket } of server.clients) socket.destroy()
        })
    )
    return {
      host: "127.0.0.1",
      port: (listener.address() as AddressInfo).port,
      restart: Effect.die("this target does not restart"),
      ended: () => undefined,
      lastLines: () => []
    }
  })
})

/** A session against a fresh correct chat. */
export const session = Effect.gen(function* () {
  const target = chat()
  const setting = {
    cast: new Map(),
    ignoring: [],
    target,
    knowledge: knowledgeOf(target),
    timeScale: 1,
    texts: english
  }
  return new Session(yield* openStage(setting))
})

/** The scenario of a text that has no mistake. */
export const scenarioOf = (text: string): Scenario => {
  const parsed = parseScenario("scenarios/test.yaml", text)
  return "scenario" in parsed ? parsed.scenario : assert.fail(JSON.stringify(parsed.mistakes, null, 2))
}

/** A scenario of these steps, with alice, bob and carol; `head` may set more keys. */
export const steps = (lines: string, head = ""): Scenario => {
  const body = lines
    .trim()
    .split("\n")
    .map((line) => `  ${line}\n`)
  return scenarioOf(`scenario: a test\ncast: [alice, bob, carol]\n${head}steps:\n${body.join("")}`)
}

/** What is known of a target: as if all that a test plays against it were one run. */
export const knowledgeOf = (target: Target): TargetKnowledge => {
  const known = knowledge.get(target) ?? new TargetKnowledge()
  knowledge.set(target, known)
  return known
}
const knowledge = new WeakMap<Target, TargetKnowledge>()

/** Plays against a target, all in one run. */
export const playerOf = (target: Target, timeScale = 1): Player => {
  const player =
    players.get(target) ??
    makePlayer(target, { timeScale, seed: 1, knowledge: knowledgeOf(target), texts: english })
  players.set(target, player)
  return player
}
const players = new WeakMap<Target, Player>()

/** Plays a scenario, or one of these steps, against a target. */
export const playing = (what: Scenario | string, target: Target, seed = 1): Effect.Effect<Outcome> =>
  Effect.orDie(playerOf(target).play(typeof what === "string" ? steps(what) : what, seed))

/** What an outcome comes to in a few words: its verdict, and where it failed with what. */
export const told = ({ failure, reason, verdict }: Outcome): string => {
  if (failure === undefined) return [verdict, reason].filter((part) => part !== undefined).join(": ")
  const { finding, place } = failure
  const where = place === "the end" ? "the end" : place.step.sentence
  return `${verdict} at ${where}: expected ${finding.expected}, received ${finding.received}`
}
