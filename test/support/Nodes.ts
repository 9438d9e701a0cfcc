import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { Embedder } from "../../src/embedding/Embedder.ts"
import type { Happening } from "../../src/fold/Happening.ts"
import type { Operation } from "../../src/fold/Operation.ts"
import { openLayer } from "../../src/layer.ts"
import { type Deliver, Log, type Logged } from "../../src/log/Log.ts"
import { sharedMemoryLog } from "../log/MemoryLog.ts"
import { Registry } from "../../src/Registry.ts"
import { Replica } from "../../src/replica/Replica.ts"
import { House } from "../../src/requests/Conversation.ts"
import { Server } from "../../src/Server.ts"
import type { Values } from "../../src/settings/Settings.ts"
import { connectTo } from "./TestClient.ts"

/** A server over a log that others have, too, on a free port of loopback; it logs errors alone. */
export const startNode = Effect.fnUntraced(function* (
  log: Log["Service"],
  settings: Partial<Values> = {},
  embedder?: Embedder
) {
  const appends = Latch.makeUnsafe(true)
  const reads = Latch.makeUnsafe(true)
  const given = { hosts: ["127.0.0.1"], port: 0, logLevel: "error", ...settings } as const
  const open = openLayer(given, Layer.succeed(Log, slow(log, appends, reads)))
  const context = yield* Layer.build(Layer.provide(open, Layer.succeed(Embedder, embedder)))
  const server = Context.get(context, Server)
  const replica = Context.get(context, Replica)
  const connect = Effect.suspend(() => connectTo(server.addresses[0]!))
  return {
    server,
    replica,
    registry: Context.get(context, Registry),
    house: Context.get(context, House),
    /** What the node appends waits while this is closed. */
    appends,
    /** What was appended by any node is not read by this one while this is closed. */
    reads,
    /** Appends an operation, and gives its result once it is read back. */
    submit: (operation: Operation) =>
      Effect.callback<Happening>((resume) =>
        replica.submit(operation, (result) => resume(Effect.succeed(result)))
      ),
    /** A client of this server. */
    connect,
    /** A client of it that is logged in. */
    connectAs: (username: string, ...features: ReadonlyArray<string>) =>
      Effect.flatMap(connect, (client) => client.login(username, ...features)),
    /** The same, with other fields of the login and its reply. */
    enter: Effect.fnUntraced(function* (
      username: string,
      features: ReadonlyArray<string>,
      fields: object = {}
    ) {
      const client = yield* connect
      const welcome = yield* client.ask({ type: "login", username, features, ...fields })
      if (welcome.status !== "success") return yield* Effect.die(new Error(JSON.stringify(welcome)))
      return { client, welcome }
    })
  }
})

/** A log as one node sees it: no other node waits for it, and what is on its way arrives even if nobody waits for that. */
export const slow = (log: Log["Service"], appends: Latch.Latch, reads: Latch.Latch): Log["Service"] => ({
  ...log,
  append: (entry) =>
    Effect.flatMap(Effect.forkDetach(Effect.andThen(appends.await, log.append(entry))), Fiber.join),
  follow: (after, deliver) =>
    Effect.gen(function* () {
      const queue = yield* Queue.unbounded<Logged>()
      const arrive: Deliver = (logged) => Effect.asVoid(Queue.offerAll(queue, logged))
      const take = Effect.andThen(reads.await, Queue.takeAll(queue))
      return yield* Effect.raceFirst(
        log.follow(after, arrive),
        Effect.forever(Effect.flatMap(take, (logged) => Effect.andThen(reads.await, deliver(logged))))
      )
    })
})

/** A program that takes part in the chat by listening alone. */
export const listener = (told: Partial<Embedder>): Embedder => ({
  username: "server",
  onLogin: undefined,
  onMessage: undefined,
  hookMillisMax: 1_000,
  contentBytesMax: 65_536,
  joined: () => {},
  said: () => {},
  left: () => {},
  ...told
})

/** So many servers in this process, over one log in memory; each may have a program that takes part. */
export const startNodes = Effect.fnUntraced(function* (
  count: number,
  settings: Partial<Values> = {},
  embedders: ReadonlyArray<Embedder> = []
) {
  const log = Context.get(yield* Layer.build(sharedMemoryLog), Log)
  return yield* Effect.forEach(Array.from({ length: count }), (_, i) =>
    startNode(log, settings, embedders[i])
  )
})
