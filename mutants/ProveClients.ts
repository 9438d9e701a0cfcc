import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { wordsOfTheSheet } from "../harness/client/ClientUse.ts"
import { hasTerminals } from "../harness/client/Terminal.ts"
import { makePlayer } from "../harness/run/Player.ts"
import type { Scenario } from "../harness/scenario/Scenario.ts"
import { TargetKnowledge } from "../harness/stage/TargetKnowledge.ts"
import { client } from "../harness/targets/Client.ts"
import { english } from "../harness/texts/en.ts"
import type { ClientRow } from "./Choice.ts"
import type { Hosted } from "./Hosted.ts"
import { judgeBase, judgeFaults, type Judgement, judgeVariant, type ProofSettings } from "./Proof.ts"
import { print, report } from "./Report.ts"

/** Clients that are judged at a time: each is a program that starts anew for every scenario. */
const clientJobsMax = 4

/** Judges clients as servers are judged, by the scenarios for clients; where there are no terminals, it says so. */
export const proveClients = Effect.fnUntraced(function* (
  rows: ReadonlyArray<ClientRow>,
  scenarios: ReadonlyArray<Scenario>,
  { jobs, ...others }: ProofSettings
): Effect.fn.Return<ReadonlyArray<Judgement>> {
  if (rows.length === 0) return []
  if (!(yield* hasTerminals)) {
    print("SKIPPED  clients: a terminal for them needs the command `script` of util-linux")
    return []
  }
  const settings = { ...others, jobs: Math.min(jobs, clientJobsMax), host: hostedClient }
  const judging = [
    judgeBase(scenarios, settings),
    ...rows.map((row) =>
      "mistake" in row ? judgeFaults([row], scenarios, settings) : judgeVariant(row, scenarios, settings)
    )
  ]
  return yield* Effect.forEach(
    judging,
    (one) => Effect.tap(one, (judgement) => Effect.sync(() => report(judgement))),
    {
      concurrency: settings.jobs
    }
  )
})

/** The client of this folder with these faults or variants, and who plays against it. */
const hostedClient = (names: ReadonlyArray<string>, timeScale: number): Effect.Effect<Hosted> =>
  Effect.sync(() => {
    const script = fileURLToPath(new URL("client/main.ts", import.meta.url))
    const command = ["exec", `"${process.execPath}"`, `"${script}"`, "{port}", ...names].join(" ")
    const target = client({ command, ...wordsOfTheSheet })
    const knowledge = new TargetKnowledge()
    return { target, player: makePlayer(target, { timeScale, seed: 1, knowledge, texts: english }) }
  })
