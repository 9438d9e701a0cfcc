import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { answers, freePort, host } from "../../process/Port.ts"
import { shell, start as startProcess } from "../../process/Process.ts"
import { type Server, type Target, TargetFailed } from "../stage/Target.ts"
import { millis } from "../Format.ts"
import { fresh } from "./Fresh.ts"
import type { Trust } from "./Trust.ts"

/** The time that a server may take until its port answers. */
const startMillisMax = 10_000

/** The time that a port may stay in TIME_WAIT after a server that closed first and sets no SO_REUSEADDR. */
const portMillisMax = 65_000

const retryMillis = 500
const pollMillis = 10

/** A shell command to start, with `{port}` for the port or the port that is compiled in. */
export interface Start {
  readonly command: string
  readonly port: number | undefined
  readonly timeScale: number
  /** The use of TLS with it, where there is one. */
  readonly trust?: Trust | undefined
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
  const { port } = begun
  let { process } = begun
  const scope = yield* Effect.scope
  const server: Server = {
    host,
    port,
    tls: what.trust?.tls,
    restart: Effect.gen(function* () {
      yield* process.stop
      process = (yield* Effect.provideService(begin({ ...what, port }, port), Scope.Scope, scope)).process
    }),
    ended: () => process.ended?.how,
    lastLines: () => process.lastLines
  }
  return server
})

/** Ports that are tried where the program may have any: another program may take one just before it does. */
const portsMax = 5

const beginAnywhere = (what: Start) =>
  Effect.flatMap(freePort, (port) => begin(what, port)).pipe(
    Effect.retry({ times: portsMax - 1, while: ({ isPortTaken }) => isPortTaken === true })
  )

/** Starts the program and waits until its port answers; a fixed port that its predecessor still blocks is tried again. */
const begin = Effect.fnUntraced(function* (what: Start, port: number) {
  if (yield* answers(port))
    return yield* new TargetFailed({
      reason: `another program listens on port ${port} already; end it first`,
      lastLines: [],
      isPortTaken: true
    })
  return yield* Effect.retry(beginNow(what, port), {
    while: ({ isPortTaken }) => isPortTaken === true && what.port !== undefined,
    schedule: Schedule.upTo(Schedule.spaced(retryMillis), { duration: portMillisMax })
  })
})

/** Starts the program and waits until its port answers. */
const beginNow = Effect.fnUntraced(function* ({ command, timeScale }: Start, port: number) {
  const process = yield* startProcess({ command: shell(command.replaceAll("{port}", String(port))) })
  const startMillis = startMillisMax * timeScale
  const reason = yield* process.listens(answers(port), pollMillis).pipe(
    Effect.as(undefined),
    Effect.catchTag("ProcessEnded", ({ how }) =>
      Effect.succeed(`it ended (${how}) before it listened on ${host}:${port}`)
    ),
    Effect.timeoutOrElse({
      duration: startMillis,
      orElse: () => Effect.succeed(`it did not listen on ${host}:${port} within ${millis(startMillis)}`)
    })
  )
  if (reason === undefined) return { port, process }
  const { ended, lastLines } = process
  yield* process.kill
  const isPortTaken = ended !== undefined && (saysPortIsTaken(lastLines) || isInTimeWait(port))
  return yield* new TargetFailed({ reason, lastLines, isPortTaken })
})

const saysPortIsTaken = (lines: ReadonlyArray<string>): boolean =>
  lines.some((line) => /in use|EADDRINUSE|\bbind\b/i.test(line))

/** Tells whether the system still keeps the port for connections that are over, as far as it can be asked (Linux). */
const isInTimeWait = (port: number): boolean => {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`
  const sockets = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => {
    try {
      return readFileSync(file, "utf8").split("\n")
    } catch {
      return []
    }
  })
  return sockets.some((line) => {
    const [, address = "", , state] = line.trim().split(/\s+/)
    return state === TIME_WAIT && address.endsWith(local)
  })
}

const TIME_WAIT = "06"

const quoted = (command: string): string => `'${command.replaceAll("'", "'\\''")}'`
