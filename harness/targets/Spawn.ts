import { statSync } from "node:fs"
import { resolve } from "node:path"
import { env } from "node:process"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { ownPatience } from "../../process/Patience.ts"
import { freePort, host, isListenedOn, isTaken, listeningHost, NoPort } from "../../process/Port.ts"
import { startContained } from "../../process/Contained.ts"
import type { Process, ProcessEnded } from "../../process/Process.ts"
import { hasSocketTables } from "../../process/SocketTable.ts"
import { type Server, type Target, TargetFailed } from "../stage/Target.ts"
import { clip, listed, shellWord, visible } from "../Format.ts"
import { fresh } from "./Fresh.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import type { TargetTexts } from "../texts/Targets.ts"
import type { Trust } from "./Trust.ts"

/** The time that a server may take until it listens. */
const startMillisMax = 10_000

/** The time that a port may stay in TIME_WAIT after a server that closed first and sets no SO_REUSEADDR. */
const portMillisMax = 65_000

/** The time that a system may take to free the port of a program that was killed. */
const killedMillisMax = 1_000

const retryMillis = 500

/** The pauses between two looks whether it listens: they grow, since a look may cost milliseconds on a busy machine. */
const polling = Schedule.min([Schedule.exponential(1, 1.25), Schedule.spaced(20)])

/** A shell command to start, with `{port}` for the port or the port that is compiled in. */
export interface Start {
  readonly command: string
  readonly port: number | undefined
  /** The folder that it is started in; without one, that of the harness. */
  readonly cwd?: string | undefined
  /** Its variables beyond those that any program gets, as `NAME` or `NAME=VALUE`. */
  readonly variables?: ReadonlyArray<string>
  readonly timeScale: number
  /** The language in which it is said why there is no server. */
  readonly texts: Catalogue
  /** The use of TLS with it, where there is one. */
  readonly trust?: Trust | undefined
  /** False where the system does not tell who listens: then the first connection is tried until it is accepted. */
  readonly seesListeners?: boolean
  /** The beginning of a command line that runs it in a sandbox. */
  readonly sandbox?: ReadonlyArray<string> | undefined
  /** False to do without a namespace of processes, as some systems have to. */
  readonly mayUseNamespace?: boolean
}

/** Any program as the server: a fresh start for each scenario, killed with all its children. */
export const spawn = (what: Start): Target => ({
  ...fresh(),
  name: what.command,
  arguments: argumentsOf("--spawn", what),
  files: filesOf(what),
  start: start(what)
})

/** The words of the command that are files: the program, a script that an interpreter reads. */
export const filesOf = ({ command, cwd = "." }: Pick<Start, "command" | "cwd">): ReadonlyArray<string> =>
  [...command.matchAll(/"([^"]*)"|'([^']*)'|([^\s"';&|()<>]+)/g)]
    .map(([, quoted, literal, word]) => resolve(cwd, quoted ?? literal ?? word!))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)

/** The arguments that choose a program again, the one with its command first. */
export const argumentsOf = (
  flag: "--spawn" | "--client",
  {
    command,
    cwd,
    port,
    trust,
    variables = []
  }: Pick<Start, "command" | "cwd" | "port" | "trust" | "variables">
): string =>
  [
    `${flag} ${quoted(command)}`,
    ...(port === undefined ? [] : [` --port ${port}`]),
    ...(cwd === undefined ? [] : [` --cwd ${shellWord(cwd)}`]),
    ...variables.map((variable) => ` --env ${shellWord(variable)}`),
    trust?.arguments ?? ""
  ].join("")

const start = Effect.fnUntraced(function* (what: Start) {
  const begun = yield* what.port === undefined ? beginAnywhere(what) : begin(what, what.port)
  let { isStarting, process } = begun
  process.divideOutput()
  const scope = yield* Effect.scope
  const readers: Array<(line: string) => void> = []
  const again = Effect.provideService(begin({ ...what, port: begun.port }, begun.port), Scope.Scope, scope)
  const server: Server = {
    host: begun.host,
    port: begun.port,
    tls: what.trust?.tls,
    isStarting: () => isStarting(),
    restart: Effect.gen(function* () {
      yield* process.stop
      ;({ isStarting, process } = yield* again)
      readers.forEach((reader) => process.onLine(reader))
    }),
    ended: () => process.ended?.how,
    lastLines: () => process.linesSince,
    linesBefore: () => process.linesBefore,
    notes: () => notesOn(process, what.texts),
    onLogLine: (listener) => {
      readers.push(listener)
      process.onLine(listener)
    }
  }
  return server
})

/** Names the processes that a server has left running elsewhere than in its group. */
const notesOn = ({ strays }: Process, { play, targets }: Catalogue): ReadonlyArray<string> => {
  if (strays.length === 0) return []
  const named = strays.slice(0, straysNamedMax).map((command) => visible(clip(command, commandMax)))
  const more = strays.length - named.length
  return [targets.leftBehind(listed(more > 0 ? [...named, targets.more(more)] : named, play.and))]
}

const straysNamedMax = 3
const commandMax = 60

/** A program that was started, and where a client reaches it. */
interface Begun {
  readonly process: Process
  readonly host: string
  readonly port: number
  /** True as long as it may not listen yet. */
  readonly isStarting: () => boolean
}

/** Ports that are tried where the program may have any: another program may take one just before it does. */
const portsMax = 5

const beginAnywhere = (what: Start) =>
  Effect.flatMap(orNoPort(freePort, what.texts), (port) => begin(what, port)).pipe(
    Effect.retry({ times: portsMax - 1, while: ({ isPortTaken }) => isPortTaken === true })
  )

/** Starts the program; a fixed port that its predecessor still blocks is tried again. */
const begin = (what: Start, port: number) =>
  Effect.andThen(
    nobodyListens(port, what.texts),
    Effect.retry(beginNow(what, port), {
      while: ({ isPortTaken }) => isPortTaken === true && what.port !== undefined,
      schedule: Schedule.upTo(Schedule.spaced(retryMillis), { duration: portMillisMax })
    })
  )

/** Fails where another program listens on a port. */
const nobodyListens = Effect.fnUntraced(function* (port: number, texts: Catalogue) {
  const stillListens = Effect.repeat(isListenedOn(port), {
    while: (listens) => listens,
    schedule: Schedule.upTo(polling, { duration: killedMillisMax })
  })
  if (yield* orNoPort(stillListens, texts))
    return yield* new TargetFailed({
      reason: texts.targets.portTaken(port),
      lastLines: [],
      isPortTaken: true
    })
})

/** Starts the program and waits until it listens, as far as the system tells. */
const beginNow = Effect.fnUntraced(function* (
  {
    command,
    cwd,
    mayUseNamespace,
    sandbox,
    seesListeners = hasSocketTables,
    texts,
    timeScale,
    ...rest
  }: Start,
  port: number
): Effect.fn.Return<Begun, TargetFailed, Scope.Scope> {
  const process = yield* startContained(
    {
      command: command.replaceAll("{port}", String(port)),
      cwd,
      variables: valuesOf(rest.variables ?? []),
      sandbox
    },
    mayUseNamespace
  )
  const startMillis = startMillisMax * timeScale
  if (!seesListeners) {
    const since = ownPatience.begin()
    const isStarting = () =>
      process.ended === undefined && ownPatience.overdue(since, startMillis) === undefined
    return { process, host, port, isStarting }
  }
  const tooSlow = texts.targets.tooSlow(port, startMillis)
  const listening = Effect.map(
    Effect.repeat(listeningHost(port), { until: (address) => address !== undefined, schedule: polling }),
    (address) => address!
  )
  const found = yield* orNoPort(process.whileRunning(listening), texts).pipe(
    Effect.catchTag("ProcessEnded", (ended) =>
      Effect.succeed({ reason: endedEarly(ended, port, texts.targets) })
    ),
    Effect.raceFirst(Effect.as(ownPatience.during(startMillis), { reason: tooSlow }))
  )
  if (typeof found === "string") return { process, host: found, port, isStarting: () => false }
  const { ended, lastLines } = process
  yield* process.kill
  const isPortTaken = ended !== undefined && (yield* orNoPort(isTaken(port), texts))
  const isMachineToBlame = ended !== undefined && isNotBegun(ended)
  return yield* new TargetFailed({ reason: found.reason, lastLines, isPortTaken, isMachineToBlame })
})

/** What a program lacks that ended too soon: a foreground, or variables. */
const endedEarly = (process: ProcessEnded, port: number, texts: TargetTexts): string => {
  const { code, how } = process
  const ended = texts.ended(how, port)
  if (code === 0) return texts.inBackground(ended)
  if (isNotBegun(process)) return texts.cannotStart(how)
  return how.startsWith("exit code") ? texts.lacksVariables(ended) : ended
}

/** Even the shell, or the sandbox, was not started. */
const isNotBegun = ({ how }: ProcessEnded): boolean => how.startsWith("spawn")

/** The values of variables that are named alone are those of the harness. */
export const valuesOf = (variables: ReadonlyArray<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    variables.flatMap((variable) => {
      const [, name, value = env[name!]] = /^([^=]*)(?:=(.*))?$/s.exec(variable)!
      return value === undefined ? [] : [[name!, value]]
    })
  )

/** Asks for a port, or about one; a machine that has none has no server either. */
const orNoPort = <A, E, R>(effect: Effect.Effect<A, E | NoPort, R>, { targets }: Catalogue) =>
  Effect.catchIf(
    effect,
    (error): error is NoPort => error instanceof NoPort,
    ({ reason }) => Effect.fail(new TargetFailed({ reason: targets.noPort(host, reason), lastLines: [] }))
  )

const quoted = (command: string): string => `'${command.replaceAll("'", "'\\''")}'`
