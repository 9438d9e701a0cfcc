import { closeSync, openSync } from "node:fs"
import { flushCompileCache } from "node:module"
import { isatty } from "node:tty"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import { exitCodes, Failure } from "./Cli.ts"
import { safe } from "../client/Printable.ts"
import type { LogReason } from "../log/Failure.ts"
import { LogError } from "../log/LogError.ts"
import { type Address, formatAddress } from "../net/Address.ts"
import { logger, minimumLogLevel } from "../telemetry/Logger.ts"
import { openLayer } from "../layer.ts"
import { Replica } from "../replica/Replica.ts"
import { Server } from "../Server.ts"
import type { Profile } from "../settings/Setting.ts"
import type { Values } from "../settings/Settings.ts"
import { warningsOf } from "../settings/Warnings.ts"

/** Runs a server as a whole process: prints its addresses, and serves until interrupted, which is success. */
export const runServer = (
  settings: Values,
  profile: Profile,
  strangeVariables: ReadonlyArray<string>
): Effect.Effect<never, Failure> => {
  const announce = Effect.gen(function* () {
    const { addresses, webAddresses } = yield* Server
    yield* Console.log(`palabre listens on ${addresses.map(formatAddress).join(" and ")}`)
    if (webAddresses.length > 0)
      yield* Console.log(`its page is on ${webAddresses.map(urlOf(settings)).join(" and ")}`)
    flushCompileCache()
    for (const name of strangeVariables)
      yield* Effect.logWarning(`${name}: unknown setting, ignored. serve --help lists the settings.`)
    yield* onHangup(settings.tlsCertFile === undefined ? nothingToRenew : renew)
    for (const warning of warningsOf(settings, profile)) yield* Effect.logWarning(warning)
    if (profile === "lab" && ![...addresses, ...webAddresses].every(isLoopback))
      yield* Effect.logWarning(openLab)
  })
  const failed = Effect.flatMap(Replica, ({ failed }) => failed)
  const program = Effect.andThen(announce, failed).pipe(
    Effect.scoped,
    Effect.provide(openLayer(settings)),
    Effect.provide([logger(settings.logFormat), minimumLogLevel(settings.logLevel)])
  )
  return outliveReaders.pipe(
    Effect.andThen(program),
    Effect.mapError((error) => new Failure(safe(error.message), exitCodeOf(error))),
    Effect.onInterrupt(() => endsWell)
  )
}

const exitCodeOf = (error: { readonly _tag: string } | LogError): number => {
  if (error._tag === "SettingsInvalid") return exitCodes.usage
  if (!(error instanceof LogError)) return exitCodes.failed
  return mismatches.has(error.reason) ? exitCodes.mismatch : exitCodes.store
}

/** Reasons that stay until somebody changes this server or the others. */
const mismatches: ReadonlySet<LogReason> = new Set(["newer", "unlike"])

const urlOf =
  ({ tlsCertFile }: Values) =>
  (address: Address): string =>
    `${tlsCertFile === undefined ? "http" : "https"}://${formatAddress(address)}/`

const isLoopback = ({ host }: Address): boolean => host === "::1" || host.startsWith("127.")

const openLab =
  "Others than this machine can connect, and the profile lab trusts its users: nobody is limited. " +
  "If the network is open, give --profile public."

/** Does this on SIGHUP, unless that says that the terminal was closed, which ends the server like the other signals. */
const onHangup = Effect.fnUntraced(function* (action: Effect.Effect<void, never, Server>) {
  const fork = yield* FiberSet.makeRuntime<Server>()
  const hadTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor)) // none under nohup
  const listener = () => {
    if (hadTerminal && !hasTerminal()) process.kill(process.pid, "SIGTERM")
    else fork(action)
  }
  yield* Effect.acquireRelease(
    Effect.sync(() => process.on("SIGHUP", listener)),
    () => Effect.sync(() => process.off("SIGHUP", listener))
  )
})

/** True as long as the terminal is there. */
const hasTerminal = (): boolean => {
  try {
    closeSync(openSync("/dev/tty", "r"))
    return true
  } catch {
    return false
  }
}

const renew = Effect.flatMap(Server, ({ renewCertificate }) =>
  renewCertificate.pipe(
    Effect.andThen(Effect.logInfo("certificate renewed")),
    Effect.catch((error) => Effect.logError(`${error.message} The old certificate stays in use.`))
  )
)

const nothingToRenew = Effect.logWarning(
  "SIGHUP: there is no certificate to read again without --tls-cert. SIGTERM ends the server."
)

/** Lets the reader of the output or of the log go away: that costs the lines, not the server. */
const outliveReaders = Effect.sync(() => {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {})
})

const endsWell = Effect.sync(() => {
  process.exitCode = exitCodes.ok
})
