import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeStdio from "@effect/platform-node/NodeStdio"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as CliConfig from "effect/cli/CliConfig"
import type * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import { outputTroubles, safeConsole, standardError, whenAllIsWritten } from "./Stdio.ts"
import manifest from "../../package.json" with { type: "json" }

/** The exit codes that all commands share. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  store: 3,
  mismatch: 4,
  bug: 70,
  output: 74,
  interrupted: 130
} as const

/**
 * A failure for people to read: what happened, where, what to do; nothing where they know. It ends the process with its
 * exit code.
 */
export class Failure {
  readonly _tag = "Failure"
  readonly message: string
  readonly exitCode: number

  constructor(message: string, exitCode: number = exitCodes.failed) {
    this.message = message
    this.exitCode = exitCode
  }
}

/**
 * Runs a command line as the whole process. A mistake in it ends with a line for each error and exit code 2, a
 * `Failure` with its line and code, a bug with its trace and 70, output that cannot be written with 74. The first SIGINT, SIGTERM or SIGHUP interrupts the command,
 * and the process ends once everything is given back; a second one ends it at once. `speaker` stands before failures.
 */
export const runMain = <Name extends string, Input, Context>(
  command: Command.Command<Name, Input, Context, Failure | CliError.CliError, Command.Environment>,
  args: ReadonlyArray<string>,
  speaker: string = command.name
): void => {
  const program = Command.runWith(command, { version: manifest.version })(
    withNumbersApart(withoutSeparator(args))
  )
  const fiber = Effect.runFork(Effect.provide(program, servicesOf(command.name)))
  fiber.addObserver((exit) => {
    const code = report(speaker, exit)
    whenAllIsWritten(() => {
      const codeInTheEnd = withOutput(code, speaker)
      whenAllIsWritten(() => process.exit(codeInTheEnd))
    })
  })
  let signals = 0
  const onSignal = (signal: NodeJS.Signals, number: number) => {
    if (process.listenerCount(signal) > 1) return // a command handles it itself
    signals++
    if (signals > 1) process.exit(SIGNAL_EXIT + number)
    process.exitCode = SIGNAL_EXIT + number
    fiber.interruptUnsafe()
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal)
}

/** The exit code in the end, when it is known whether the output could be written; where not, a line says why. */
const withOutput = (code: number, speaker: string): number => {
  if (outputTroubles.length === 0 || code >= SIGNAL_EXIT) return code
  standardError.write(outputTroubles.map((trouble) => `${speaker}: ${trouble}\n`).join(""))
  return exitCodes.output
}

/** By convention, a process ended by a signal exits with this plus the signal's number. */
const SIGNAL_EXIT = 128

/** Removes the `--` between the script's name and its arguments that package runners pass on. */
const withoutSeparator = (args: ReadonlyArray<string>): ReadonlyArray<string> =>
  args[1] === "--" && !args[0]!.startsWith("-") ? [args[0]!, ...args.slice(2)] : args

/** Takes a number off the flag of one letter that it is written to, as `make -j2` has it; what follows `--` stays as it is. */
const withNumbersApart = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const separator = args.indexOf("--")
  const flags = separator === -1 ? args : args.slice(0, separator)
  return [
    ...flags.flatMap((arg) => (/^-[a-z]\d+$/.test(arg) ? [arg.slice(0, 2), arg.slice(2)] : [arg])),
    ...args.slice(flags.length)
  ]
}

/** Prints help to standard output; a mistake is one line per error on standard error, and a hint at the help. */
const presenter = CliOutput.layerPresenter({
  present: Effect.fnUntraced(function* (event) {
    if (event._tag !== "InvalidInvocation")
      return yield* Effect.provideService(
        CliOutput.defaultPresenter.present(event),
        Console.Console,
        globalThis.console // help has colours, and holds nothing of others
      )
    const name = event.commandPath.join(" ")
    for (const error of event.errors)
      yield* Console.error(`${name}: ${error.message.replaceAll(/\s*\n\s*/g, " ")}`)
    yield* Console.error(`Run ${name} --help for its usage.`)
  })
})

/** A shell completes a command by its name: a script that `pnpm` runs must not replace the completions of pnpm. */
const servicesOf = (name: string) => {
  const isInstalled = Object.hasOwn(manifest.bin, name)
  const builtIns = [GlobalFlag.Help, GlobalFlag.Version, ...(isInstalled ? [GlobalFlag.Completions] : [])]
  return Layer.mergeAll(
    platform,
    presenter,
    Layer.succeed(Console.Console, safeConsole),
    CliConfig.layer({ builtIns })
  )
}

/**
 * The services that Effect's CLI asks for. Our commands reach files and programs through Node itself: the services for
 * those would be a good part of what a start loads. A command that needs them provides them.
 */
const platform = Layer.mergeAll(
  NodePath.layer,
  NodeStdio.layer,
  NodeTerminal.layer,
  FileSystem.layerNoop({}),
  Layer.succeed(
    ChildProcessSpawner.ChildProcessSpawner,
    ChildProcessSpawner.make(() =>
      Effect.die("no program can be started: no ChildProcessSpawner was provided")
    )
  )
)

const report = (name: string, exit: Exit.Exit<void, Failure | CliError.CliError>): number => {
  if (Exit.isSuccess(exit)) return exitCodes.ok
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  if (error instanceof Failure) {
    if (error.message !== "") standardError.write(`${name}: ${error.message}\n`)
    return error.exitCode
  }
  if (error !== undefined)
    return error._tag === "ShowHelp" && error.errors.length === 0 ? exitCodes.ok : exitCodes.usage
  if (Cause.hasInterruptsOnly(exit.cause)) return Number(process.exitCode ?? exitCodes.interrupted)
  standardError.write(`${name}: this is a bug, please report it.\n${Cause.pretty(exit.cause)}\n`)
  return exitCodes.bug
}
