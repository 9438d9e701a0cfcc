import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { readKeyPair } from "../net/Tls.ts"
import { checked } from "../settings/Check.ts"
import { warningsOf } from "../settings/Warnings.ts"
import { exitCodes, Failure } from "./Cli.ts"

/** `palabre check-config`: checks the settings in a file, and starts no server. */
export const checkConfig = Command.make(
  "check-config",
  {
    file: Argument.String("FILE").pipe(
      Argument.withDescription("the file, as serve --config takes it"),
      Argument.withDefault("palabre.yaml")
    )
  },
  Effect.fnUntraced(
    function* ({ file }) {
      const { readConfigFile } = yield* Effect.promise(() => import("../settings/ConfigFile.ts"))
      const { profile, values } = yield* readConfigFile(file)
      const settings = yield* checked(values, profile)
      yield* readKeyPair(settings.tlsCertFile, settings.tlsKeyFile)
      for (const warning of warningsOf(settings, profile ?? "lab"))
        yield* Console.error(`palabre: ${warning}`)
      const count = Object.keys(values).length
      yield* Console.log(
        `${file} is fine: ${count} ${count === 1 ? "setting" : "settings"}, profile ${profile ?? "lab"}`
      )
    },
    Effect.mapError(({ message }) => new Failure(message, exitCodes.usage))
  )
).pipe(
  Command.withShortDescription("Checks a config file"),
  Command.withDescription(
    "Checks a config file: its names and values, that they go together, and that a certificate and its key do. Exit codes: 0 fine, 2 not."
  ),
  Command.withExamples([
    { command: "palabre check-config /etc/palabre.yaml", description: "before a restart" }
  ])
)
