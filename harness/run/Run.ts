import { type FailureDetails, type Outcome, skipped, type Verdict } from "../verdict/Outcome.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import { blame, type ClauseVerdict, type Place, wayOf } from "../verdict/Blame.ts"
import type { ClauseId } from "../language/Clauses.ts"
import { theEnd } from "./FinalChecks.ts"
import type { Finding } from "../stage/Finding.ts"
import { playSteps, sceneOf } from "./PlaySteps.ts"
import { openStage } from "./OpenStage.ts"
import { usersAt, whyNotAlone } from "../targets/Strangers.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import { type Stage } from "../stage/Stage.ts"
import { CaptureScope } from "../language/CaptureScope.ts"
import type { Step } from "../verbs/Step.ts"
import { listed } from "../Format.ts"
import { actorsOf } from "../language/Subject.ts"
import type { Server, Target, TargetFailed } from "../stage/Target.ts"
import type { TargetKnowledge } from "../stage/TargetKnowledge.ts"

/** The settings for playing scenarios. */
export interface PlaySettings {
  readonly timeScale: number
  readonly seed: number
  readonly knowledge: TargetKnowledge
}

/** Plays one scenario against a fresh server of the target; only a server that does not start is an error. */
export const play = Effect.fnUntraced(function* (scenario: Scenario, target: Target, settings: PlaySettings) {
  const { knowledge } = settings
  const missing = whyNotHere(scenario, target)
  if (missing !== undefined) return skipped(scenario, missing)
  const first = yield* playOnce(scenario, target, settings)
  if (first.failure?.finding.listUnknown !== true || knowledge.fences === "list") return first
  const lists = yield* answersList(target, knowledge.uniqueName())
  knowledge.fences = lists ? "list" : "settle"
  if (lists) return first
  return yield* playOnce(scenario, target, settings)
})

/** Asks a new server of the target for its list, alone: a single missing answer may be a fault, not a habit. */
const answersList = (target: Target, username: string): Effect.Effect<boolean, TargetFailed> =>
  Effect.scoped(
    Effect.flatMap(target.start, (server) =>
      usersAt(server, username).pipe(
        Effect.map(Option.isSome),
        Effect.orElseSucceed(() => false)
      )
    )
  )

const playOnce = Effect.fnUntraced(function* (scenario: Scenario, target: Target, settings: PlaySettings) {
  const { cast, ignoring } = scenario
  const { knowledge, seed, timeScale } = settings
  const stage = yield* openStage({ cast, ignoring, target, knowledge, timeScale })
  const { strangers } = stage
  const notAlone = scenario.needs.includes("alone") ? whyNotAlone(strangers) : undefined
  if (notAlone !== undefined) return skipped(scenario, notAlone)
  const held = actorsOf(cast).filter((name) => strangers?.includes(name))
  if (held.length > 0) return skipped(scenario, `strangers are logged in as ${listed(held)}`)
  if (strangers !== undefined && strangers.length > 0)
    stage.notes.add("strangers are connected: they and what they say are ignored")
  const startMillis = stage.nowMillis
  const captures = new CaptureScope()
  const part = (name: "before" | "steps" | "after") =>
    Effect.mapError(playSteps(scenario[name], captures, stage, scenario.withinMillis), (failed): Failed => [
      { part: name, step: failed.step },
      failed.finding
    ])
  const end = Effect.mapError(
    Effect.suspend(() => theEnd(sceneOf(captures, stage, scenario.withinMillis), scenario.proves)),
    ({ finding }): Failed => ["the end", finding]
  )
  const all = Effect.gen(function* () {
    const failed = yield* failureOf(Effect.andThen(part("before"), Effect.andThen(part("steps"), end)))
    const failedAfter = yield* failureOf(part("after"))
    return failed ?? failedAfter
  })
  const failed = yield* Random.withSeed(all, `${seed} ${scenario.title}`)
  for (const username of stage.usernames) knowledge.usernames.add(username)
  return yield* judge(scenario, stage, failed, stage.nowMillis - startMillis)
}, Effect.scoped)

type Failed = readonly [place: Place, finding: Finding]

const failureOf = <R>(effect: Effect.Effect<void, Failed, R>): Effect.Effect<Failed | undefined, never, R> =>
  Effect.match(effect, { onFailure: (failed) => failed, onSuccess: () => undefined })

const judge = Effect.fnUntraced(function* (
  scenario: Scenario,
  stage: Stage,
  failed: Failed | undefined,
  ms: number
): Effect.fn.Return<Outcome> {
  const told = {
    scenario,
    ms,
    broken: stage.brokenClauses(),
    notes: [...stage.notes],
    happenings: stage.transcript.happenings
  }
  const own = scenario.proves.find((clause) => told.broken.has(clause))
  const whatFailed =
    failed ?? (own === undefined ? undefined : (["the end", brokenFinding(own, told.broken)] as const))
  if (whatFailed === undefined) {
    const idle = stage.networks.flatMap(({ actor, line, network }) =>
      network.idle.map(
        (fault) => `${actor}'s ${fault} (line ${line}) affected no bytes, so nothing was proved`
      )
    )
    const verdict: Verdict = idle.length > 0 ? "inconclusive" : "passed"
    const clauses = new Map(scenario.proves.map((clause) => [clause, { verdict }] as const))
    return { ...told, verdict, clauses, ...(idle.length > 0 ? { reason: idle[0]! } : {}) }
  }
  const [place, finding] = whatFailed
  const crash = yield* crashOf(stage.server, finding)
  const culprit = culpritOf(told.broken, stage.knowledge, finding)
  const clauses = culprit === undefined ? blame(scenario, place) : only(culprit, blame(scenario, place))
  const reached =
    clauses.size === 0 ||
    place === "the end" ||
    place.part === "after" ||
    [...clauses.values()].some(({ verdict }) => verdict === "failed")
  const failure: FailureDetails = { place, finding, crash, lastLines: stage.server.lastLines() }
  return {
    ...told,
    verdict: reached ? "failed" : "not_reached",
    clauses,
    failure,
    ...(reached ? {} : { reason: wayOf(place) })
  }
})

/**
 * The clause that explains a failure wherever it shows: an actor's own messages that come back to it are in the way of
 * all that it waits for, and where nobody answers `list`, nothing comes of waiting for its users.
 */
const culpritOf = (
  broken: ReadonlyMap<ClauseId, string>,
  { fences }: TargetKnowledge,
  { expected }: Finding
): ClauseId | undefined => {
  if (broken.has("MSG-3")) return "MSG-3"
  return fences === "settle" && expected.includes('"users"') ? "LIST-1" : undefined
}

/** The verdicts of a failure that one clause explains: it says nothing of other clauses. */
const only = (
  culprit: ClauseId,
  clauses: ReadonlyMap<ClauseId, ClauseVerdict>
): ReadonlyMap<ClauseId, ClauseVerdict> => {
  const isAbout = (clause: ClauseId) =>
    culprit === "LIST-1" ? clause.startsWith("LIST-") : clause === culprit
  return new Map(
    [...clauses].map(([clause, verdict]) => [
      clause,
      verdict.verdict === "failed" && !isAbout(clause) ? { verdict: "not_reached", by: culprit } : verdict
    ])
  )
}

const brokenFinding = (clause: ClauseId, broken: ReadonlyMap<ClauseId, string>): Finding => ({
  expected: heldInPassing[clause] ?? clause,
  received: broken.get(clause)!
})

/** Expectations that count against their own clause alone, wherever they fail. */
const heldInPassing: { readonly [Clause in ClauseId]?: string } = {
  "WIRE-1": "each object on a line of its own",
  "PLAIN-1": "only replies and messages, because it asked for no features",
  "MSG-3": "none of its own messages"
}

/**
 * The end of the server, if it ended. A program's end is noticed a little later than its connections': after the end of one
 * this looks again for a moment.
 */
export const crashOf = (server: Server, { lost }: Finding): Effect.Effect<string | undefined> =>
  Effect.repeat(Effect.sync(server.ended), {
    until: (how) => how !== undefined,
    schedule: Schedule.spaced(crashPauseMillis),
    times: lost === true ? crashLooksMax : 0
  })

const crashPauseMillis = 5
const crashLooksMax = 20

/** The reason for which a scenario cannot be played on this target, if there is one. */
const whyNotHere = (scenario: Scenario, target: Target): string | undefined => {
  const restarts = [...scenario.before, ...scenario.steps, ...scenario.after].some(usesRestart)
  if (restarts && !target.restarts) return "this target cannot be restarted"
  const missing = scenario.needs.find((need) => need !== "alone" && !target.claims.has(need))
  return missing === undefined ? undefined : `this target does not claim ${missing}`
}

const usesRestart = (step: Step): boolean =>
  step.verb.restarts === true || (step.verb.steps?.(step) ?? []).flat().some(usesRestart)
