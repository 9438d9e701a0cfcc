import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Address } from "../src/net/Address.ts"
import { Lines } from "../src/wire/Lines.ts"
import type { Census } from "./ServerFigures.ts"
import type { Certificate } from "./Certificate.ts"
import { namesOnline } from "./NamesOnline.ts"
import { clocksWith, Patience } from "./Patience.ts"
import type { CannotConnect } from "./Sockets.ts"

/** The server is gone, or does not start: how it ended, and the end of what it said. */
export class ServerFailed extends Data.TaggedError("ServerFailed")<{
  readonly reason: string
  readonly log: ReadonlyArray<string>
}> {}

/** How a server process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly millis: number
}

/** Our own server as people run it, in a process of its own on a free port of loopback, that can be looked into. */
export interface ServerProcess {
  readonly address: Address
  readonly seats: number
  /** How long its clients wait. */
  readonly patience: Patience
  readonly census: Effect.Effect<Census, ServerFailed | CannotConnect>
  /** The most memory that it ever had, or `undefined` where the system does not tell. */
  readonly peakBytes: () => number | undefined
  /** The last lines of its log that tell of an error, or are none of its own. */
  readonly complaints: () => ReadonlyArray<string>
  /** Fails with how it ended, as soon as it has. */
  readonly ended: Effect.Effect<never, ServerFailed>
  /** Asks it to end in order; done once it has. */
  readonly terminate: Effect.Effect<Ended>
}

/** What kind of server to start: with a certificate it speaks TLS. */
export interface ServerOptions {
  /** How many may connect. */
  readonly seats: number
  readonly certificate: Certificate | undefined
}

/** Starts a server; it is killed when the scope closes, if it still runs. */
export const startServer = Effect.fnUntraced(function* ({ certificate, seats }: ServerOptions) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => spawnServer([...seatFlags(seats), ...tlsFlags(certificate)])),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  const log: Array<string> = []
  const lines = new Lines(LOG_LINE_BYTES_MAX)
  child.stderr!.on("data", (chunk: Buffer) => {
    for (const line of lines.push(chunk)) log.push("text" in line ? line.text : line.problem)
    log.splice(0, log.length - LOG_LINES_MAX)
  })
  const ended = Effect.callback<never, ServerFailed>((resume) => {
    const onClose = () =>
      resume(
        Effect.fail(new ServerFailed({ reason: child.signalCode ?? `exit code ${child.exitCode}`, log }))
      )
    if (child.exitCode !== null || child.signalCode !== null) onClose()
    else child.once("close", onClose)
    return Effect.sync(() => child.off("close", onClose))
  })
  const address: Address = {
    host: "127.0.0.1",
    port: yield* Effect.raceFirst(listening(child), ended),
    tls: certificate && { ca: certificate.ca }
  }
  const counted = Effect.gen(function* () {
    const held = yield* census(child) // before the visit that asks for the names
    return { names: yield* namesOnline(address), ...held }
  })
  const server: ServerProcess = {
    address,
    seats,
    patience: new Patience(clocksWith(child.pid)),
    census: Effect.raceFirst(counted, ended),
    peakBytes: () => peakBytes(child.pid!),
    complaints: () => log.filter((line) => !/^\{.*"level":"WARN"/.test(line)),
    ended,
    terminate: terminate(child)
  }
  return server
})

const seatFlags = (seats: number) => ["--max-clients", String(seats)]

/** A handshake may take as long as a login: soon enough for a short party to see the end of it. */
const tlsFlags = (certificate: Certificate | undefined): ReadonlyArray<string> =>
  certificate === undefined
    ? []
    : ["--tls-cert", certificate.certFile, "--tls-key", certificate.keyFile, ...handshakeFlags]

/** How long a handshake may take with a server that speaks TLS. */
export const handshakeMillisMax = 5_000
const handshakeFlags = ["--login-timeout", `${handshakeMillisMax / 1_000}s`]

const root = new URL("..", import.meta.url)

const spawnServer = (flags: ReadonlyArray<string>): ChildProcess => {
  const probe = new URL("Probe.ts", import.meta.url).href
  return spawn(
    process.execPath,
    [
      "--import",
      probe,
      "bin/palabre.js",
      "serve",
      "--host",
      "127.0.0.1",
      "--port",
      "0",
      "--log-level",
      "warn",
      "--log-format",
      "json",
      ...flags
    ],
    { cwd: fileURLToPath(root), stdio: ["ignore", "pipe", "pipe", "ipc"] }
  )
}

/** The port that it tells once it listens. */
const listening = (child: ChildProcess): Effect.Effect<number> =>
  Effect.callback((resume) => {
    let said = ""
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(0, 1_000)
      const [, port] = /:(\d+)\n/.exec(said) ?? []
      if (port !== undefined) resume(Effect.succeed(Number(port)))
    })
  })

const census = (child: ChildProcess): Effect.Effect<Omit<Census, "names">> =>
  Effect.callback((resume) => {
    child.once("message", (message) => resume(Effect.succeed(message as Census)))
    child.send("census")
  })

const peakBytes = (pid: number): number | undefined => {
  try {
    const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? []
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024
  } catch {
    return undefined // no /proc: not Linux, or the process is gone
  }
}

const terminate = (child: ChildProcess): Effect.Effect<Ended> =>
  Effect.callback((resume) => {
    const startedAt = performance.now()
    child.once("exit", (code, signal) =>
      resume(Effect.succeed({ code, signal, millis: performance.now() - startedAt }))
    )
    child.kill("SIGTERM")
  })

const LOG_LINES_MAX = 20
const LOG_LINE_BYTES_MAX = 65_536
