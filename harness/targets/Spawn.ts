import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { freePort, host, isListenedOn, isTaken, listeningHost, type NoPort } from "../../process/Port.ts"
import { type Process, shell, start as startProcess } from "../../process/Process.ts"
import { hasSocketTables } from "../../process/SocketTable.ts"
import { type Server, type Target, TargetFailed } from "../stage/Target.ts"
import { millis } from "../Format.ts"
import { fresh } from "./Fresh.ts"
import type { Trust } from "./Trust.ts"

/** The time that a server may take until it listens. */
const startMillisMax = 10_000

/** The time that a port may stay in TIME_WAIT after a server that closed first and sets no SO_REUSEADDR. */
const portMillisMax = 65_000

/** The time that a system may take to free the port of a program that was killed. */
const killedMillisMax = 1_000

const retryMillis = 500

/** The pauses between two looks whether it listens: they grow, since a look may cost milliseconds on a busy machine. */
const polling = Schedule.min([Schedule.exponential(1), Schedule.spaced(20)])

/** A shell command to start, with `{port}` for the port or the port that is compiled in. */
export interface Start {
  readonly command: string
  readonly port: number | undefined
  readonly timeScale: number
  /** The use of TLS with it, where there is one. */
  readonly trust?: Trust | undefined
  /** False where the system does not tell who listens: then the first connection is tried until it is accepted. */
  readonly seesListeners?: boolean
}

/** Any program as the server: a fresh start for each scenario, killed with all its children. */
export const spawn = (what: Start): Target => ({
  ...fresh(),
  name: what.command,
  arguments: `--spawn ${quoted(what.command)}${what.port === undefined ? "" : ` --port ${what.port}`}${what.trust?.arguments ?? ""}`,
  start: start(what)
})

const start = Effect.fnUntraced(function* (what: Start) {
  const begun = yield* what.port === undefined ? beginAnywhere(what) : begin(what, what.port)
  let { isStarting, process } = begun
  process.mark()
  const scope = yield* Effect.scope
  const again = Effect.provideService(begin({ ...what, port: begun.port }, begun.port), Scope.Scope, scope)
  const server: Server = {
    host: begun.host,
    port: begun.port,
    tls: what.trust?.tls,
    isStarting: () => isStarting(),
    restart: Effect.gen(function* () {
      yield* process.stop
      ;({ isStarting, process } = yield* again)
    }),
    ended: () => process.ended?.how,
    lastLines: () => process.linesSinceMark,
    linesBefore: () => process.linesBeforeMark
  }
  return server
})

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
  Effect.flatMap(Effect.mapError(freePort, cannotStart), (port) => begin(what, port)).pipe(
    Effect.retry({ times: portsMax - 1, while: ({ isPortTaken }) => isPortTaken === true })
  )

/** Starts the program; a fixed port that its predecessor still blocks is tried again. */
const begin = (what: Start, port: number) =>
  Effect.andThen(
    nobodyListens(port),
    Effect.retry(beginNow(what, port), {
      while: ({ isPortTaken }) => isPortTaken === true && what.port !== undefined,
      schedule: Schedule.upTo(Schedule.spaced(retryMillis), { duration: portMillisMax })
    })
  )

/** Fails where another program listens on a port. */
const nobodyListens = Effect.fnUntraced(function* (port: number) {
  const stillListens = Effect.repeat(isListenedOn(port), {
    while: (listens) => listens,
    schedule: Schedule.upTo(polling, { duration: killedMillisMax })
  })
  if (yield* Effect.mapError(stillListens, cannotStart))
    return yield* new TargetFailed({
      reason: `another program listens on port ${port} already; end it first`,
      lastLines: [],
      isPortTaken: true
    })
})

/** Starts the program and waits until it listens, as far as the system tells. */
const beginNow = Effect.fnUntraced(function* (
  { command, seesListeners = hasSocketTables, timeScale }: Start,
  port: number
): Effect.fn.Return<Begun, TargetFailed, Scope.Scope> {
  const process = yield* startProcess({ command: shell(command.replaceAll("{port}", String(port))) })
  const startMillis = startMillisMax * timeScale
  if (!seesListeners) {
    const untilMillis = performance.now() + startMillis
    const isStarting = () => process.ended === undefined && performance.now() < untilMillis
    return { process, host, port, isStarting }
  }
  const listening = Effect.map(
    Effect.repeat(listeningHost(port), { until: (address) => address !== undefined, schedule: polling }),
    (address) => address!
  )
  const found = yield* process.whileRunning(listening).pipe(
    Effect.catchTag("ProcessEnded", ({ how }) =>
      Effect.succeed({ reason: `it ended (${how}) before it listened on port ${port}` })
    ),
    Effect.timeoutOrElse({
      duration: startMillis,
      orElse: () =>
        Effect.succeed({ reason: `it did not listen on port ${port} within ${millis(startMillis)}` })
    }),
    Effect.mapError(cannotStart)
  )
  if (typeof found === "string") return { process, host: found, port, isStarting: () => false }
  const { ended, lastLines } = process
  yield* process.kill
  const isPortTaken = ended !== undefined && (yield* Effect.mapError(isTaken(port), cannotStart))
  return yield* new TargetFailed({ reason: found.reason, lastLines, isPortTaken })
})

const cannotStart = ({ reason }: NoPort): TargetFailed => new TargetFailed({ reason, lastLines: [] })

const quoted = (command: string): string => `'${command.replaceAll("'", "'\\''")}'`
