import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import { Failure } from "../../src/commands/Cli.ts"
import { inTeachingOrder } from "../report/Lessons.ts"
import { nextReport } from "../report/Next.ts"
import { Screen } from "../report/Output.ts"
import { runAll, showsNoLogin } from "../run/RunAll.ts"
import { loadScenarios } from "../scenario/Files.ts"
import { TargetKnowledge } from "../stage/TargetKnowledge.ts"
import type { Outcome } from "../verdict/Outcome.ts"
import { Summary, weigh } from "../verdict/Summary.ts"
import { exitCodes } from "./exitCodes.ts"
import { clientFlags, locale, runFlags, targetFlags } from "./flags.ts"
import { onMistakes } from "./mistakes.ts"
import { newSeed, runInfoOf } from "./runInfo.ts"
import { chooseTarget, foldersFor } from "./target.ts"

const { seed, timeoutScale } = runFlags

/** `pnpm scenario next`: what to do next, for whoever is still writing their server. */
export const next = Command.make(
  "next",
  { ...targetFlags, ...clientFlags, seed, timeoutScale, locale },
  Effect.fnUntraced(function* (input) {
    const target = yield* chooseTarget(input)
    const all = yield* Effect.catchTag(loadScenarios(foldersFor(target)), "FileInvalid", onMistakes)
    const scenarios = inTeachingOrder(all.filter(({ level }) => level === "must"))
    const seed = Option.getOrElse(input.seed, newSeed)
    const weighing = { strict: false, knownFailures: target.knownFailures }
    const info = runInfoOf({
      ...weighing,
      target,
      scenarios,
      seed,
      levels: ["must"],
      isFull: false,
      texts: input.locale
    })
    const screen = new Screen(process.env)
    const outcomes: Array<Outcome> = []
    yield* runAll(scenarios, target, {
      seed,
      timeScale: input.timeoutScale,
      jobs: 1,
      knowledge: new TargetKnowledge(),
      texts: input.locale,
      inOrder: true,
      stopsAfter: (outcome) => {
        if (showsNoLogin(outcome)) return "nobody logs in"
        return outcome.verdict === "failed" && weigh(outcome, weighing) === "failed" ? "bail" : undefined
      },
      onBegin: ({ title }) => screen.progress(`${outcomes.length + 1}/${scenarios.length} ${title}`),
      onOutcome: (outcome) => void outcomes.push(outcome)
    })
    screen.progress("")
    const summary = new Summary(outcomes, weighing)
    yield* Console.log(nextReport(summary, { ...info, ...screen.writing }).join("\n"))
    if (summary.result !== "passed")
      return yield* Effect.fail(new Failure(info.texts.next.failed, exitCodes[summary.result]))
  })
).pipe(
  Command.withDescription(
    "Plays the must scenarios in the order they are best learned, stops at the first that fails, explains it, and says how far you are"
  )
)
