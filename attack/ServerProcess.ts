import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { ConnectFailed } from "../harness/stage/ActorConnection.ts"
import { clocksWith, Patience } from "../process/Patience.ts"
import { host } from "../process/Port.ts"
import { type Process, type ProcessEnded, start } from "../process/Process.ts"
import type { Address } from "../src/net/Address.ts"
import { answerMillisMax, RawConnection } from "./RawConnection.ts"
import type { ServerFigures } from "./ServerFigures.ts"
import type { Certificate } from "./Certificate.ts"

/** The server is gone, or does not start: how it ended, and the end of what it said. */
export class ServerFailed extends Data.TaggedError("ServerFailed")<{
  readonly reason: string
  readonly log: ReadonlyArray<string>
}> {}

/** The end of a server process, and the time that it took. */
export interface Ended extends Pick<ProcessEnded, "code" | "how"> {
  readonly millis: number
}

/** Our own server as people run it, in a process of its own on a free port of loopback, whose figures can be asked for. */
export interface ServerProcess {
  readonly address: Address
  /** Where it serves WebSockets. */
  readonly web: Address
  readonly seats: number
  /** The measure of what its clients wait. */
  readonly patience: Patience
  readonly figures: Effect.Effect<ServerFigures, ServerFailed | ConnectFailed>
  /** The most memory that it ever had, or `undefined` where the system does not tell. */
  readonly peakBytes: () => number | undefined
  /** The last lines of its log, warnings left out. */
  readonly complaints: () => ReadonlyArray<string>
  /** Fails with how it ended, as soon as it has. */
  readonly ended: Effect.Effect<never, ServerFailed>
  /** Sends SIGTERM and waits for its end. */
  readonly terminate: Effect.Effect<Ended>
}

/** Options of the server: with a certificate it speaks TLS. */
export interface ServerOptions {
  /** The clients that may connect. */
  readonly seats: number
  readonly certificate: Certificate | undefined
  /** More flags. */
  readonly flags?: ReadonlyArray<string>
}

/** Starts a server; it is killed when the scope closes, if it still runs. */
export const startServer = Effect.fnUntraced(function* ({ certificate, flags = [], seats }: ServerOptions) {
  const child = yield* start({
    command: [...command, ...seatFlags(seats), ...tlsFlags(certificate), ...flags],
    cwd,
    ipc: true
  })
  const failed = ({ how }: ProcessEnded) => new ServerFailed({ reason: how, log: child.errors.lines })
  const ended = Effect.flatMap(child.end, failed)
  const [, port, webPort] = yield* Effect.mapError(child.prints(/:(\d+)\n.*:(\d+)\/\n/), failed)
  const tls = certificate && { ca: certificate.ca }
  const address: Address = { host, port: Number(port), tls }
  const counted = Effect.gen(function* () {
    const held = (yield* child.ask("figures")) as Omit<ServerFigures, "names"> // before the visit that asks for the names
    return { names: yield* namesOnline(address), ...held }
  })
  const server: ServerProcess = {
    address,
    web: { host, port: Number(webPort), tls },
    seats,
    patience: new Patience(clocksWith(child.pid)),
    figures: Effect.raceFirst(counted, ended),
    peakBytes: () => peakBytes(child.pid!),
    complaints: () => child.errors.lines.filter((line) => !/^\{.*"level":"WARN"/.test(line)),
    ended,
    terminate: terminate(child)
  }
  return server
})

const cwd = fileURLToPath(new URL("..", import.meta.url))

const serveFlags =
  "serve --host 127.0.0.1 --port 0 --web-host 127.0.0.1 --web-port 0 --log-level warn --log-format json"

const command = [
  process.execPath,
  "--import",
  new URL("Probe.ts", import.meta.url).href,
  "bin/palabre.js",
  ...serveFlags.split(" ")
]

const seatFlags = (seats: number) => ["--max-clients", String(seats)]

/** A handshake may take as long as a login: soon enough for a short run to see the end of it. */
const tlsFlags = (certificate: Certificate | undefined): ReadonlyArray<string> =>
  certificate === undefined
    ? []
    : ["--tls-cert", certificate.certFile, "--tls-key", certificate.keyFile, ...handshakeFlags]

/** The time that a handshake may take with a server that speaks TLS. */
export const handshakeMillisMax = 5_000
const handshakeFlags = ["--login-timeout", `${handshakeMillisMax / 1_000}s`]

/** Counts the names on the server's list, its own left out. */
const namesOnline = Effect.fnUntraced(function* (address: Address) {
  const connection = yield* RawConnection.connect(address)
  yield* connection.send({ type: "login", username: "figures" }, { type: "list" }, { type: "logout" })
  yield* connection.until(answerMillisMax, () => false)
  return connection.users.length - 1
}, Effect.scoped)

const peakBytes = (pid: number): number | undefined => {
  try {
    const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? []
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024
  } catch {
    return undefined // no /proc: not Linux, or the process is gone
  }
}

const terminate = (child: Process): Effect.Effect<Ended> =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    child.signal("SIGTERM")
    const { code, how } = yield* child.end
    return { code, how, millis: (yield* Clock.currentTimeMillis) - began }
  })
