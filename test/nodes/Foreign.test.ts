import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { hasBrokers, startBrokers } from "../../process/Brokers.ts"
import { nats, natsClient, type NatsClient } from "../../src/log/NatsClient.ts"
import { type Program, serve } from "../support/program.ts"
import { connectTo } from "../support/TestClient.ts"

type Config = NonNullable<Parameters<NatsClient["manager"]["streams"]["add"]>[0]>

/** A broker, a way to its streams, and servers on it. */
const broker = Effect.gen(function* () {
  const [one] = yield* startBrokers(1)
  const url = `nats://127.0.0.1:${one!.port}`
  const { jetstream, manager } = yield* natsClient({ servers: [url] })
  const { streams } = manager
  return {
    add: (config: Config) => nats(() => streams.add(config)),
    update: (name: string, config: Partial<Config>) => nats(() => streams.update(name, config)),
    remove: (name: string) => nats(() => streams.delete(name)),
    removeMessage: (seq: number) => nats(() => streams.deleteMessage("palabre", seq)),
    purge: (seq: number) => nats(() => streams.purge("palabre", { seq })),
    publish: (subject: string, text: string) => nats(() => jetstream.publish(subject, text)),
    last: Effect.map(
      nats(() => streams.info("palabre")),
      ({ state }) => state.last_seq
    ),
    /** All streams with their settings, and what is in those that no other one fills. */
    all: Effect.map(
      nats(async () => streams.list().next()),
      (infos) =>
        infos.map(({ config, created, state }) => ({
          ...config,
          created,
          messages: config.mirror || config.sources ? "others'" : state.messages
        }))
    ),
    serve: (...flags: ReadonlyArray<string>) => serve(["--store", url, ...flags])
  }
})

/** Ends with exit code 3 and one line that says this. */
const ends = Effect.fnUntraced(function* (program: Program, ...words: ReadonlyArray<string>) {
  const { code, err } = yield* Effect.promise(program.finished)
  const line = err.split("\n").find((line) => line.startsWith("palabre: ")) ?? err
  for (const word of words) assert.include(line, word)
  assert.strictEqual(code, 3, err)
})

const enter = (program: Program, username: string, ...features: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const port = yield* Effect.promise(program.listening)
    const client = yield* connectTo({ host: "127.0.0.1", port })
    return yield* client.login(username, ...features)
  })

const stop = (program: Program) => {
  program.child.kill("SIGTERM")
  return Effect.promise(program.finished)
}

const test = (name: string, body: Effect.Effect<void, unknown, Scope.Scope>) =>
  it.live(name, () => Effect.scoped(body))

describe.skipIf(!hasBrokers)("A stream that is not palabre's", () => {
  test(
    "stays as it is, and a server says what is wrong with it and what to do",
    Effect.gen(function* () {
      const { add, all, publish, serve } = yield* broker
      yield* add({ name: "orders", subjects: ["orders.>"] })
      yield* publish("orders.1", "a dozen")
      yield* add({ name: "mirrored", mirror: { name: "orders" } } as Config)
      yield* add({
        name: "filled",
        subjects: ["filled.entry"],
        discard: "new",
        sources: [{ name: "orders" }]
      })
      yield* add({ name: "old", subjects: ["old.entry"], max_age: 3_600e9, deny_purge: true })
      yield* add({ name: "taken-checkpoint", subjects: ["taken-checkpoint"] })
      yield* add({ name: "other", subjects: ["elsewhere.entry"] })
      yield* add({ name: "texts", subjects: ["texts.entry"], discard: "new" })
      yield* publish("texts.entry", "a dozen")
      const before = yield* all
      for (const [name, ...words] of [
        ["orders", "subjects is orders.>, not orders.entry", "choose another --store-name"],
        ["mirrored", `mirror is {"name":"orders"`, "choose another --store-name"],
        ["filled", "sources is"],
        [
          "old",
          `discard is "old", not "new"`,
          "max_age is 3600000000000, not 0",
          "deny_purge is true, not false",
          "nats stream edit old"
        ],
        ["taken", "the stream taken-checkpoint of the brokers"],
        ["elsewhere", "the brokers have another stream with these subjects: choose another --store-name"],
        ["texts", "message 1 of the stream texts is no entry of a chat", "nats stream purge texts --seq 2"]
      ] as const)
        yield* ends(serve("--store-name", name), ...words)
      assert.deepStrictEqual(yield* all, before)
    })
  )

  test(
    "may be what the log has become: one line, while it runs and at the next start; it goes on once that is mended",
    Effect.gen(function* () {
      const { remove, serve, update } = yield* broker
      const running = serve()
      const alice = yield* enter(running, "alice", "history")
      yield* update("palabre", { max_age: 3_600e9 })
      yield* Effect.promise(() =>
        running.says(/WARN +the log may lose entries, .*max_age is 3600000000000, not 0/)
      )
      yield* ends(serve(), "max_age is 3600000000000, not 0")
      yield* alice.ask({ type: "message", content: "still here" })
      yield* update("palabre", { max_age: 0 })
      yield* enter(serve(), "bob")
      yield* remove("palabre-checkpoint")
      yield* enter(serve(), "carol")
      yield* alice.sees("alice", "bob", "carol")
    })
  )

  test(
    "may take the place of the log while a server runs, which then ends",
    Effect.gen(function* () {
      const { add, all, remove, serve } = yield* broker
      const running = serve()
      const alice = yield* enter(running, "alice")
      running.child.kill("SIGSTOP") // it is not to be the first
      yield* remove("palabre")
      yield* add({ name: "palabre", subjects: ["palabre.entry"], retention: "workqueue" })
      running.child.kill("SIGCONT")
      yield* ends(running, "the stream palabre of the brokers", `retention is "workqueue", not "limits"`)
      assert.strictEqual((yield* alice.rest).at(-1)!.code, "unavailable")
      const [stream] = yield* all
      assert.deepInclude(stream, { name: "palabre", retention: "workqueue" })
    })
  )
})

describe.skipIf(!hasBrokers)("A log that others have had their hands in", () => {
  test(
    "has what is no entry: every server ends, and goes on once all up to there is removed",
    Effect.gen(function* () {
      const { last, publish, purge, serve } = yield* broker
      const running = serve()
      const alice = yield* enter(running, "alice", "history")
      assert.strictEqual((yield* alice.ask({ type: "message", content: "hello" })).seq, 1)
      const { seq } = yield* publish("palabre.entry", "{}")
      const words = [
        `message ${seq} of the stream palabre`,
        "let nothing else write to it",
        `--seq ${seq + 1}`
      ]
      yield* ends(running, ...words)
      yield* ends(serve(), ...words)
      yield* purge(seq + 1)
      const again = serve()
      const bob = yield* enter(again, "bob", "history")
      assert.strictEqual((yield* bob.ask({ type: "message", content: "a new epoch" })).seq, 1)
      yield* stop(again)
      const third = yield* enter(serve(), "carol", "history")
      assert.strictEqual((yield* third.ask({ type: "message", content: "the same" })).seq, 2)
      assert.isAbove(yield* last, seq)
    })
  )

  test(
    "lacks its beginning: a server does not begin beside those that know it, and does once they are gone",
    Effect.gen(function* () {
      const { last, purge, serve } = yield* broker
      const running = serve()
      const alice = yield* enter(running, "alice")
      yield* purge(yield* last)
      const waiting = serve()
      yield* Effect.promise(() => waiting.says(/WARN .*the log lacks entries, and other servers go on/))
      yield* alice.sees("alice")
      yield* stop(running)
      yield* (yield* enter(waiting, "bob")).sees("bob")
    })
  )

  test(
    "lacks an entry: a server that needs it says so, and goes on once all before it is removed",
    Effect.gen(function* () {
      const { last, purge, removeMessage, serve } = yield* broker
      const running = serve()
      const alice = yield* enter(running, "alice")
      const gone = yield* last
      yield* alice.ask({ type: "message", content: "hello" })
      yield* stop(running)
      yield* removeMessage(gone)
      yield* ends(serve(), `entry ${gone} of the log is gone`, `nats stream purge palabre --seq ${gone + 1}`)
      yield* purge(gone + 1)
      yield* enter(serve(), "bob")
    })
  )
})
