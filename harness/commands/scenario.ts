import { runner } from "../../src/Invocation.ts"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import { Failure } from "../../src/commands/Cli.ts"
import { writeLastFailed } from "../verdict/LastFailed.ts"
import { isUnderActions } from "../report/Annotation.ts"
import { type Destination, Output, Screen } from "../report/Output.ts"
import { runAll, showsNoLogin } from "../run/RunAll.ts"
import type { Outcome } from "../verdict/Outcome.ts"
import { varied } from "../scenario/Varied.ts"
import { Summary, weigh } from "../verdict/Summary.ts"
import type { Target } from "../stage/Target.ts"
import { TargetKnowledge } from "../stage/TargetKnowledge.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import { check } from "./check.ts"
import { exitCodes } from "./exitCodes.ts"
import { explain } from "./explain.ts"
import { clientFlags, locale, paths, runFlags, selectionFlags, selectionOf, targetFlags } from "./flags.ts"
import { list } from "./list.ts"
import { next } from "./next.ts"
import { newSeed, runInfoOf } from "./runInfo.ts"
import { selected } from "./selected.ts"
import { schema } from "./schema.ts"
import { chooseTarget, foldersFor, whyMute } from "./target.ts"

const config = { paths, ...targetFlags, ...clientFlags, ...selectionFlags, ...runFlags, locale }
type Input = Command.Command.Config.Infer<typeof config>

/** `pnpm scenario`: plays scenarios against a target and tells how it went. */
export const scenario = Command.make(
  "scenario",
  config,
  Effect.fnUntraced(function* (input) {
    const target = yield* chooseTarget(input)
    if (target.clients?.command !== undefined && Option.isSome(input.chaos))
      return yield* Effect.fail(
        new Failure("--chaos changes what scripted clients send; no client is judged by it", exitCodes.usage)
      )
    const knowledge = new TargetKnowledge()
    const once = Effect.suspend(() => run(input, target, knowledge))
    if (!input.watch) return yield* once
    const { watching } = yield* Effect.promise(() => import("../run/Watch.ts"))
    return yield* watching(input.paths, once, input.locale, target.files)
  })
).pipe(
  Command.withDescription(
    "Plays scenarios against a chat server, ours by default, and says which clauses of the protocol hold. Exit codes: " +
      "0 passed, 1 a scenario failed, 2 wrong usage or an invalid file, 3 the target did not start or survive, 4 inconclusive, 74 output cannot be written."
  ),
  Command.withExamples([
    {
      command: `${runner} scenario scenarios/login.yaml`,
      description: "one scenario against our own server"
    },
    {
      command: `${runner} scenario --spawn './server {port}'`,
      description: "all of them against another program"
    },
    {
      command: `${runner} scenario --spawn ./server --port 12345 --tags login`,
      description: "its port is compiled in"
    },
    {
      command: `${runner} scenario --reporter dot --reporter junit=junit.xml`,
      description: "two reports at once"
    }
  ]),
  Command.withSubcommands([check, explain, list, next, schema])
)

/** One run: read, select, play, report; anything but a pass is a failure that says why. */
const run = Effect.fnUntraced(function* (input: Input, target: Target, knowledge: TargetKnowledge) {
  const selection = selectionOf(input)
  if (selection.files?.size === 0) return yield* Console.error("nothing failed last time")
  if (input.lastFailed && selection.files === undefined)
    yield* Console.error("what failed last time is not known: playing all")
  const seed = Option.getOrElse(input.seed, newSeed)
  const paths = input.paths.length > 0 ? input.paths : foldersFor(target)
  const playlist = (yield* selected(paths, selection))
    .map((scenario) => (input.vary ? varied(scenario, seed) : scenario))
    .flatMap((scenario) => Array.from({ length: input.repeatEach }, () => scenario))
  if (playlist.length === 0)
    return yield* Effect.fail(new Failure("no scenario matches the selection", exitCodes.usage))
  const weighing = { strict: input.strict, knownFailures: target.knownFailures }
  const outcomes: Array<Outcome> = []
  const screen = new Screen(process.env)
  const info = runInfoOf({
    ...weighing,
    target: input.vary ? { ...target, arguments: `${target.arguments} --vary`.trimStart() } : target,
    scenarios: playlist,
    seed,
    levels: selection.levels,
    isFull: input.all,
    texts: input.locale
  })
  const output = yield* Effect.tryPromise({
    try: () => Output.open(destinations(input), info, screen),
    catch: (error) => new Failure(`cannot write a report: ${(error as Error).message}`, exitCodes.usage)
  })
  output.begin()
  const finish = Effect.sync(() => {
    const summary = new Summary(outcomes, weighing)
    output.end(summary)
    writeLastFailed(passedByFile(outcomes))
    return summary
  })
  const playing = runAll(playlist, target, {
    seed,
    vary: input.vary,
    knowledge,
    texts: input.locale,
    timeScale: input.timeoutScale,
    jobs: input.jobs,
    chaos: Option.getOrUndefined(
      Option.map(input.chaos, (kinds) => ({ kinds, folder: input.saveTo, seed, knowledge }))
    ),
    trace: input.reporter.some(({ reporter }) => reporter === "html") ? input.trace : "off",
    stopsAfter: (outcome) => {
      const bail = Option.getOrUndefined(input.bail)
      if (bail === true && weigh(outcome, weighing) === "failed") return "bail"
      return bail === undefined && showsNoLogin(outcome) ? "nobody logs in" : undefined
    },
    onBegin: ({ title }) => screen.progress(`${outcomes.length + 1}/${playlist.length} ${title}`),
    onOutcome: (outcome) => {
      outcomes.push(outcome)
      output.outcome(outcome)
    }
  })
  yield* Effect.onInterrupt(playing, () => finish)
  const summary = yield* finish
  if (summary.result === "passed") return
  const whyNothing = yield* whyMute(
    input,
    outcomes.flatMap(({ happenings }) => happenings),
    input.locale
  )
  if (whyNothing !== undefined) return yield* Effect.fail(new Failure(whyNothing, exitCodes.targetLost))
  return yield* Effect.fail(new Failure(whyNot(summary, input.locale), exitCodes[summary.result]))
})

/** Where the reports go; under GitHub Actions annotations come by themselves, where they spoil no other report. */
const destinations = ({ reporter }: Input): ReadonlyArray<Destination> => {
  const asked = reporter.length > 0 ? reporter : [{ reporter: "pretty", file: undefined } as const]
  const underActions = isUnderActions() && !asked.some((one) => one.reporter === "github")
  return underActions ? [...asked, { reporter: "github", file: undefined, aside: true }] : asked
}

const passedByFile = (outcomes: ReadonlyArray<Outcome>): ReadonlyMap<string, boolean> => {
  const played = outcomes.filter(({ verdict }) => verdict !== "skipped")
  return new Map(
    played.map(({ scenario: { file } }) => [
      file,
      played.every((outcome) => outcome.scenario.file !== file || outcome.verdict === "passed")
    ])
  )
}

const whyNot = (summary: Summary, { report }: Catalogue): string => {
  const lost = summary.outcomes.find(({ targetLost }) => targetLost !== undefined)?.targetLost
  if (lost !== undefined) return report.targetLost(lost.reason)
  const failed = summary.outcomes.filter((outcome) => summary.weightOf(outcome) === "failed")
  if (failed.length === 0) return report.scenariosInconclusive(summary.count("inconclusive"))
  const hidden = failed.filter(({ verdict }) => verdict === "not_reached").length
  const reached = report.scenariosFailed(failed.length - hidden)
  return hidden === 0 ? reached : `${reached}, ${report.counts.notReached(hidden)}`
}
