import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { openLayer } from "../../src/layer.ts"
import { Log } from "../../src/log/Log.ts"
import { sharedMemoryLog } from "../../src/log/Memory.ts"
import { Registry } from "../../src/Registry.ts"
import { Replica } from "../../src/replica/Replica.ts"
import { Server } from "../../src/Server.ts"
import type { Values } from "../../src/settings/Settings.ts"
import { connectTo } from "./TestClient.ts"

/** A server over a log that others have, too, on a free port of loopback; it logs errors alone. */
const startNode = Effect.fnUntraced(function* (log: Layer.Layer<Log>, settings: Partial<Values> = {}) {
  const given = { hosts: ["127.0.0.1"], port: 0, logLevel: "error", ...settings } as const
  const context = yield* Layer.build(openLayer(given, log))
  const server = Context.get(context, Server)
  const connect = Effect.suspend(() => connectTo(server.addresses[0]!))
  return {
    server,
    registry: Context.get(context, Registry),
    replica: Context.get(context, Replica),
    /** A client of this server. */
    connect,
    /** A client of it that is logged in. */
    connectAs: (username: string, ...features: ReadonlyArray<string>) =>
      Effect.flatMap(connect, (client) => client.login(username, ...features))
  }
})

/** So many servers in this process, over one log in memory. */
export const startNodes = Effect.fnUntraced(function* (count: number, settings: Partial<Values> = {}) {
  const log = Layer.succeed(Log, Context.get(yield* Layer.build(sharedMemoryLog), Log))
  return yield* Effect.replicateEffect(startNode(log, settings), count)
})
