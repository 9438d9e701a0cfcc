import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import { type ClientUse, wordsOfTheSheet } from "../client/ClientUse.ts"
import { features } from "../../src/Protocol.ts"
import { type Target, TargetFailed } from "../stage/Target.ts"
import type { Values } from "../../src/settings/Settings.ts"
import { freePort } from "../../process/Port.ts"
import { fresh } from "./Fresh.ts"
import { overWebSockets } from "./OverWebSockets.ts"

/** Our own server in this process, over real TCP on the loopback interface. */
export const self = (clients: ClientUse = wordsOfTheSheet): Target => ({
  ...ownServer((port) => ({ port }), "addresses"),
  clients,
  arguments: ""
})

/** The same server, over WebSockets. */
export const selfOverWebSockets = (): Target =>
  overWebSockets(
    {
      ...ownServer((webPort) => ({ port: 0, webHosts: [host], webPort }), "webAddresses"),
      arguments: "--ws"
    },
    ({ port }) => `ws://${host}:${port}/ws`
  )

const host = "127.0.0.1"

/** Our own server; the settings are of the port that `reached` has the address of. */
const ownServer = (
  settingsOf: (port: number) => Partial<Values>,
  reached: "addresses" | "webAddresses"
): Omit<Target, "arguments"> => ({
  ...fresh(),
  name: "self",
  claims: new Set(features),
  restarts: true,
  start: Effect.gen(function* () {
    const scope = yield* Effect.scope
    const log = new Log()
    let current = yield* Scope.fork(scope)
    const listenOn = (port: number) => listen(settingsOf(port), reached, log)
    const { port } = yield* freeAddress(scope, (port) =>
      Effect.provideService(listenOn(port), Scope.Scope, current)
    )
    return {
      host,
      port,
      restart: Effect.gen(function* () {
        yield* Scope.close(current, Exit.void)
        current = yield* Scope.fork(scope)
        yield* Effect.provideService(listenOn(port), Scope.Scope, current)
      }),
      ended: () => undefined,
      lastLines: () => log.lastLines,
      onLogLine: (listener) => void log.listeners.push(listener)
    }
  })
})

/** Listens on a port that no system gives away by itself, so that it is free again at each restart. */
const freeAddress = <A>(scope: Scope.Scope, listenOn: (port: number) => Effect.Effect<A, TargetFailed>) =>
  Effect.provideService(freePort, Scope.Scope, scope).pipe(
    Effect.mapError(({ reason }) => new TargetFailed({ reason, lastLines: [] })),
    Effect.flatMap(listenOn),
    Effect.retry({ times: portsMax - 1 }) // another program may take it just before
  )

/** Ports that are tried. */
const portsMax = 5

/** The lines that a server logs, without times and addresses, which differ from run to run. */
class Log {
  lastLines: ReadonlyArray<string> = []
  readonly listeners: Array<(line: string) => void> = []
  readonly layer = Logger.layer([Logger.map(Logger.formatStructured, (entry) => this.write(entry))])

  private write({ annotations, cause, level, message }: Entry): void {
    const facts = Object.entries(annotations).flatMap(([name, value]) =>
      name === "address" ? [] : [`${name}=${String(value)}`]
    )
    const [line = "", ...trace] = [level, message, ...facts, cause ?? ""].flat().join(" ").trim().split("\n")
    this.lastLines = [...this.lastLines, line, ...trace].slice(-linesMax)
    for (const listener of this.listeners) listener(line)
  }
}

type Entry = ReturnType<typeof Logger.formatStructured.log>

/** The lines that are kept. */
const linesMax = 20

/** The server is loaded only where it is wanted: other targets do not need it. */
const listen = Effect.fnUntraced(function* (
  settings: Partial<Values>,
  reached: "addresses" | "webAddresses",
  log: Log
) {
  const { layer } = yield* Effect.promise(() => import("../../src/layer.ts"))
  const { Server } = yield* Effect.promise(() => import("../../src/Server.ts"))
  const context = yield* Effect.mapError(
    Layer.build(Layer.provide(layer({ hosts: [host], logLevel: "info", ...settings }), log.layer)),
    (error) => new TargetFailed({ reason: String(error.message), lastLines: [] })
  )
  return Context.get(context, Server)[reached][0]!
})
