import { readFileSync } from "node:fs"
import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { type Server, type Target, TargetFailed } from "../stage/Target.ts"
import { millis } from "../Format.ts"
import { fresh, noStrangers } from "./Fresh.ts"
import { answers, freePort, host } from "./Port.ts"
import { launch, type Program } from "./Program.ts"
import type { Trust } from "./Trust.ts"

/** How long a server may take until its port answers. */
const startMillisMax = 10_000

/** How long a port may stay in TIME_WAIT after a server that closed first and sets no SO_REUSEADDR. */
const portMillisMax = 65_000

/** What to start: a shell command, with `{port}` for the port or the port that is compiled in. */
export interface Start {
  readonly command: string
  readonly port: number | undefined
  readonly timeScale: number
  /** How TLS is spoken with it, where it is. */
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
  let { program } = begun
  yield* Effect.addFinalizer(() => Effect.suspend(() => program.kill))
  const server: Server = {
    host,
    port,
    tls: what.trust?.tls,
    restart: Effect.gen(function* () {
      yield* program.stop
      program = (yield* begin({ ...what, port }, port)).program
    }),
    ended: () => program.ended,
    lastLines: () => program.lastLines,
    strangers: noStrangers
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
  const giveUpAtMillis = performance.now() + portMillisMax
  for (;;) {
    const program = launch(what.command.replaceAll("{port}", String(port)))
    const listening = yield* Effect.onInterrupt(
      untilListening(program, port, what.timeScale),
      () => program.kill
    )
    if (listening) return { port, program }
    const ended = program.ended
    yield* program.kill
    const isPortTaken = ended !== undefined && (saysPortIsTaken(program.lastLines) || isInTimeWait(port))
    if (!isPortTaken || what.port === undefined || performance.now() > giveUpAtMillis)
      return yield* new TargetFailed({
        reason: whyNot(ended, port, what.timeScale),
        lastLines: program.lastLines,
        isPortTaken
      })
    yield* Effect.sleep(500)
  }
})

/** Whether the port answered before the program ended and in time. */
const untilListening = Effect.fnUntraced(function* (program: Program, port: number, timeScale: number) {
  const giveUpAtMillis = performance.now() + startMillisMax * timeScale
  while (program.ended === undefined && performance.now() < giveUpAtMillis) {
    if (yield* answers(port)) return program.ended === undefined
    yield* Effect.sleep(10)
  }
  return false
})

const saysPortIsTaken = (lines: ReadonlyArray<string>): boolean =>
  lines.some((line) => /in use|EADDRINUSE|\bbind\b/i.test(line))

/** Whether the system still keeps the port for connections that are over, as far as it can be asked (Linux). */
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

const whyNot = (ended: string | undefined, port: number, timeScale: number): string =>
  ended === undefined
    ? `it did not listen on ${host}:${port} within ${millis(startMillisMax * timeScale)}`
    : `it ended (${ended}) before it listened on ${host}:${port}`

const quoted = (command: string): string => `'${command.replaceAll("'", "'\\''")}'`
