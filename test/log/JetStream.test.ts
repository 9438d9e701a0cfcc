import { cpSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { type JetStreamOptions, jetStreamLog } from "../../src/log/JetStream.ts"
import { checkpoints } from "../../src/log/JetStreamCheckpoint.ts"
import { certainExtentOf } from "../../src/log/JetStreamEnd.ts"
import type { Logged } from "../../src/log/Log.ts"
import type { LogError } from "../../src/log/LogError.ts"
import { nats, natsClient } from "../../src/log/NatsClient.ts"
import { deleteStream, hasBrokers, leaderOf, startBrokers } from "../../process/Brokers.ts"
import { proxyTo, type Treatment } from "../../process/Proxy.ts"
import { contract, entryOf, openLayer } from "./Contract.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

if (!hasBrokers) console.warn("SKIPPED: nats-server is not installed, so the log on JetStream is not tested")

let streams = 0
const optionsFor = (ports: ReadonlyArray<number>, replicas: number): JetStreamOptions => ({
  servers: ports.map((port) => `nats://127.0.0.1:${port}`),
  name: `chat${++streams}`,
  replicas,
  bytesMax: 32 * 1024 * 1024
})
const portsOf = (brokers: ReadonlyArray<{ readonly port: number }>) => brokers.map(({ port }) => port)

/** What opening a log fails with. */
const failure = (server: string, more: Partial<JetStreamOptions> = {}) =>
  openLayer(jetStreamLog({ ...optionsFor([], 1), servers: [server], ...more })).pipe(
    Effect.flip,
    Effect.map(({ detail, reason }) => `${reason}: ${detail}`)
  )

/** Brokers that the tests of a group share. */
const shared = (count: number) => {
  const scope = Scope.makeUnsafe()
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return Effect.runSync(Effect.cached(Scope.provide(startBrokers(count), scope)))
}

describe.skipIf(!hasBrokers).each([1, 3])("JetStream, %i brokers", (count) => {
  const brokers = shared(count)

  contract(
    { isShared: true, isKept: true, isRemote: true },
    Effect.gen(function* () {
      const proxies = yield* Effect.forEach(portsOf(yield* brokers), proxyTo)
      const treatAll = (treatment: Treatment) =>
        Effect.forEach(proxies, ({ treat }) => treat(treatment), { discard: true })
      return {
        open: openLayer(jetStreamLog(optionsFor(portsOf(proxies), count))),
        cut: Effect.forEach(proxies, ({ cut }) => cut, { discard: true }),
        appendUnheard: (log, entry) =>
          Effect.andThen(treatAll("muffle"), Effect.ensuring(log.append(entry), treatAll("pass")))
      }
    })
  )

  it.live("has no checkpoint of a stream that was removed", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const options = optionsFor(portsOf(yield* brokers), count)
        const log = yield* openLayer(jetStreamLog(options))
        const position = yield* log.append(entryOf("gone"))
        yield* log.save({ position, pieces: ["state"] })
        assert.isTrue(Option.isSome(yield* log.saved))
        yield* deleteStream(yield* brokers, options.name)
        const anew = yield* openLayer(jetStreamLog(options))
        assert.isFalse(anew.continues)
        assert.isTrue(Option.isNone(yield* anew.saved))
        const next = yield* anew.append(entryOf("new"))
        yield* anew.save({ position: next, pieces: ["another"] })
        assert.deepStrictEqual(yield* anew.saved, Option.some({ position: next, pieces: ["another"] }))
      })
    )
  )

  it.live("does not continue where its end was lost, and has its checkpoint at the end that is left", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const options = optionsFor(portsOf(yield* brokers), count)
        const log = yield* openLayer(jetStreamLog(options))
        const last = yield* log.append(entryOf("left"))
        yield* log.save({ position: last + 10, pieces: ["state"] })
        const opened = yield* openLayer(jetStreamLog(options))
        assert.isFalse(opened.continues)
        assert.deepStrictEqual(yield* opened.saved, Option.some({ position: last, pieces: ["state"] }))
        const again = yield* openLayer(jetStreamLog(options))
        assert.isTrue(again.continues)
        const next = yield* again.append(entryOf("next"))
        yield* again.save({ position: next, pieces: ["later"] })
        assert.deepStrictEqual(yield* log.saved, Option.some({ position: next, pieces: ["later"] }))
      })
    )
  )

  it.live("does not continue where what followed its checkpoint is gone, and goes on after that", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const options = optionsFor(portsOf(yield* brokers), count)
        const log = yield* openLayer(jetStreamLog(options))
        const [first, , third] = yield* Effect.forEach(["a", "b", "c"], (id) => log.append(entryOf(id)))
        yield* log.save({ position: first!, pieces: ["state"] })
        yield* log.trim(third!)
        const opened = yield* openLayer(jetStreamLog(options))
        assert.isFalse(opened.continues)
        assert.deepStrictEqual(yield* opened.saved, Option.some({ position: third! - 1, pieces: ["state"] }))
        assert.isTrue((yield* openLayer(jetStreamLog(options))).continues)
      })
    )
  )

  it.live("has lost nothing where a broker that has just become the leader does not know its end yet", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const options = optionsFor(portsOf(yield* brokers), count)
        const log = yield* openLayer(jetStreamLog(options))
        const last = yield* log.append(entryOf("last"))
        yield* log.save({ position: last, pieces: ["state"] })
        const client = yield* natsClient(options)
        const { created } = yield* nats(() => client.manager.streams.info(options.name))
        const stale = Effect.succeed({ first: 1, last: last - 1 })
        const certain = certainExtentOf(client, options.name, `${options.name}.entry`)
        const checkpointsOf = (extent: typeof stale, certainExtent: typeof certain) =>
          checkpoints(client, options.name, created, extent, certainExtent)
        assert.isFalse(yield* checkpointsOf(stale, certain).mend)
        assert.isTrue((yield* openLayer(jetStreamLog(options))).continues)
        assert.isTrue(yield* checkpointsOf(stale, stale).mend)
      })
    )
  )

  it.live("says that it forgot where its stream is removed, or made anew", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const options = optionsFor(portsOf(yield* brokers), count)
        for (const isMadeAnew of [false, true]) {
          const log = yield* openLayer(jetStreamLog(options))
          const last = yield* log.append(entryOf("gone"))
          yield* deleteStream(yield* brokers, options.name)
          const anew = isMadeAnew ? yield* openLayer(jetStreamLog(options)) : undefined
          if (anew !== undefined) {
            assert.isFalse(anew.continues)
            while ((yield* anew.append(entryOf("another"))) < last + 5) continue
          }
          const error = yield* Effect.flip(log.follow(last, () => Effect.void))
          assert.strictEqual(error.reason, "forgot")
        }
      })
    )
  )
})

describe.skipIf(!hasBrokers)("JetStream", () => {
  it.live("loses nothing where the broker is killed that leads the stream", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const brokers = yield* startBrokers(3)
        const options = optionsFor(portsOf(brokers), 3)
        const log = yield* openLayer(jetStreamLog(options))
        const reader = yield* openLayer(jetStreamLog(options))
        const seen = yield* Queue.unbounded<Logged>()
        yield* Effect.forkScoped(reader.follow(0, (logged) => Queue.offerAll(seen, logged)))
        const appended: Array<string> = []
        for (let i = 0; i < 60; i++) {
          if (i === 20) yield* (yield* leaderOf(brokers, options.name)).kill
          const entry = entryOf(`m${i}`)
          yield* Effect.retry(log.append(entry), { while: ({ isRetryable }) => isRetryable })
          appended.push(`m${i}`)
        }
        const got: Array<string> = []
        while (new Set(got).size < appended.length) {
          const { entry } = yield* Queue.take(seen)
          got.push((entry.ops[0] as { readonly content: string }).content)
        }
        assert.deepStrictEqual([...new Set(got)], appended)
      })
    )
  )

  it.live("says that it forgot where brokers that lost its end give its numbers to others", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const store = join(temporaryFolder(), "store")
        const more = `jetstream { store_dir: "${store}" }`
        const [broker] = yield* startBrokers(1, { more })
        const options = optionsFor([broker!.port], 1)
        const log = yield* openLayer(jetStreamLog(options))
        yield* log.append(entryOf("kept"))
        yield* broker!.kill
        cpSync(store, `${store}.old`, { recursive: true })
        yield* broker!.restart
        const again = { schedule: Schedule.spaced(50), while: (error: LogError) => error.isRetryable }
        const lost = yield* Effect.retry(log.append(entryOf("lost")), again)
        const seen = yield* Queue.unbounded<string>()
        const follower = yield* Effect.forkScoped(
          Effect.flip(
            log.follow(lost - 1, ([{ entry }]) => Effect.asVoid(Queue.offer(seen, JSON.stringify(entry))))
          )
        )
        assert.include(yield* Queue.take(seen), "lost")
        yield* broker!.kill
        rmSync(store, { recursive: true })
        cpSync(`${store}.old`, store, { recursive: true })
        yield* broker!.restart
        for (const content of ["other", "another"]) yield* Effect.retry(log.append(entryOf(content)), again)
        assert.strictEqual((yield* Fiber.join(follower)).reason, "forgot")
      })
    )
  )

  it.live("says what is wrong with brokers that cannot be used", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const path = temporaryFolder()
        const [bare] = yield* startBrokers(1, { more: "" })
        const [closed] = yield* startBrokers(1, {
          more: `authorization { user: u, password: "p w" }`
        })
        assert.match(
          yield* failure(`nats://127.0.0.1:${bare!.port}`),
          /^refused: .*no JetStream: start them with it/
        )
        for (const user of ["", "u:wrong@"]) {
          const said = yield* failure(`nats://${user}127.0.0.1:${closed!.port}`)
          assert.match(said, /^refused: nats:\/\/(…@)?127\.0\.0\.1:\d+: the brokers let nobody in like that/)
        }
        assert.match(
          yield* failure("nats://127.0.0.1:1", { credsFile: join(path, "nowhere.creds") }),
          /^refused: .*nowhere\.creds/
        )
        writeFileSync(join(path, "empty.creds"), "")
        assert.match(
          yield* failure("nats://127.0.0.1:1", { credsFile: join(path, "empty.creds") }),
          /^refused: .*empty\.creds/
        )
      })
    )
  )

  it.live("gives a reader that is slow no more than it can hold", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const options = optionsFor(portsOf(yield* startBrokers(1)), 1)
        const log = yield* openLayer(jetStreamLog(options))
        const position = yield* log.append(entryOf("first"))
        const isReading = Latch.makeUnsafe(false)
        const goesOn = Latch.makeUnsafe(false)
        const seen: Array<Logged> = []
        yield* Effect.forkScoped(
          log.follow(position - 1, (logged) =>
            Effect.suspend(() => {
              seen.push(...logged)
              isReading.openUnsafe()
              return goesOn.await
            })
          )
        )
        yield* isReading.await
        const entries = Array.from({ length: 2_000 }, () => entryOf("x".repeat(10_000)))
        const last = Math.max(...(yield* Effect.forEach(entries, log.append, { concurrency: 500 })))
        const { manager } = yield* natsClient({ servers: options.servers })
        const given = yield* nats(async () => {
          const consumers = []
          for await (const { delivered } of manager.consumers.list(options.name))
            consumers.push(delivered.stream_seq)
          return Math.max(...consumers)
        })
        goesOn.openUnsafe()
        while (seen.at(-1)?.position !== last) yield* Effect.yieldNow
        assert.isBelow(given, position + 1_000)
        assert.deepStrictEqual(
          seen.map((logged) => logged.position),
          Array.from(seen, (_, i) => position + i)
        )
      })
    )
  )

  it.live("is full where its stream is, and says so", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const brokers = yield* startBrokers(1)
        const options = { ...optionsFor(portsOf(brokers), 1), bytesMax: 100_000 }
        const log = yield* openLayer(jetStreamLog(options))
        const fill = Effect.forever(log.append(entryOf("x".repeat(10_000))))
        const { detail, reason } = yield* Effect.flip(fill)
        assert.strictEqual(reason, "full")
        assert.include(detail, "--store-max")
        const last = yield* log.last
        assert.isAbove(last, 5)
        yield* log.trim(last + 1)
        assert.strictEqual(yield* log.append(entryOf("again")), last + 1)
      })
    )
  )
})
