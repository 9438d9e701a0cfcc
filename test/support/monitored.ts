import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { openLayer } from "../../src/layer.ts"
import { Log } from "../../src/log/Log.ts"
import { Replica } from "../../src/replica/Replica.ts"
import { Server } from "../../src/Server.ts"
import type { Values } from "../../src/settings/Settings.ts"
import { keptLines } from "./logLines.ts"
import { connectTo } from "./TestClient.ts"

/** A monitored server that the test can end, and what its monitor answers; over a log, if one is given. */
export const monitored = Effect.fnUntraced(function* (settings: Partial<Values> = {}, log?: Log["Service"]) {
  const { layer, lines } = keptLines()
  const scope = yield* Scope.make()
  const given = { hosts: ["127.0.0.1"], port: 0, metricsPort: 0, logLevel: "info", ...settings } as const
  const context = yield* Layer.buildWithScope(
    openLayer(given, log && Layer.succeed(Log, log)).pipe(Layer.provide(layer)),
    scope
  )
  const [address] = (yield* Effect.provide(Server, context)).addresses
  const url = new URL(/http:\S+/.exec(lines.map(({ text }) => text).join("\n"))![0])
  const get = (path: string) => Effect.promise(() => fetch(new URL(path, url)))
  const scrape = Effect.flatMap(get("/metrics"), (response) =>
    Effect.map(
      Effect.promise(() => response.text()),
      samples
    )
  )
  /** Scrapes until this is true of the figures: for what the server does after its last word. */
  const until = Effect.fnUntraced(function* (isSo: (figures: Figures) => boolean) {
    let figures = yield* scrape
    while (!isSo(figures)) figures = yield* scrape
    return figures
  })
  const end = Scope.close(scope, Exit.void)
  yield* Effect.addFinalizer(() => end)
  const replica = Context.get(context, Replica)
  return { address: address!, replica, connect: connectTo(address!), url, get, scrape, until, end }
})

export type Figures = Readonly<Record<string, number>>

/** The samples of an exposition, by name and labels. */
export const samples = (exposition: string): Figures =>
  Object.fromEntries(
    exposition
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))])
  )
