import { quietRunner } from "../../src/Invocation.ts"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Failure } from "../../src/commands/Cli.ts"
import { meant } from "../diagram/Meant.ts"
import { type Form, forms } from "../diagram/Forms.ts"
import { makePlayer } from "../run/Player.ts"
import { loadScenarios } from "../scenario/Files.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import { TargetKnowledge } from "../stage/TargetKnowledge.ts"
import { exitCodes } from "./exitCodes.ts"
import { clientFlags, locale, runFlags, targetFlags } from "./flags.ts"
import { onMistakes } from "./mistakes.ts"
import { newSeed } from "./runInfo.ts"
import { chooseTarget } from "./target.ts"

const { seed, timeoutScale } = runFlags

const config = {
  paths: Argument.String("file").pipe(
    Argument.withDescription("scenario files (also as PATH:LINE) and folders"),
    Argument.atLeast(1)
  ),
  as: Flag.Literals("as", Object.keys(forms) as Array<Form>).pipe(
    Flag.withDescription("a picture, the text of a Mermaid diagram, or a page"),
    Flag.withDefault("svg" as const)
  ),
  of: Flag.Literals("of", ["file", "run"]).pipe(
    Flag.withDescription("the exchange as the file means it, or as it goes when it is played [default file]"),
    Flag.withDefault("file" as const)
  ),
  ...targetFlags,
  ...clientFlags,
  seed,
  timeoutScale,
  locale
}
type Input = Command.Command.Config.Infer<typeof config>

/** `pnpm diagram`: the exchange of a scenario as a sequence diagram, on standard output. */
export const diagram = Command.make(
  "diagram",
  config,
  Effect.fnUntraced(function* (input) {
    const scenarios = yield* Effect.catchTag(loadScenarios(input.paths), "FileInvalid", onMistakes)
    if (scenarios.length > 1 && input.as === "svg")
      return yield* Effect.fail(
        new Failure("a picture shows one scenario; for several use --as html or mermaid", exitCodes.usage)
      )
    const played = input.of === "run" ? yield* playing(input) : undefined
    const drawn = yield* Effect.forEach(scenarios, (scenario) =>
      Effect.map(played?.(scenario) ?? Effect.succeed(meant(scenario, input.locale)), (exchange) => ({
        title: scenario.title,
        exchange
      }))
    )
    yield* Console.log(forms[input.as](drawn, input.locale).trimEnd())
  })
).pipe(
  Command.withDescription("Draws the exchange of scenarios as a sequence diagram"),
  Command.withExamples([
    {
      command: `${quietRunner} diagram scenarios/login.yaml > login.svg`,
      description: "as the file means it"
    },
    {
      command: `${quietRunner} diagram scenarios/login.yaml --of run --spawn './server {port}' > login.svg`,
      description: "as it goes with a server"
    }
  ])
)

/** Plays scenarios, each for its exchange. */
const playing = Effect.fnUntraced(function* (input: Input) {
  const target = yield* chooseTarget(input)
  const player = makePlayer(target, {
    timeScale: input.timeoutScale,
    seed: Option.getOrElse(input.seed, newSeed),
    knowledge: new TargetKnowledge(),
    trace: "on",
    texts: input.locale
  })
  return (scenario: Scenario) =>
    player.play(scenario).pipe(
      Effect.mapError(
        ({ reason }) => new Failure(input.locale.report.targetLost(reason), exitCodes.targetLost)
      ),
      Effect.flatMap(({ exchange, reason = "nothing was played" }) =>
        exchange === undefined
          ? Effect.fail(new Failure(`${scenario.file}: ${reason}`, exitCodes.inconclusive))
          : Effect.succeed(exchange)
      )
    )
})
