import { type FailureDetails, type Outcome, skipped } from "../verdict/Outcome.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import { type AskStanding, blame, type Evidence, hiderIn, type Place } from "../verdict/Blame.ts"
import type { ClauseId } from "../language/Clauses.ts"
import { theEnd } from "./FinalChecks.ts"
import type { Finding } from "../stage/Finding.ts"
import { playSteps, sceneOf } from "./PlaySteps.ts"
import { openStage } from "./OpenStage.ts"
import { usersAt, whyNotAlone } from "../targets/Strangers.ts"
import { againstPrograms } from "./ProgramChecks.ts"
import { whyNoProgram } from "./WhyNoProgram.ts"
import { inOwnRooms } from "../scenario/OwnRooms.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import { CaptureScope } from "../language/CaptureScope.ts"
import { nodesOf } from "../stage/Deal.ts"
import type { Stage } from "../stage/Stage.ts"
import type { Step } from "../verbs/Step.ts"
import { blamedFor, pictureOnly, type TraceMode } from "../trace/Exchange.ts"
import { listed } from "../Format.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import type { PlayTexts } from "../texts/Play.ts"
import { actorsOf } from "../language/Subject.ts"
import { type Server, type Target, TargetFailed } from "../stage/Target.ts"
import type { TargetKnowledge } from "../stage/TargetKnowledge.ts"

/** How scenarios are played. */
export interface PlaySettings {
  readonly timeScale: number
  readonly seed: number
  /** What is kept of each exchange; nothing without it. */
  readonly trace?: TraceMode
  readonly knowledge: TargetKnowledge
  /** The language of what is said of it. */
  readonly texts: Catalogue
  /** Tells what the scenarios that this one builds on show of a clause. */
  readonly standingOf: AskStanding
}

/** Plays one scenario against a fresh server of the target; only a server that does not start is an error. */
export const play = Effect.fnUntraced(function* (scenario: Scenario, target: Target, settings: PlaySettings) {
  const { knowledge } = settings
  const missing =
    (yield* whyNoProgram(scenario, target, settings.texts.play.program)) ??
    whyNotHere(scenario, target, settings.texts.play)
  if (missing !== undefined) return skipped(scenario, missing)
  const first = yield* playOnce(unremembered(scenario, target, knowledge), target, settings)
  if ("skipped" in first) return first.skipped
  if (first.failed?.finding.listUnknown === true && knowledge.fences !== "list") {
    const lists = yield* answersList(target, knowledge)
    knowledge.fences = lists ? "list" : "settle"
    if (!lists) {
      const again = yield* playOnce(unremembered(scenario, target, knowledge), target, settings)
      return "skipped" in again ? again.skipped : yield* judge(again, settings)
    }
  }
  return yield* judge(first, settings)
})

/** A scenario as it can be played on a server that remembers those before it. */
const unremembered = (scenario: Scenario, target: Target, knowledge: TargetKnowledge): Scenario =>
  target.livesOn && scenario.needs.includes("history")
    ? inOwnRooms(scenario, knowledge.roomSuffix())
    : scenario

/** Whether a server of the target answers `list`, asked by itself: what went wrong once may be a fault, not a habit. */
const answersList = (target: Target, knowledge: TargetKnowledge): Effect.Effect<boolean, TargetFailed> =>
  Effect.scoped(
    Effect.flatMap(target.start, (server) =>
      Effect.forEach(nodesOf(server), (node) => usersAt(node, knowledge.uniqueName())).pipe(
        Effect.map((answers) => answers.every(Option.isSome)),
        Effect.orElseSucceed(() => false)
      )
    )
  )

const playOnce = Effect.fnUntraced(function* (scenario: Scenario, target: Target, settings: PlaySettings) {
  const { cast, ignoring } = scenario
  const { knowledge, seed, standingOf, texts } = settings
  const { play } = texts
  const isRecorded = settings.trace !== undefined && settings.trace !== "off"
  const sendsPartsAlone = sendsParts(scenario) && (yield* standingOf({ clause: "FRAME-2" })) === "broken"
  const setting = { ...settings, cast, ignoring, target, isRecorded, sendsPartsAlone }
  const stage = yield* openStage(setting, scenario.programs)
  const { strangers } = stage
  const notAlone = scenario.needs.includes("alone") ? whyNotAlone(strangers, play) : undefined
  if (notAlone !== undefined) return { skipped: skipped(scenario, notAlone) }
  const held = actorsOf(cast).filter((name) => strangers?.includes(name))
  if (held.length > 0) return { skipped: skipped(scenario, play.strangersHold(listed(held, play.and))) }
  if (strangers !== undefined && strangers.length > 0) stage.notes.add(play.strangersIgnored)
  const startMillis = stage.nowMillis
  const captures = new CaptureScope()
  const part = (name: "before" | "steps" | "after") =>
    Effect.mapError(playSteps(scenario[name], captures, stage, scenario.withinMillis), (failed): Failed => [
      { part: name, step: failed.step },
      failed.finding
    ])
  const end = Effect.mapError(
    Effect.suspend(() => theEnd(sceneOf(captures, stage, scenario.withinMillis), scenario.proves)),
    ({ finding }) => atTheEnd(finding)
  )
  const all = Effect.gen(function* () {
    const failed = yield* failureOf(Effect.andThen(part("before"), Effect.andThen(part("steps"), end)))
    if (failed !== undefined) stage.recorder?.violated(...violationOf(failed))
    const failedAfter = yield* failureOf(part("after"))
    return orOfProgram(failed ?? failedAfter, stage)
  })
  const failed = yield* Random.withSeed(all, `${seed} ${scenario.title}`)
  for (const username of stage.usernames) knowledge.usernames.add(username)
  const finding = failed?.[1]
  if (finding?.trouble?.isLasting === true)
    return yield* new TargetFailed({ reason: finding.received, lastLines: stage.server.lastLines() })
  return yield* playedOn(stage, scenario, failed, stage.nowMillis - startMillis)
}, Effect.scoped)

type Failed = readonly [place: Place, finding: Finding]

/** Where something else went wrong than what a program did, that may be for something it sent that nobody typed. */
const orOfProgram = (failed: Failed | undefined, stage: Stage): Failed | undefined => {
  if (failed === undefined || failed[1].screen !== undefined) return failed
  const finding = againstPrograms(stage)
  return finding === undefined ? failed : [failed[0], finding]
}

const atTheEnd = (finding: Finding): Failed => ["the end", finding]

const failureOf = <R>(effect: Effect.Effect<void, Failed, R>): Effect.Effect<Failed | undefined, never, R> =>
  Effect.match(effect, { onFailure: (failed) => failed, onSuccess: () => undefined })

const violationOf = ([place, { actor, expected, instead, received }]: Failed) => {
  const line = place === "the end" ? {} : { line: place.step.line }
  return [{ clauses: [], expected, received, ...(actor && { actor }), ...line }, instead] as const
}

/** How a scenario went, before anybody says what that is held against. */
interface Played {
  readonly told: Omit<Outcome, "verdict" | "clauses">
  readonly failed: Evidence | undefined
  /** Why it proves nothing, if so. */
  readonly inconclusive: string | undefined
}

const playedOn = Effect.fnUntraced(function* (
  stage: Stage,
  scenario: Scenario,
  failed: Failed | undefined,
  ms: number
): Effect.fn.Return<Played> {
  const isOfClient = scenario.programs.size > 0
  const broken = isOfClient ? new Map<ClauseId, string>() : stage.brokenClauses()
  const own = scenario.proves.find((clause) => broken.has(clause))
  const whatFailed =
    failed ?? (own === undefined ? undefined : atTheEnd(brokenFinding(own, broken, stage.texts.play)))
  const crash = whatFailed && (yield* crashOf(stage.server, whatFailed[1]))
  const exchange = stage.recorder?.exchange(actorsOf(scenario.cast))
  const { happenings } = stage.transcript
  const notes = [
    ...(scenario.isNotVaried === true ? [stage.texts.play.notVaried] : []),
    ...stage.notes,
    ...(stage.server.notes?.() ?? [])
  ]
  const nodes = stage.nodesOfActors
  const told = {
    scenario,
    ms,
    broken,
    notes,
    happenings,
    ...(nodes && { nodes }),
    ...(exchange && { exchange })
  }
  if (whatFailed === undefined) return { told, failed: undefined, inconclusive: idleFaultOf(stage) }
  const [place, finding] = whatFailed
  if (finding.trouble !== undefined) return { told, failed: undefined, inconclusive: finding.received }
  if (isOfClient && finding.screen === undefined) {
    const received = stage.texts.play.program.notTheClient(`${finding.expected}: ${finding.received}`)
    return { told, failed: undefined, inconclusive: received }
  }
  const { lastLines, linesBefore = () => [] } = stage.server
  const failure: FailureDetails = {
    place,
    finding,
    crash,
    lastLines: isOfClient ? [] : lastLines(),
    linesBefore: isOfClient ? [] : linesBefore()
  }
  const prerequisites = isOfClient ? [] : stage.ledger.prerequisites
  return { told: { ...told, failure }, failed: { place, finding, prerequisites }, inconclusive: undefined }
})

/** A fault of a bad network that never touched a byte. */
const idleFaultOf = ({ networks, texts }: Stage): string | undefined =>
  networks.flatMap(({ actor, line, network }) =>
    network.idle.map((fault) => texts.play.idle(actor, fault, line))
  )[0]

/** Says what a scenario showed, once its connections are gone, and drops what is not to be kept of its exchange. */
const judge = Effect.fnUntraced(function* (
  { failed, inconclusive, told: all }: Played,
  { standingOf, trace }: PlaySettings
): Effect.fn.Return<Outcome> {
  const { exchange } = all
  const isBrief = failed === undefined && trace !== "on" && exchange !== undefined
  const told = isBrief ? { ...all, exchange: pictureOnly(exchange) } : all
  const { proves } = told.scenario
  if (failed === undefined) {
    const verdict = inconclusive === undefined ? "passed" : "inconclusive"
    const clauses = new Map(proves.map((clause) => [clause, { verdict }] as const))
    return { ...told, verdict, clauses, ...(inconclusive !== undefined && { reason: inconclusive }) }
  }
  const clauses = yield* blame(told.scenario, failed, standingOf)
  const failedClauses = [...clauses].flatMap(([id, { verdict }]) => (verdict === "failed" ? [id] : []))
  const blamed = exchange && { exchange: blamedFor(exchange, failedClauses) }
  const hider = hiderIn(clauses)
  return hider === undefined
    ? { ...told, ...blamed, verdict: "failed", clauses }
    : { ...told, ...blamed, verdict: "not_reached", clauses, reason: hider }
})

const brokenFinding = (
  clause: ClauseId,
  broken: ReadonlyMap<ClauseId, string>,
  texts: PlayTexts
): Finding => ({
  expected: texts.heldInPassing[clause] ?? clause,
  received: broken.get(clause)!,
  breaks: clause
})

/**
 * How the server ended, where it did. A program's end is noticed a little later than its connections': after the end of one
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

/** Why a scenario cannot be played on this target, if so. */
const whyNotHere = (scenario: Scenario, target: Target, texts: PlayTexts): string | undefined => {
  const steps = [...scenario.before, ...scenario.steps, ...scenario.after]
  const restarts = steps.some(usesRestart)
  if (restarts && !target.restarts) return texts.cannotRestart
  if (target.endsWhole === true && steps.some(halfCloses)) return texts.cannotHalfClose
  const missing = scenario.needs.find((need) => need !== "alone" && !target.claims.has(need))
  return missing === undefined ? undefined : texts.doesNotClaim(missing)
}

const usesRestart = (step: Step): boolean => step.verb.restarts === true || stepsIn(step).some(usesRestart)

const halfCloses = (step: Step): boolean => step.verb.writing === "stops" || stepsIn(step).some(halfCloses)

const sendsParts = ({ steps }: Scenario): boolean => steps.some(sendsPart)

const sendsPart = (step: Step): boolean => step.verb.part === "begins" || stepsIn(step).some(sendsPart)

const stepsIn = (step: Step): ReadonlyArray<Step> => (step.verb.steps?.(step) ?? []).flat()
