import { runner } from "../../src/Invocation.ts"
import { existsSync } from "node:fs"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { Failure } from "../../src/commands/Cli.ts"
import { type Address, formatAddress } from "../../src/net/Address.ts"
import { count } from "../Format.ts"
import { fieldsOf } from "../record/Cast.ts"
import { proxy } from "../record/Proxy.ts"
import { Recording } from "../record/Recording.ts"
import { redacted } from "../record/Redact.ts"
import { transcribe } from "../record/Transcribe.ts"
import { Output, Screen } from "../report/Output.ts"
import { prepareFile, writeWhole } from "../report/ReportFile.ts"
import { runAll } from "../run/RunAll.ts"
import { loadScenarios } from "../scenario/Files.ts"
import { scenarioText, titleOf } from "../scenario/Writing.ts"
import { endSession } from "../stage/EndSession.ts"
import { TargetKnowledge } from "../stage/TargetKnowledge.ts"
import type { Target } from "../stage/Target.ts"
import { connect } from "../targets/Connect.ts"
import { trustOf } from "../targets/Trust.ts"
import type { Outcome } from "../verdict/Outcome.ts"
import { Summary } from "../verdict/Summary.ts"
import { exitCodes } from "./exitCodes.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import { locale, recordFlags } from "./flags.ts"
import { onMistakes } from "./mistakes.ts"
import { newSeed, runInfoOf } from "./runInfo.ts"

const file = Argument.String("FILE").pipe(
  Argument.withDescription("the scenario file to write; it must not exist yet")
)

/** `pnpm record`: writes what real clients do as a scenario, and replays it. */
export const record = Command.make(
  "record",
  { file, ...recordFlags, locale },
  Effect.fnUntraced(function* ({ ca, file, listen, locale: texts, redact, tls, to, untilEmpty }) {
    yield* checkFile(file)
    const trust = yield* Effect.mapError(
      trustOf(tls, Option.getOrUndefined(ca)),
      ({ problem }) => new Failure(problem, exitCodes.usage)
    )
    const recording = yield* Effect.scoped(recorded({ ...to, tls: trust?.tls }, listen, untilEmpty))
    if (recording.full !== undefined) yield* Console.error(`record: the recording ended: ${recording.full}`)
    const { cast, needs, steps, strange } = transcribe(redact ? redacted(recording.facts) : recording.facts)
    if (steps.length === 0)
      return yield* Effect.fail(
        new Failure(`nothing was recorded, so nothing was written: connect clients to the port that is shown`)
      )
    yield* writing(file, () => writeWhole(file, scenarioText({ title: titleOf(file), cast, needs, steps })))
    yield* Console.log(`wrote ${file}: ${count(cast.length, "actor")}, ${count(steps.length, "step")}`)
    if (strange > 0)
      yield* Console.log(`left out: ${count(strange, "message")} of clients that were not recorded`)
    if (recording.unreadable > 0)
      yield* Console.log(`left out: ${count(recording.unreadable, "piece")} of what is not JSON`)
    const target = { ...connect([to], trust), claims: new Set(needs) }
    yield* endSessions(target, recording)
    yield* replay(file, target, usernamesIn(recording), texts)
  })
).pipe(
  Command.withDescription(
    "Stands between real clients and a server, writes what they do as a scenario with expectations, and replays it at once. " +
      "Exit codes: 0 the scenario holds, 1 it does not, 2 wrong usage, 3 the server cannot be reached, 4 inconclusive."
  ),
  Command.withExamples([
    {
      command: `${runner} record --to 127.0.0.1:12345 --listen 12346 meeting.yaml`,
      description: "until Ctrl-C; clients connect to port 12346"
    },
    {
      command: `${runner} record --to :12345 --redact --until-empty meeting.yaml`,
      description: "until all have left, without what was said or by whom"
    }
  ])
)

/** Ends the sessions that the server still keeps names for, so that they can be played. */
const endSessions = (target: Target, { sessions }: Recording) =>
  Effect.flatMap(target.start, (server) =>
    Effect.forEach(sessions.values(), (session) => endSession(server, session), { discard: true })
  ).pipe(Effect.scoped, Effect.ignore)

const checkFile = Effect.fnUntraced(function* (file: string) {
  if (!/\.ya?ml$/.test(file))
    return yield* Effect.fail(new Failure(`${file}: a scenario file ends in .yaml`, exitCodes.usage))
  if (existsSync(file))
    return yield* Effect.fail(new Failure(`${file} already exists; choose another name`, exitCodes.usage))
  yield* writing(file, () => prepareFile(file))
})

const writing = (file: string, write: () => void): Effect.Effect<void, Failure> =>
  Effect.try({
    try: write,
    catch: (error) => new Failure(`cannot write ${file}: ${(error as Error).message}`, exitCodes.usage)
  })

/** Records until Ctrl-C, until a limit is reached, or until all have left where that is asked for. */
const recorded = Effect.fnUntraced(function* (to: Address, listen: number, untilEmpty: boolean) {
  const isOver = Deferred.makeUnsafe<void, Failure>()
  const end = () => void Deferred.doneUnsafe(isOver, Effect.void)
  const recording = new Recording(end)
  const port = yield* Effect.mapError(
    proxy(to, listen, recording, {
      onUnreachable: (reason) => {
        const why = `cannot connect to ${formatAddress(to)}: ${reason}`
        if (recording.facts.length > 0) recording.stop(why)
        else Deferred.doneUnsafe(isOver, Effect.fail(new Failure(why, exitCodes.targetLost)))
      },
      onEmpty: () => {
        if (untilEmpty) end()
      }
    }),
    ({ reason }) => new Failure(`cannot listen on port ${listen}: ${reason}`, exitCodes.usage)
  )
  yield* onSignals(end)
  const how = untilEmpty ? "until all have left, or Ctrl-C" : "until Ctrl-C"
  yield* Console.log(`recording on 127.0.0.1:${port} ${how}; the server is ${formatAddress(to)}`)
  yield* Deferred.await(isOver)
  return recording
})

/** Calls `end` on Ctrl-C and the like, for as long as the scope lasts. */
const onSignals = (end: () => void) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      for (const signal of signals) process.on(signal, end)
    }),
    () =>
      Effect.sync(() => {
        for (const signal of signals) process.off(signal, end)
      })
  )

const signals = ["SIGINT", "SIGTERM"] as const

/** The names that its clients had, which the server may not have noticed to be free again. */
const usernamesIn = ({ facts }: Recording): ReadonlyArray<string> =>
  facts.flatMap((fact) => {
    const { type, username } = fact._tag === "Asked" ? fieldsOf(fact.value) : {}
    return type === "login" && typeof username === "string" ? [username] : []
  })

/** Checks the file and plays it on the server, and says whether it holds. */
const replay = Effect.fnUntraced(function* (
  file: string,
  target: Target,
  usernames: ReadonlyArray<string>,
  texts: Catalogue
) {
  const scenarios = yield* Effect.catchTag(loadScenarios([file]), "FileInvalid", onMistakes)
  const knowledge = new TargetKnowledge()
  for (const username of usernames) knowledge.usernames.add(username)
  const weighing = { strict: true, knownFailures: target.knownFailures }
  const seed = newSeed()
  const info = runInfoOf({ ...weighing, target, scenarios, seed, levels: [], isFull: true, texts })
  const output = yield* Effect.promise(() =>
    Output.open([{ reporter: "pretty", file: undefined }], info, new Screen(process.env))
  )
  const outcomes: Array<Outcome> = []
  yield* runAll(scenarios, target, {
    seed,
    knowledge,
    texts,
    timeScale: 1,
    jobs: 1,
    stopsAfter: () => undefined,
    onBegin: () => {},
    onOutcome: (outcome) => {
      outcomes.push(outcome)
      output.outcome(outcome)
    }
  })
  const summary = new Summary(outcomes, weighing)
  output.end(summary)
  if (summary.result === "passed")
    return yield* Console.log(`it holds; play it with: ${runner} scenario ${file}`)
  const why =
    summary.result === "failed"
      ? `${file} does not hold when it is replayed: mend it where the report points, or look into the server`
      : `${file} could not be replayed, so nothing shows whether it holds`
  return yield* Effect.fail(new Failure(why, exitCodes[summary.result]))
})
