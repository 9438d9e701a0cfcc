import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { encode } from "../../src/log/Codec.ts"
import { nats, natsClient } from "../../src/log/NatsClient.ts"
import { freePort } from "../../process/Port.ts"
import { entryOf } from "../log/Contract.ts"
import { hasBrokers, startBrokers, storeOf } from "../../process/Brokers.ts"
import { samples } from "../support/monitored.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import { type Program, serve } from "../support/program.ts"
import { connectTo } from "../support/TestClient.ts"

/** A server that names brokers, which must log what this says, or end with this. */
const over = (port: number, ...flags: ReadonlyArray<string>) =>
  serve(["--store", `nats://127.0.0.1:${port}`, ...flags])

const ends = Effect.fnUntraced(function* (program: Program, code: number, line: RegExp) {
  const { code: found, err } = yield* Effect.promise(program.finished)
  assert.match(err, line)
  assert.strictEqual(found, code, err)
})

const stops = (program: Program) => {
  program.child.kill("SIGTERM")
  return ends(program, 0, /(?:)/)
}

const listening = ({ listening }: Program) => Effect.promise(listening)

/** Starts a broker whose configuration says this, and gives its port. */
const start = (more?: string) =>
  Effect.map(startBrokers(1, more === undefined ? {} : { more }), ([broker]) => broker!.port)

describe.skipIf(!hasBrokers)("serve --store nats://… in trouble", () => {
  it.live("waits for a broker, says so, and ends in order meanwhile", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const program = over(yield* freePort)
        yield* Effect.promise(() => program.says(/WARN +no broker answers at nats:\/\/127\S+; trying again/))
        yield* stops(program)
      })
    )
  )

  it.live("waits for brokers that can have all copies, and says so", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const ports = (yield* startBrokers(3)).map(({ port }) => port)
        const program = serve(["--store", storeOf(ports), "--store-replicas", "5"])
        yield* Effect.promise(() => program.says(/trying again.*a broker is missing.*no suitable peers/))
        yield* stops(program)
      })
    )
  )

  it.live("is alive and not ready while it waits for a broker", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const port = yield* freePort
        const program = over(port, "--metrics-port", "0")
        const url = yield* Effect.promise(() => program.says(/http:\S+(?=\/metrics)/))
        const get = (page: string) =>
          Effect.promise(async () => {
            const answer = await fetch(`${url}${page}`)
            return { status: answer.status, figures: samples(await answer.text()) }
          })
        yield* Effect.promise(() => program.says(/trying again/))
        assert.strictEqual((yield* get("/healthz")).status, 200)
        assert.strictEqual((yield* get("/readyz")).status, 503)
        assert.strictEqual((yield* get("/metrics")).figures.palabre_ready, 0)
        yield* startBrokers(1, { ports: [port] })
        yield* listening(program)
        assert.strictEqual((yield* get("/readyz")).status, 200)
        assert.deepInclude((yield* get("/metrics")).figures, { palabre_ready: 1, palabre_store_up: 1 })
        yield* stops(program)
      })
    )
  )

  it.live("listens once there is a broker, alone and beside another server", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [broker] = yield* startBrokers(1)
        const servers = [over(broker!.port), over(broker!.port)]
        const ports = yield* Effect.forEach(servers, listening)
        const [alice, other] = yield* Effect.forEach(ports, (port) => connectTo({ host: "127.0.0.1", port }))
        yield* alice!.login("alice")
        assert.strictEqual((yield* other!.ask({ type: "login", username: "alice" })).code, "username_taken")
        yield* (yield* other!.login("bob")).sees("alice", "bob")
        for (const server of servers) yield* stops(server)
      })
    )
  )

  it.live("says in one line what is wrong, and what to do", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const path = temporaryFolder()
        const whole = yield* start()
        const store = `jetstream { store_dir: "${path}/x" }`
        yield* ends(over(yield* start("")), 3, /^palabre: nats:\S+ the brokers have no JetStream: [^\n]+\n$/m)
        const closed = yield* start(`authorization { user: u, password: p }`)
        yield* ends(over(closed), 3, /^palabre: nats:\S+ the brokers let nobody in like that: [^\n]+\n$/m)
        const small = yield* start(`max_payload: 32768\n${store}`)
        yield* ends(over(small), 2, /^palabre: --max-frame is \d+ bytes, and [^\n]+max_payload[^\n]+\n$/m)
        yield* ends(
          over(whole, "--store-replicas", "3"),
          3,
          /^palabre: a broker alone keeps no copies[^\n]+--store-replicas[^\n]+\n$/m
        )
      })
    )
  )

  it.live("ends where brokers come back that take less, once there is more to say, and says what to do", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const store = `jetstream { store_dir: "${temporaryFolder()}/x" }`
        const [broker] = yield* startBrokers(1, { more: store })
        const program = over(broker!.port)
        const alice = yield* connectTo({ host: "127.0.0.1", port: yield* listening(program) })
        yield* alice.login("alice")
        yield* broker!.kill
        yield* startBrokers(1, { more: `max_payload: 32768\n${store}`, ports: [broker!.port] })
        assert.strictEqual((yield* alice.ask({ type: "message", content: "short" })).status, "success")
        const long = { type: "message", content: "x".repeat(50_000) }
        assert.strictEqual((yield* alice.ask(long)).code, "unavailable")
        yield* ends(
          program,
          3,
          /^palabre: an entry of \d+ bytes [^\n]+ raise max_payload[^\n]+--max-frame\n$/m
        )
      })
    )
  )

  it.live("ends with exit code 4 where a newer version wrote to the log, also while it runs", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [broker] = yield* startBrokers(1)
        const options = { servers: [`nats://127.0.0.1:${broker!.port}`], name: "palabre", replicas: 1 }
        const running = over(broker!.port)
        const client = yield* connectTo({ host: "127.0.0.1", port: yield* listening(running) })
        yield* client.login("alice")
        const { jetstream, manager } = yield* natsClient(options)
        const newer = JSON.stringify({ ...JSON.parse(encode(entryOf("newer"))), v: 2 })
        yield* nats(() => jetstream.publish("palabre.entry", newer))
        const line =
          /^palabre: entry \d+ of the log was written by a newer palabre, in version 2 of [^\n]+\n$/m
        yield* ends(running, 4, line)
        assert.strictEqual((yield* client.rest).at(-1)!.code, "unavailable")
        // those who can read it need not wait for the lease
        const last = yield* nats(() =>
          manager.streams.getMessage("palabre", { last_by_subj: "palabre.entry" })
        )
        const { node, ops } = JSON.parse(last!.string())
        assert.deepStrictEqual(ops, [{ t: "dead", node }])
        yield* ends(over(broker!.port), 4, line)
      })
    )
  )

  it.live("names the packages that are missing", () => {
    const hook =
      'import { registerHooks } from "node:module"; registerHooks({ resolve(name, context, next) { if (name.startsWith("@nats-io/")) throw new Error(name); return next(name, context) } })'
    const program = serve(["--store", "nats://127.0.0.1:1"], {
      env: { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(hook)}"` }
    })
    return ends(
      program,
      3,
      /^palabre: --store nats:\S+ needs two packages: npm install @nats-io\/\S+ @nats-io\/\S+\n$/m
    )
  })
})
