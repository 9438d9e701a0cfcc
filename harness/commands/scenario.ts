import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { exitCodes, Failure } from "../../src/Cli.ts"
import { loadScenarios } from "../Files.ts"
import { play } from "../Run.ts"
import { showOutcome } from "../report/Pretty.ts"
import type { Target } from "../Target.ts"

const paths = Argument.String("path").pipe(
  Argument.withDescription(
    "Scenario files or folders, a file also as PATH:LINE; all of scenarios/ when none is named"
  ),
  Argument.variadic()
)

const flags = {
  spawn: Flag.String("spawn").pipe(
    Flag.withMetavar("CMD"),
    Flag.withDescription("Start this program; {port} in it becomes the port"),
    Flag.optional
  ),
  port: Flag.Int("port").pipe(
    Flag.withDescription("The port that is compiled into the program"),
    Flag.optional
  ),
  connect: Flag.String("connect").pipe(
    Flag.withMetavar("HOST:PORT"),
    Flag.withDescription("Use a server that runs already"),
    Flag.optional
  )
}

const check = Command.make("check", { paths }, ({ paths }) =>
  Effect.gen(function* () {
    const { mistakes, scenarios } = yield* loadScenarios(paths)
    for (const { column, file, line, message } of mistakes)
      process.stdout.write(`${file}:${line}:${column}: error: ${message}\n`)
    if (mistakes.length > 0)
      return yield* Effect.fail(new Failure(`${mistakes.length} mistakes`, exitCodes.usage))
    process.stdout.write(`${scenarios.length} scenarios are well-formed\n`)
  })
)

export const scenario = Command.make("scenario", { paths, ...flags }, (input) =>
  Effect.gen(function* () {
    const { mistakes, scenarios } = yield* loadScenarios(input.paths)
    for (const { column, file, line, message } of mistakes)
      process.stdout.write(`${file}:${line}:${column}: error: ${message}\n`)
    if (mistakes.length > 0)
      return yield* Effect.fail(new Failure(`${mistakes.length} mistakes`, exitCodes.usage))
    const target = yield* chooseTarget(input)
    let failed = 0
    for (const scenario of scenarios) {
      const outcome = yield* Effect.mapError(
        play(scenario, target, { timeScale: 1, seed: 1 }),
        ({ lastLines, reason }) => new Failure(`${reason}\n${lastLines.join("\n")}`, 3)
      )
      if (outcome.verdict !== "passed") failed++
      process.stdout.write(showOutcome(outcome))
    }
    if (failed > 0) return yield* Effect.fail(new Failure(`${failed} of ${scenarios.length} did not pass`))
  })
).pipe(Command.withSubcommands([check]))

const chooseTarget = Effect.fnUntraced(function* (input: {
  readonly spawn: Option.Option<string>
  readonly port: Option.Option<number>
  readonly connect: Option.Option<string>
}): Effect.fn.Return<Target> {
  if (Option.isSome(input.spawn)) {
    const { spawn } = yield* Effect.promise(() => import("../targets/Spawn.ts"))
    return spawn({ command: input.spawn.value, port: Option.getOrUndefined(input.port), timeScale: 1 })
  }
  if (Option.isSome(input.connect)) {
    const { connect } = yield* Effect.promise(() => import("../targets/Connect.ts"))
    const [host = "127.0.0.1", port = "12345"] = input.connect.value.split(":")
    return connect(host, Number(port))
  }
  const { self } = yield* Effect.promise(() => import("../targets/Self.ts"))
  return self()
})
