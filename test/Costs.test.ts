import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { Socket } from "node:net"
import { assert, layer, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Connection } from "../src/net/Connection.ts"
import { Drain } from "../src/hub/Drain.ts"
import { Hub } from "../src/hub/Hub.ts"
import { houseLayer } from "../src/requests/House.ts"
import { Replies } from "../src/requests/Replies.ts"
import { ConnectionLog } from "../src/telemetry/ConnectionLog.ts"
import { inMemory } from "../src/replica/InMemory.ts"
import { Server } from "../src/Server.ts"
import { defaults, Settings } from "../src/settings/Settings.ts"
import { Counters } from "../src/telemetry/Counters.ts"
import { Connections } from "../src/net/Connections.ts"
import { Pauses } from "../src/net/Pauses.ts"
import { connect, connectAs } from "./support/TestClient.ts"

/** The parts of a server, so that what they did can be counted. */
const open = Server.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(Drain.layer, houseLayer)),
  Layer.provideMerge(Layer.mergeAll(ConnectionLog.layer, Replies.layer)),
  Layer.provideMerge(Layer.mergeAll(Counters.layer, Hub.layer, inMemory)),
  Layer.provideMerge(Pauses.layer),
  Layer.provideMerge(Connections.layer),
  Layer.provide(Layer.succeed(Settings, { ...defaults(), hosts: ["127.0.0.1"], port: 0 }))
)

const CROWD = 50

/** Counts the calls of a function while the effect runs; which calls count is told by their `this`. */
const counting = <A, E, R>(
  object: object,
  method: string,
  counts: (self: any) => boolean,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<number, E, R> =>
  Effect.suspend(() => {
    const spy = vi.spyOn(object as Record<string, () => void>, method)
    return effect.pipe(
      Effect.map(() => spy.mock.contexts.filter(counts).length),
      Effect.ensuring(Effect.sync(() => spy.mockRestore()))
    )
  })

const isAccepted = ({ server }: { readonly server?: object | null }): boolean => Boolean(server)

const isLong = (self: string) => self.length > 256

// What makes a broadcast cheap, as counts: speed itself is measured by `pnpm bench`.
layer(open)("Costs", (it) => {
  it.effect("MSG-1: a broadcast is encoded once, and is one write to each recipient", () =>
    Effect.gen(function* () {
      const clients = yield* Effect.all(Array.from({ length: CROWD }, (_, i) => connectAs(`once-${i}`)))
      const [sender, ...others] = clients
      const request = Buffer.from('{"type":"message","content":"once"}')
      const broadcast = Effect.gen(function* () {
        sender!.send(request)
        yield* Effect.all([sender!.next, ...others.map((client) => client.next)])
      })
      assert.strictEqual(yield* counting(JSON, "stringify", () => true, broadcast), 1)
      assert.strictEqual(yield* counting(Socket.prototype, "write", isAccepted, broadcast), CROWD)
    })
  )

  it.effect(
    "MSG-1: messages that come together leave together: one wake and one write a recipient, not one each",
    () =>
      Effect.gen(function* () {
        const { counters } = yield* Hub
        const clients = yield* Effect.all(Array.from({ length: CROWD }, (_, i) => connectAs(`batch-${i}`)))
        const [sender, ...others] = clients
        const before = { ...counters }
        const together = 100
        sender!.send(...Array.from({ length: together }, (_, i) => ({ type: "message", content: `${i}` })))
        yield* Effect.forEach(others, (client) => client.take(together))
        const since = (name: keyof typeof before) => counters[name] - before[name]
        assert.strictEqual(since("messages"), together)
        assert.isAtMost(since("batches"), 5)
        assert.isAtMost(since("wakes"), 5)
        assert.strictEqual(since("offers"), since("batches") * CROWD)
      })
  )

  it.effect("LIST-1: the list is encoded once per change, not per request", () =>
    Effect.gen(function* () {
      const client = yield* connectAs("lister")
      const ask = Effect.gen(function* () {
        for (let i = 0; i < 20; i++) client.send('{"type":"list"}\n')
        yield* client.take(20)
      })
      assert.isAtMost(yield* counting(JSON, "stringify", () => true, ask), 1)
      assert.strictEqual(yield* counting(JSON, "stringify", () => true, ask), 0)
    })
  )

  it.effect("LIST-1: lists with ids share the encoded list", () =>
    Effect.gen(function* () {
      const client = yield* connectAs("sharer")
      const spy = vi.spyOn(Connection.prototype, "offerTogether")
      yield* client.ask({ type: "list", id: 1 })
      yield* client.ask({ type: "list", id: 2 })
      const [first, second] = spy.mock.calls.map(([parts]) => parts[0]!)
      spy.mockRestore()
      assert.isAbove(first!.length, '{"status":"success"'.length)
      assert.strictEqual(first!.buffer, second!.buffer)
      assert.strictEqual(first!.byteOffset, second!.byteOffset)
    })
  )

  it.effect(
    "LOGIN-6, MSG-7: however long a name claims to be, only as much of it as a name may have is normalized",
    () =>
      Effect.gen(function* () {
        const client = yield* connect
        const username = `a${"\u0323\u0301".repeat(15_000)}`
        const claim = Effect.gen(function* () {
          yield* client.ask({ type: "login", username })
          yield* client.login("marked")
          yield* client.ask({ type: "message", username, content: "x" })
        })
        assert.strictEqual(yield* counting(String.prototype, "normalize", isLong, claim), 0)
      })
  )

  it.effect("CONC-1: others are answered before all that one client has sent at once is", () =>
    Effect.gen(function* () {
      const [flood, polite] = [yield* connect, yield* connect]
      const together = 4_000
      const spy = vi.spyOn(Connection.prototype, "offer")
      flood.send('{"type":"ping"}'.repeat(together))
      polite.send({ type: "ping" })
      yield* Effect.all([flood.take(together), polite.next])
      const offered = (spy.mock.contexts as ReadonlyArray<Connection>).map(({ peer }) => peer.port)
      spy.mockRestore()
      assert.isBelow(offered.indexOf(polite.socket.localPort!), together / 4)
    })
  )

  it.effect("an idle connection holds no bytes and no timer", () =>
    Effect.gen(function* () {
      const accepted: Array<Socket> = []
      const note = (message: unknown) => accepted.push((message as { readonly socket: Socket }).socket)
      subscribe("net.server.socket", note)
      const client = yield* connect
      unsubscribe("net.server.socket", note)
      client.send('{"type":"pi')
      client.send('ng"}\n')
      yield* client.next
      assert.strictEqual(accepted.length, 1)
      for (const socket of accepted) {
        assert.strictEqual(socket.writableLength + socket.readableLength, 0)
        assert.strictEqual(socket.timeout ?? 0, 0)
      }
    })
  )
})
