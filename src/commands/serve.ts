import { flushCompileCache } from "node:module"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { exitCodes, Failure } from "../Cli.ts"
import { formatAddress } from "../Listener.ts"
import { layer, Server } from "../Palabre.ts"
import { environmentName, type Setting, table, type Values } from "../Settings.ts"

/** A setting as a flag; where it is not given its environment variable counts, then its default. */
const flag = <A>(setting: Setting<A>): Flag.Flag<A> => {
  const variable = environmentName(setting)
  const parse = (name: string) => (text: string) => {
    const value = setting.parse(text)
    return value === undefined
      ? Effect.fail(
          new CliError.InvalidValue({ option: name, value: text, expected: setting.expected, kind: "flag" })
        )
      : Effect.succeed(value)
  }
  const fromEnvironment = Config.String(variable).pipe(
    Config.option,
    Effect.orElseSucceed(() => Option.none<string>()),
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.succeed(setting.default),
        onSome: parse(`${setting.flag} (from ${variable})`)
      })
    )
  )
  return Flag.String(setting.flag).pipe(
    Flag.mapEffect(parse(setting.flag)),
    Flag.withMetavar(setting.metavar),
    Flag.withDescription(`${setting.description} [${variable}, default ${setting.format(setting.default)}]`),
    Flag.withDefault(fromEnvironment)
  )
}

const flags = Object.fromEntries(
  Object.entries(table).map(([name, setting]) => [name, flag(setting as Setting<unknown>)])
) as { readonly [Name in keyof Values]: Flag.Flag<Values[Name]> }

/** `palabre serve`: prints where it listens, and serves until it is interrupted. */
export const serve = Command.make(
  "serve",
  flags,
  Effect.fnUntraced(function* (settings) {
    const announce = Effect.gen(function* () {
      const { addresses } = yield* Server
      yield* Console.log(`palabre listens on ${addresses.map(formatAddress).join(" and ")}`)
      flushCompileCache()
    })
    return yield* Layer.effectDiscard(announce).pipe(
      Layer.provide(layer(settings)),
      Layer.provide(logs(settings)),
      Layer.launch,
      Effect.mapError((error) => new Failure(error.message)),
      Effect.onInterrupt(() => endsWell)
    )
  })
).pipe(
  Command.withDescription(
    "Serves the chat until SIGINT or SIGTERM, which lets everyone leave in order (a second one ends at once). " +
      "Each flag is also an environment variable. Exit codes: 0 ended in order, 1 cannot listen, 2 bad flag or value."
  ),
  Command.withExamples([
    { command: "palabre serve", description: "on this machine only, port 12345" },
    {
      command: "palabre serve --host 0.0.0.0,:: --port 9000 --locale en",
      description: "for the network, in English"
    }
  ])
)

/** Being interrupted is how a server is meant to end. */
const endsWell = Effect.sync(() => {
  process.exitCode = exitCodes.ok
})

const logLevels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

/** Logs go to standard error, one line each, from the level that was asked for on. */
const logs = ({ logFormat, logLevel }: Values): Layer.Layer<never> =>
  Layer.mergeAll(
    Logger.layer([logFormat === "json" ? Logger.consoleJson : Logger.consolePretty()]),
    Layer.succeed(Logger.LogToStderr, true),
    Layer.succeed(References.MinimumLogLevel, logLevels[logLevel])
  )
