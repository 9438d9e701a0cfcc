import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { startContained, type Stranger, wayIn } from "../../process/Contained.ts"
import { type ControlGroup, controlGroup } from "../../process/ControlGroup.ts"
import { ownPatience } from "../../process/Patience.ts"
import { filesIn, ownNetwork, removeWorkplace, sandbox } from "../../process/Sandbox.ts"
import { clip, legible, visible } from "../Format.ts"
import { nameOf } from "../scenario/Name.ts"
import { wordsFrom } from "../targets/Client.ts"
import { valuesOf } from "../targets/Spawn.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import type { Assignment } from "./Assignment.ts"
import type { ClassFile, Program } from "./ClassFile.ts"
import { filesOf, type Grade, type GradeOutcome } from "./Grade.ts"
import { type Judged, judged } from "./Judging.ts"
import { type Limit, Meter } from "./Meter.ts"
import { copyOf, type Submission } from "./Submission.ts"
import { type Scenarios, verdictsOf } from "./Verdicts.ts"

/** How the submissions of a class are graded. */
export interface Grading {
  readonly rules: ClassFile
  readonly scenarios: Scenarios
  /** Where everything is written. */
  readonly folder: string
  readonly isContained: boolean
  /** The times that a failure is played. */
  readonly confirm: number
  readonly texts: Catalogue
}

/** The end of grading, and why. */
interface Ending {
  readonly outcome: GradeOutcome
  readonly reason?: string
  readonly log?: ReadonlyArray<string>
}

/** How far a submission came. */
interface Way {
  readonly ending: Ending
  readonly found: Judged
}

/** The way of one that was not judged at all. */
const stop = (ending: Ending): Way => ({ ending, found: { played: new Map(), limits: new Map(), log: [] } })

/** Builds and judges a submission; whatever goes wrong with that is a result. */
export const gradeSubmission = Effect.fnUntraced(function* (
  submission: Submission,
  digest: string,
  grading: Grading,
  onBegin: (file: string) => void
): Effect.fn.Return<Grade> {
  const { isContained, scenarios, texts } = grading
  const startMillis = performance.now()
  const { ending, found } = yield* Effect.scoped(goAllTheWay(submission, grading, onBegin))
  const { log, outcome, reason } = ending
  return {
    name: submission.name,
    outcome,
    containment: isContained ? "contained" : "not_contained",
    ...(reason !== undefined && { reason: clip(legible(reason), reasonCharactersMax) }),
    ...(log !== undefined && { log: log.map(visible) }),
    ...verdictsOf(scenarios, found, texts, (limit) => limitText(limit, grading)),
    unsteady: [...found.played.values()].flatMap(({ file, isUnsteady }) =>
      isUnsteady ? [nameOf(file)] : []
    ),
    millis: Math.round(performance.now() - startMillis),
    gradedAt: new Date().toISOString(),
    digest
  }
})

const goAllTheWay = Effect.fnUntraced(function* (
  submission: Submission,
  grading: Grading,
  onBegin: (file: string) => void
): Effect.fn.Return<Way, never, Scope.Scope> {
  const { confirm, folder, isContained, rules, scenarios, texts } = grading
  const { name, program, trouble } = submission
  if (program === undefined)
    return stop({ outcome: "nothing_to_run", reason: texts.grading.troubles[trouble ?? "no program"] })
  const copied = yield* Effect.result(copyFor(submission))
  if (copied._tag === "Failure")
    return stop({ outcome: "inconclusive", reason: texts.grading.notCopied(copied.failure) })
  const workplace = copied.success
  const { memoryBytes: memory, tasks: pids } = rules.limits
  const group = yield* controlGroup({ memory, pids })
  const inSandbox = yield* beginnings(workplace, group, grading)
  const meter = new Meter(rules.limits, group, workplace)
  const since = ownPatience.begin()
  if (program.build !== undefined) {
    const command = {
      command: program.build.run,
      cwd: filesIn(workplace),
      variables: valuesOf(program.env ?? []),
      sandbox: inSandbox(program.build.network)
    }
    const failed = yield* build(
      command,
      Math.min(program.build.withinMillis, rules.withinMillis),
      meter,
      grading
    )
    if (failed !== undefined) return stop(failed)
  }
  const found = yield* judged(
    {
      name,
      ...programsOf(program, {
        variables: program.env ?? [],
        cwd: filesIn(workplace),
        sandbox: inSandbox(true)
      }),
      visible: filesOfAll(scenarios.visible),
      hidden: filesOfAll(scenarios.hidden),
      confirm,
      locale: texts.language,
      reportFile: filesOf(folder, name).report
    },
    {
      network: isContained ? ownNetwork : [],
      meter,
      withinMillis: Math.max(0, rules.withinMillis - (ownPatience.begin() - since)),
      onBegin
    }
  )
  return { ending: endingOf(found, grading), found }
})

/** The server and the client of a submission, as far as it has them. */
const programsOf = (
  { client, port, start }: Program,
  surroundings: Omit<NonNullable<Assignment["server"]>, "command" | "port">
): Pick<Assignment, "server" | "client"> => ({
  ...(start !== undefined && { server: { ...surroundings, command: start, port } }),
  ...(client !== undefined && {
    client: { ...surroundings, command: client.start, port: client.port, ...wordsFrom(client) }
  })
})

const filesOfAll = (scenarios: Scenarios["visible"]): ReadonlyArray<string> =>
  scenarios.map(({ file }) => file)

/** The beginnings of its command lines, with a network and without; what is not contained is in its group at least. */
const beginnings = Effect.fnUntraced(function* (
  workplace: string,
  { enter }: ControlGroup,
  { isContained, rules: { limits, readable } }: Grading
) {
  const namespace = yield* wayIn
  const tasksMax = limits.tasks + tasksSpare
  return (hasNetwork: boolean): ReadonlyArray<string> | undefined => {
    if (isContained) return [...enter, ...sandbox({ workplace, readable, hasNetwork, tasksMax })]
    return enter.length === 0 || namespace === undefined ? undefined : [...enter, ...namespace]
  }
})

/** So many more than the limit that it is seen to be passed. */
const tasksSpare = 64

/** A copy of a submission, which is removed with the scope. */
const copyFor = (submission: Submission): Effect.Effect<string, string, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({ try: () => copyOf(submission), catch: (error) => (error as Error).message }),
    (workplace) =>
      Effect.sync(() => {
        try {
          removeWorkplace(workplace)
        } catch {
          // What cannot be removed now is tried again when this process has ended.
        }
      })
  )

/** Builds a submission; gives how that failed, if it did. */
const build = Effect.fnUntraced(function* (
  command: Stranger,
  withinMillis: number,
  meter: Meter,
  grading: Grading
): Effect.fn.Return<Ending | undefined, never, Scope.Scope> {
  const { grading: texts } = grading.texts
  const process = yield* startContained(command)
  const watching = process.pid === undefined ? Effect.never : meter.watch(process.pid, () => true)
  const told = (limit: Limit) => limitText(limit, grading)
  const reached = Effect.map(watching, told)
  const late = Effect.as(
    ownPatience.during(withinMillis),
    texts.buildTooLong(grading.texts.span(withinMillis))
  )
  const end = Effect.map(process.end, ({ code, how }) => {
    const limit = meter.stopped()
    if (limit !== undefined) return told(limit)
    return code === 0 ? undefined : texts.notBuilt(how)
  })
  const reason = yield* Effect.raceAllFirst([end, late, reached])
  return reason === undefined ? undefined : { outcome: "not_built", reason, log: process.lastLines }
}, Effect.scoped)

/** What is said of a submission that was judged. */
const endingOf = ({ cutShort, limits, log, played }: Judged, grading: Grading): Ending => {
  const { rules, texts } = grading
  if (cutShort === "crash") return { outcome: "inconclusive", reason: texts.grading.judgeEnded, log }
  if (cutShort === "cpu") return { outcome: "timed_out", reason: limitText("cpu", grading) }
  if (cutShort === "time")
    return { outcome: "timed_out", reason: texts.grading.timedOut(texts.span(rules.withinMillis)) }
  for (const { file, lost } of played.values()) {
    if (lost === undefined) continue
    const limit = limits.get(file)
    return {
      outcome: lost.isOurs ? "inconclusive" : "not_started",
      reason: limit === undefined ? lost.reason : limitText(limit, grading),
      log: lost.lastLines
    }
  }
  const unclear = [...played.values()].find(({ verdict }) => verdict === "inconclusive")
  if (unclear === undefined) return { outcome: "graded" }
  return { outcome: "inconclusive", ...(unclear.reason !== undefined && { reason: unclear.reason }) }
}

const reasonCharactersMax = 500

const limitText = (limit: Limit, { rules: { limits }, texts: { grading, span } }: Grading): string => {
  const most = {
    memory: `${Math.round(limits.memoryBytes / 1_048_576)} MiB`,
    processes: String(limits.tasks),
    cpu: span(limits.cpuMillis),
    disk: `${Math.round(limits.diskBytes / 1_048_576)} MiB`
  }
  return grading.limits[limit](most[limit])
}
