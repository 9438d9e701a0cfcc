import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Command from "effect/cli/Command"
import type * as Flag from "effect/cli/Flag"
import { exitCodes, Failure } from "./Cli.ts"
import { flag, flagOf } from "./flags.ts"
import { file, oneOf } from "../settings/Kinds.ts"
import type { ConfigFile } from "../settings/ConfigFile.ts"
import { environmentName, profiles, type Setting } from "../settings/Setting.ts"
import { defaults, table, type Values } from "../settings/Settings.ts"

type Given = { readonly [Name in keyof Values]: Option.Option<Values[Name]> }

const flags = {
  config: flag(
    "config",
    file,
    "a file in YAML with the same names as the flags; flags and variables override it"
  ),
  profile: flag(
    "profile",
    oneOf(profiles),
    "defaults for a machine in a classroom (lab) or for the open network (public); default lab"
  ),
  ...(Object.fromEntries(
    Object.entries(table).map(([name, row]) => {
      return [name, flagOf(row as Setting<unknown>)]
    })
  ) as { readonly [Name in keyof Given]: Flag.Flag<Given[Name]> })
}

/** Variables that look like settings but are not: most likely misspelled. */
const strangeVariables = (
  environment: Readonly<Record<string, string | undefined>>
): ReadonlyArray<string> => {
  const known = new Set(
    ["config", "profile", ...Object.values(table).map((row) => row.flag)].map(environmentName)
  )
  return Object.keys(environment).filter((name) => name.startsWith(environmentName("")) && !known.has(name))
}

/** What the file of `--config` says, if one is named. */
const fromFile = Option.match({
  onNone: () => Effect.succeed<ConfigFile>({ profile: undefined, values: {} }),
  onSome: (path: string) =>
    Effect.promise(() => import("../settings/ConfigFile.ts")).pipe(
      Effect.flatMap(({ readConfigFile }) => readConfigFile(path)),
      Effect.mapError(({ message }) => new Failure(message, exitCodes.usage))
    )
})

/** `palabre serve`: prints where it listens, and serves until it is interrupted. */
export const serve = Command.make(
  "serve",
  flags,
  Effect.fnUntraced(function* ({ config, profile: named, ...given }) {
    const { profile: inFile = "lab", values } = yield* fromFile(config)
    const profile = Option.getOrElse(named, () => inFile)
    const settings = { ...defaults(profile), ...values, ...Record.getSomes<string, unknown>(given) }
    const { runServer } = yield* Effect.promise(() => import("./runServer.ts"))
    return yield* runServer(settings, profile, strangeVariables(process.env))
  })
).pipe(
  Command.withDescription(
    "Serves the chat until SIGINT or SIGTERM, which lets everyone leave in order (a second one ends at once); " +
      "SIGHUP reads the certificate again, or does the same if it means that the terminal was closed. " +
      "Each flag is also an environment variable, and a setting of the file that --config names. Exit codes: 0 shut down in order, 1 cannot listen, 2 bad flag or value, 3 what --store names cannot be used, 4 other servers of it have other settings or are newer."
  ),
  Command.withExamples([
    { command: "palabre serve", description: "on this machine only, port 12345" },
    {
      command: "palabre serve --host 0.0.0.0,:: --port 9000 --locale en",
      description: "for the network, in English"
    },
    { command: "palabre serve --config palabre.yaml", description: "as the file says" }
  ])
)
