import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import manifest from "../../package.json" with { type: "json" }
import { levels } from "../language/Clauses.ts"
import { Output, Screen } from "../report/Output.ts"
import { makePlayer } from "../run/Player.ts"
import { runAll, type RunAllSettings, showsNoLogin } from "../run/RunAll.ts"
import { loadScenarios } from "../scenario/Files.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Target } from "../stage/Target.ts"
import { TargetKnowledge } from "../stage/TargetKnowledge.ts"
import { client } from "../targets/Client.ts"
import { spawn } from "../targets/Spawn.ts"
import { catalogues } from "../texts/Languages.ts"
import type { Outcome } from "../verdict/Outcome.ts"
import { Summary, type Weighing, weigh } from "../verdict/Summary.ts"
import { type Assignment, type Played, stopMessage, type Told } from "./Assignment.ts"

// Judges one submission, in a process of its own: it gets an assignment over the channel, and tells there what it sees.

/** Random choices are the same for everybody. */
const seed = 1

const weighing: Weighing = { strict: true, knownFailures: new Map() }

const tell = (told: Told): void => void process.send!(told)

const judge = Effect.fnUntraced(function* (assignment: Assignment, stopped: Deferred.Deferred<void>) {
  const texts = yield* Effect.promise(catalogues[assignment.locale])
  const [visible, hidden] = [yield* load(assignment.visible), yield* load(assignment.hidden)]
  const parts = partsOf(assignment, [...visible, ...hidden], texts)
  const outcomes = new Map<Scenario, Outcome>()
  const unsteady = new Set<Scenario>()
  const keep = (outcome: Outcome): void => {
    outcomes.set(outcome.scenario, outcome)
    tell({ event: "played", ...playedOf(outcome, unsteady.has(outcome.scenario)) })
  }
  const settings: Omit<RunAllSettings, "knowledge"> = {
    seed,
    texts,
    timeScale: 1,
    jobs: 1,
    trace: "failed",
    stopsAfter: (outcome) => (showsNoLogin(outcome) ? "nobody logs in" : undefined),
    onBegin: ({ file }) => tell({ event: "begins", file }),
    onOutcome: keep
  }
  const confirming = (target: Target, again: RunAllSettings) =>
    Effect.gen(function* () {
      for (let play = 1; play < assignment.confirm; play++) {
        const player = makePlayer(target, again)
        for (const { scenario, verdict } of outcomes.values()) {
          if (verdict !== "failed" && verdict !== "not_reached") continue
          if (isForClients(scenario) !== (target.clients !== undefined)) continue
          tell({ event: "begins", file: scenario.file })
          const one = yield* Effect.option(player.play(scenario))
          if (one._tag === "None" || one.value.verdict !== "passed") continue
          unsteady.add(scenario)
          keep(one.value)
        }
      }
    })
  const playing = Effect.forEach(
    parts,
    ({ scenarios, target }) => {
      const own = { ...settings, knowledge: new TargetKnowledge() }
      return Effect.andThen(runAll(scenarios, target, own), confirming(target, own))
    },
    { discard: true }
  )
  yield* Effect.raceFirst(playing, Deferred.await(stopped))
  const shown = [...outcomes.values()].filter(({ scenario }) => visible.includes(scenario))
  yield* Effect.promise(() => report(shown, assignment, parts, texts))
  tell({ event: "done" })
})

const load = (files: ReadonlyArray<string>) =>
  files.length === 0 ? Effect.succeed([]) : loadScenarios(files)

const isForClients = ({ programs }: Scenario): boolean => programs.size > 0

/** A program of a submission, and the scenarios that judge it. */
interface Part {
  readonly target: Target
  readonly scenarios: ReadonlyArray<Scenario>
}

/** The server and the client of a submission, as far as it has them. */
const partsOf = (
  { client: judged, name, server }: Assignment,
  scenarios: ReadonlyArray<Scenario>,
  texts: RunAllSettings["texts"]
): ReadonlyArray<Part> => {
  const target = (make: (shown: boolean) => Target): Target => ({
    ...make(false),
    name,
    arguments: make(true).arguments
  })
  const serving = server && {
    target: target((shown) => spawn({ ...server, ...(shown && asShown), timeScale: 1, texts })),
    scenarios: scenarios.filter((scenario) => !isForClients(scenario))
  }
  const typing = judged && {
    target: target((shown) => client({ ...judged, ...(shown && asShown) })),
    scenarios: scenarios.filter(isForClients)
  }
  return [serving, typing].flatMap((part) => part ?? [])
}

/** A submission as a student knows it: nothing of it tells where it was judged. */
const asShown = { cwd: undefined } as const

const playedOf = (outcome: Outcome, isUnsteady: boolean): Played => {
  const { broken, clauses, failure, reason, scenario, targetLost, verdict } = outcome
  return {
    file: scenario.file,
    verdict,
    clauses: [...clauses],
    broken: [...broken.keys()],
    expected: failure?.finding.expected,
    received: failure?.finding.received,
    crash: failure?.crash,
    reason,
    isUnsteady,
    lost: targetLost && {
      reason: targetLost.reason,
      lastLines: targetLost.lastLines,
      isOurs: targetLost.isPortTaken === true || targetLost.isMachineToBlame === true
    }
  }
}

/** Writes the report on what students may see. */
const report = async (
  outcomes: ReadonlyArray<Outcome>,
  { name, reportFile: file }: Assignment,
  parts: ReadonlyArray<Part>,
  texts: RunAllSettings["texts"]
): Promise<void> => {
  const info = {
    target: name,
    targetArguments: parts[0]?.target.arguments ?? "",
    argumentsFor: (scenario: Scenario) =>
      parts.find(({ scenarios }) => scenarios.includes(scenario))?.target.arguments ?? "",
    seed,
    scenarios: outcomes.length,
    version: manifest.version,
    startedAt: new Date(),
    texts,
    weightOf: (outcome: Outcome) => weigh(outcome, weighing),
    exitCodeOf: () => 0,
    levels,
    isFull: true
  }
  const output = await Output.open([{ reporter: "html", file }], info, new Screen({}))
  output.begin()
  for (const outcome of outcomes) output.outcome(outcome)
  output.end(new Summary(outcomes, weighing))
}

const stopped = Deferred.makeUnsafe<void>()
tell({ event: "here", pid: process.pid })
process.on("disconnect", () => process.exit())
process.on("message", (message: Assignment | typeof stopMessage) => {
  if (message === stopMessage) return Deferred.doneUnsafe(stopped, Effect.void)
  return Effect.runCallback(judge(message, stopped), {
    onExit: (exit) => {
      if (exit._tag === "Success") return // whoever gave the assignment ends this process, once all is told
      console.error(Cause.pretty(exit.cause))
      process.exit(1)
    }
  })
})
