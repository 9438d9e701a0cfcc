import { statSync } from "node:fs"
import { availableParallelism } from "node:os"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { parseAddress } from "../../src/net/Address.ts"
import { parseDoors } from "../targets/Door.ts"
import { wordsOfTheSheet } from "../client/ClientUse.ts"
import { kinds } from "../chaos/Changes.ts"
import { features } from "../language/Features.ts"
import { clauses, type Level, levels } from "../language/Clauses.ts"
import { listed } from "../Format.ts"
import { locales } from "../../src/settings/Locales.ts"
import { BoundedRegExp } from "../language/BoundedRegExp.ts"
import { parseDestination } from "../report/Output.ts"
import { chaosFolder } from "../run/Chaos.ts"
import { parseShard, type Selection } from "../scenario/Selection.ts"
import { catalogues, localeOf } from "../texts/Languages.ts"
import { traceModes } from "../trace/Exchange.ts"
import { readLastFailed } from "../verdict/LastFailed.ts"

/** The files to play. */
export const paths = Argument.String("path").pipe(
  Argument.withDescription("scenario files (also as PATH:LINE) and folders; all of scenarios/ by default"),
  Argument.variadic()
)

const parsed = <A>(
  name: string,
  metavar: string,
  description: string,
  expected: string,
  parse: (text: string) => A | undefined
) =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(description),
    Flag.mapEffect((text) => {
      const value = parse(text)
      return value === undefined
        ? Effect.fail(new CliError.InvalidValue({ option: name, value: text, expected, kind: "flag" }))
        : Effect.succeed(value)
    })
  )

const listOf = (text: string): ReadonlyArray<string> => text.split(",").map((item) => item.trim())

const regexp = (text: string): BoundedRegExp | undefined => {
  try {
    return new BoundedRegExp(new RegExp(text, "iu"))
  } catch {
    return undefined
  }
}

const whole = (min: number, max: number) => (text: string) =>
  /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined

/** As many as anybody needs. */
const many = 1_000_000

const factor = (text: string) => (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0 ? Number(text) : undefined)

const clauseList = (text: string) => {
  const ids = listOf(text)
  return ids.every((id) => Object.hasOwn(clauses, id)) ? ids : undefined
}

const levelList = (text: string): ReadonlyArray<Level> | undefined => {
  const names = listOf(text)
  return names.every((name) => (levels as ReadonlyArray<string>).includes(name))
    ? levels.filter((level) => names.includes(level))
    : undefined
}

const variable = (text: string) => {
  const [, name, value] = /^([A-Za-z_]\w*)(=.*)?$/s.exec(text) ?? []
  return name === undefined || (value === undefined && process.env[name] === undefined) ? undefined : text
}

const folder = (text: string) =>
  statSync(text, { throwIfNoEntry: false })?.isDirectory() === true ? text : undefined

/** A list of some of these words, in their order. */
const someOf =
  <const A extends string>(words: ReadonlyArray<A>) =>
  (text: string): ReadonlyArray<A> | undefined => {
    const given = listOf(text)
    return given.every((one) => words.some((word) => word === one))
      ? words.filter((word) => given.includes(word))
      : undefined
  }

/** Which server to play against. */
export const targetFlags = {
  spawn: Flag.String("spawn").pipe(
    Flag.withMetavar("CMD"),
    Flag.withDescription("start this program afresh for each scenario; {port} in it becomes the port"),
    Flag.optional
  ),
  port: parsed(
    "port",
    "PORT",
    "the port that is compiled into the program of --spawn or --client",
    "a port from 1 to 65535",
    whole(1, 65_535)
  ).pipe(Flag.optional),
  env: parsed(
    "env",
    "NAME[=VALUE]",
    "hand a variable to the program of --spawn or --client, which gets few by itself; may be repeated",
    "NAME=VALUE, or the NAME of a variable that is set",
    variable
  ).pipe(Flag.atLeast(0)),
  cwd: parsed(
    "cwd",
    "DIR",
    "the folder to start the program of --spawn or --client in",
    "a folder",
    folder
  ).pipe(Flag.optional),
  connect: Flag.String("connect").pipe(
    Flag.withMetavar("HOST:PORT|URL,…"),
    Flag.withDescription(
      "play against a server that is already running, over TCP, or over its WebSocket: ws://127.0.0.1:8080/ws; several are nodes of it, to which actors are dealt out in turn"
    ),
    Flag.mapTryCatch(parseDoors, (error) => (error as Error).message),
    Flag.optional
  ),
  ws: Flag.Boolean("ws").pipe(
    Flag.withDescription("speak with our own server over WebSockets"),
    Flag.withDefault(false)
  ),
  target: Flag.String("target").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription("an entry of targets.yaml"),
    Flag.optional
  ),
  tls: Flag.Boolean("tls").pipe(
    Flag.withDescription("speak TLS with the server, and trust the system's certificates"),
    Flag.withDefault(false)
  ),
  ca: Flag.String("ca").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("speak TLS with the server, and trust this certificate (PEM) instead"),
    Flag.optional
  ),
  claims: parsed(
    "claims",
    "FEATURE,…",
    `what the server of --spawn or --connect offers beyond the plain protocol (${features.join(", ")}); scenarios that need more are skipped`,
    listed(features, "or"),
    someOf(features)
  ).pipe(Flag.optional)
} as const

/** A word of a client; `none` where it has none. */
const clientWord = (name: "list" | "quit", does: string) =>
  parsed(
    `client-${name}`,
    "WORD",
    `what people type into the client ${does}, or none [default ${wordsOfTheSheet[name]}]`,
    "a word, or none",
    (text) => (text.trim() === "" || /\p{Cc}/u.test(text) ? undefined : text)
  ).pipe(Flag.withDefault<string>(wordsOfTheSheet[name]))

/** Which client to judge. */
export const clientFlags = {
  client: Flag.String("client").pipe(
    Flag.withMetavar("CMD"),
    Flag.withDescription(
      "judge this client instead, at our own server; {host}, {port} and {name} in it are put in, and without {name} the name is typed"
    ),
    Flag.optional
  ),
  clientLogin: Flag.String("client-login").pipe(
    Flag.withMetavar("LINE"),
    Flag.withDescription(
      "what people type into the client once it runs, such as '{port}' or '/login {name}'; once for each line [default {name}]"
    ),
    Flag.atLeast(0)
  ),
  clientList: clientWord("list", "to see who is there"),
  clientQuit: clientWord("quit", "to end it")
} as const

/** What to record, and how. */
export const recordFlags = {
  to: Flag.String("to").pipe(
    Flag.withMetavar("HOST:PORT"),
    Flag.withDescription(
      "the server that the clients are connected to, and that the scenario is replayed on"
    ),
    Flag.mapTryCatch(parseAddress, (error) => (error as Error).message)
  ),
  tls: targetFlags.tls,
  ca: targetFlags.ca,
  listen: parsed(
    "listen",
    "PORT",
    "the port of 127.0.0.1 that clients connect to [default: a free one, shown]",
    "a port from 0 to 65535",
    whole(0, 65_535)
  ).pipe(Flag.withDefault(0)),
  redact: Flag.Boolean("redact").pipe(
    Flag.withDescription("write stand-ins for all names and contents, the same for the same"),
    Flag.withDefault(false)
  ),
  untilEmpty: Flag.Boolean("until-empty").pipe(
    Flag.withDescription("end once all clients have left; otherwise Ctrl-C ends it"),
    Flag.withDefault(false)
  )
} as const

/** How a class is graded. */
export const gradeFlags = {
  out: Flag.String("out").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("where everything is written [default: grades, beside the class file]"),
    Flag.optional
  ),
  jobs: parsed(
    "jobs",
    "N",
    "judge N submissions at a time, where they can be contained [default: one for each processor]",
    "a number from 1 to 1000",
    whole(1, 1_000)
  ).pipe(Flag.withAlias("j"), Flag.withDefault(availableParallelism())),
  only: Flag.String("only").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription("grade this submission only, and anew"),
    Flag.optional
  ),
  again: Flag.Boolean("again").pipe(
    Flag.withDescription("grade everybody anew; by default only those who are not graded, or have changed"),
    Flag.withDefault(false)
  ),
  confirm: parsed(
    "confirm",
    "N",
    "play what fails N times: what passes one of them is unsteady and does not count as failed [default 1]",
    "a number from 1 to 100",
    whole(1, 100)
  ).pipe(Flag.withDefault(1))
} as const

/** The language of what is said to people, which gives its texts. */
export const locale = Flag.Literals("locale", locales).pipe(
  Flag.withDescription("the language of the report [default: by LC_ALL, LC_MESSAGES or LANG, else en]"),
  Flag.optional,
  Flag.mapEffect((chosen) =>
    Effect.promise(catalogues[Option.getOrElse(chosen, () => localeOf(process.env))])
  )
)

/** Which scenarios to play. */
export const selectionFlags = {
  grep: parsed(
    "grep",
    "REGEXP",
    "only scenarios whose title or file matches",
    "a regular expression",
    regexp
  ).pipe(Flag.optional),
  tags: parsed("tags", "A,B", "only scenarios with one of these tags", "tags", listOf).pipe(Flag.optional),
  proves: parsed(
    "proves",
    "ID,ID",
    "only scenarios that prove one of these clauses",
    "clause ids such as LOGIN-3",
    clauseList
  ).pipe(Flag.optional),
  level: parsed(
    "level",
    "must,should",
    "only scenarios of these levels; the report shows their failures one by one",
    "must, should or may, also several",
    levelList
  ).pipe(Flag.optional),
  lastFailed: Flag.Boolean("last-failed").pipe(
    Flag.withDescription("only scenarios that did not pass the last time they were played"),
    Flag.withDefault(false)
  ),
  shard: parsed("shard", "1/4", "only this part of the selection", "a part such as 1/4", parseShard).pipe(
    Flag.optional
  )
} as const

/** Flags for playing scenarios and reporting on them. */
export const runFlags = {
  jobs: parsed(
    "jobs",
    "N",
    "play N scenarios at a time, each on its own server [default 1]",
    "a number from 1 to 1000",
    whole(1, 1_000)
  ).pipe(Flag.withAlias("j"), Flag.withDefault(1)),
  bail: Flag.Boolean("bail").pipe(
    Flag.withDescription("stop at the first failure; --no-bail plays all even where nobody can log in"),
    Flag.optional
  ),
  repeatEach: parsed(
    "repeat-each",
    "N",
    "play each scenario N times [default 1]",
    "a number from 1",
    whole(1, many)
  ).pipe(Flag.withDefault(1)),
  seed: parsed(
    "seed",
    "N",
    "the seed of all random choices [default: a new one, shown]",
    "a number from 0",
    whole(0, many)
  ).pipe(Flag.optional),
  strict: Flag.Boolean("strict").pipe(
    Flag.withDescription("should and may scenarios that fail also fail the run; by default they only warn"),
    Flag.withDefault(false)
  ),
  timeoutScale: parsed(
    "timeout-scale",
    "X",
    "multiply every bound, for slow machines [default 1]",
    "a number above 0",
    factor
  ).pipe(Flag.withDefault(1)),
  chaos: parsed(
    "chaos",
    "slice,merge,delay,reconnect",
    "play each scenario that passes once more under each of these changes, which keep its meaning [default all]",
    `${listed(kinds, "or")}, also several`,
    someOf(kinds)
  ).pipe(Flag.withOptionalValue(kinds.join(",")), Flag.optional),
  saveTo: Flag.String("save-to").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription(`where --chaos saves what fails, as scenarios [default ${chaosFolder}]`),
    Flag.withDefault(chaosFolder)
  ),
  vary: Flag.Boolean("vary").pipe(
    Flag.withDescription("play with other names and messages for each seed, so that no server can know them"),
    Flag.withDefault(false)
  ),
  watch: Flag.Boolean("watch").pipe(
    Flag.withDescription("play again whenever a scenario or the program of --spawn changes, until Ctrl-C"),
    Flag.withDefault(false)
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("show every failure and every scenario, however long the report gets"),
    Flag.withDefault(false)
  ),
  trace: Flag.Literals("trace", traceModes).pipe(
    Flag.withDescription(
      "the exchanges that the html report shows with their bytes: all, those that failed, or none at all [default failed]"
    ),
    Flag.withDefault("failed")
  ),
  reporter: parsed(
    "reporter",
    "NAME[=FILE]",
    "pretty, dot, tap, junit, json, html or github; may be repeated [default pretty]",
    "pretty, dot, tap, junit, json, html or github, each also with =FILE",
    parseDestination
  ).pipe(Flag.atLeast(0))
} as const

/** The selection that its flags describe. */
export const selectionOf = (input: Command.Command.Config.Infer<typeof selectionFlags>): Selection => ({
  grep: Option.getOrUndefined(input.grep),
  tags: Option.getOrElse(input.tags, () => []),
  proves: Option.getOrElse(input.proves, () => []),
  levels: Option.getOrElse(input.level, () => []),
  files: input.lastFailed ? readLastFailed() : undefined,
  shard: Option.getOrUndefined(input.shard)
})
