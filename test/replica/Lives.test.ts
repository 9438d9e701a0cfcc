import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { apply } from "../../src/fold/Fold.ts"
import type { Happening } from "../../src/fold/Happening.ts"
import type { Operation } from "../../src/fold/Operation.ts"
import { makeState } from "../../src/fold/State.ts"
import { type Deliver, Log } from "../../src/log/Log.ts"
import { forgot } from "../../src/log/Failure.ts"
import { LogError } from "../../src/log/LogError.ts"
import { sharedMemoryLog } from "../log/MemoryLog.ts"
import { Registry } from "../../src/Registry.ts"
import { overLog } from "../../src/replica/Lives.ts"
import { Replica } from "../../src/replica/Replica.ts"
import { defaults, Settings, type Values } from "../../src/settings/Settings.ts"
import { slow } from "../support/Nodes.ts"

/** A node without clients, and what it tells its observer. */
const startNode = Effect.fnUntraced(function* (log: Log["Service"], settings: Partial<Values> = {}) {
  const appends = Latch.makeUnsafe(true)
  const reads = Latch.makeUnsafe(true)
  let lost = Deferred.makeUnsafe<never, LogError>()
  const seen = slow(log, appends, reads)
  const follow: typeof seen.follow = (after, deliver) =>
    Effect.raceFirst(seen.follow(after, deliver), Deferred.await(lost))
  const all = Layer.succeed(Settings, { ...defaults(), ...settings })
  const layer = overLog(Layer.sync(Log, () => ({ ...seen, follow })))
  const context = yield* Layer.build(Layer.provide(layer, all))
  const replica = Context.get(context, Replica)
  const told: Array<string> = []
  replica.observe({
    happened: ({ t }) => told.push(t),
    ended: (code) => told.push(code),
    together: (work) => work(),
    ready: Effect.void
  })
  return {
    replica,
    state: Context.get(context, Registry).state,
    told,
    /** What it appends waits while this is closed. */
    appends,
    /** What is appended is not read while this is closed. */
    reads,
    /** Its log says that it has lost entries. */
    lose: Effect.suspend(() => {
      const before = lost
      lost = Deferred.makeUnsafe()
      return Deferred.fail(before, new LogError(forgot(9, 3)))
    }),
    /** Submits an operation; what it is told of it is put into the array. */
    submit: (operation: Operation) => {
      const results: Array<string> = []
      replica.submit(operation, (result) => results.push(wordsOf(result)))
      return results
    }
  }
})

const wordsOf = (result: Happening): string => (result.t === "refused" ? result.code : result.t)

/** A log, and two nodes over it. */
const startTwo = Effect.fnUntraced(function* (settings: Partial<Values> = {}) {
  const log = Context.get(yield* Layer.build(sharedMemoryLog), Log)
  return { log, a: yield* startNode(log, settings), b: yield* startNode(log, settings) }
})

/** Lets time pass as it does: timers go off one after the other. */
const pass = (millis: number) => Effect.repeat(TestClock.adjust(100), { times: millis / 100 - 1 })

const login = (username: string, id = 1): Operation => ({ t: "login", id, username, features: [] })
const announce = (content: string): Operation => ({ t: "announce", username: "server", content })

const test = (name: string, body: Effect.Effect<void, unknown, Scope.Scope>) => it.effect(name, () => body)

describe("The lives of a node, by the clock", () => {
  test(
    "NODE-4: one that falls silent is dead for the others after the lease, and not before",
    Effect.gen(function* () {
      const { a, b } = yield* startTwo()
      a.submit(login("alice"))
      yield* pass(20_000)
      a.appends.closeUnsafe()
      const silent = a.replica.node
      yield* pass(9_000)
      assert.isTrue(b.state.nodes.has(silent))
      assert.isTrue(b.state.names.has("alice"))
      yield* pass(2_000)
      assert.isFalse(b.state.nodes.has(silent))
      assert.isFalse(b.state.names.has("alice"))
      assert.strictEqual(b.told.at(-1), "left")
    })
  )

  test(
    "nobody is dead, and nothing is lost, where the log stands still for a while",
    Effect.gen(function* () {
      const { a, b } = yield* startTwo()
      for (const node of [a, b]) node.appends.closeUnsafe()
      const granted = a.submit(login("alice"))
      yield* pass(7_000)
      assert.deepStrictEqual(granted, [])
      for (const node of [a, b]) node.appends.openUnsafe()
      yield* pass(30_000)
      assert.deepStrictEqual(granted, ["granted"])
      assert.deepStrictEqual([a.replica.lives, b.replica.lives], [1, 1])
      assert.strictEqual(b.state.nodes.size, 2)
    })
  )

  test(
    "one that hears nothing of itself ends its clients before the lease is over, refuses, and begins anew",
    Effect.gen(function* () {
      const { a, b } = yield* startTwo()
      a.submit(login("alice"))
      const before = a.replica.node
      a.reads.closeUnsafe()
      yield* pass(9_000)
      assert.isTrue(a.replica.isReady)
      assert.isTrue(b.state.names.has("alice"))
      yield* pass(1_500)
      assert.isFalse(a.replica.isReady)
      assert.strictEqual(a.told.at(-1), "unavailable")
      assert.deepStrictEqual(a.submit(login("bob", 2)), ["unavailable"])
      a.reads.openUnsafe()
      yield* pass(1_000)
      assert.isTrue(a.replica.isReady)
      assert.strictEqual(a.replica.lives, 2)
      assert.notStrictEqual(a.replica.node, before)
      assert.isFalse(b.state.names.has("alice"))
      assert.deepStrictEqual([...b.state.nodes.keys()].toSorted(), [...a.state.nodes.keys()].toSorted())
      assert.deepStrictEqual(a.submit(login("bob", 2)).length, 0)
      yield* pass(100)
      assert.isTrue(b.state.names.has("bob"))
    })
  )

  test(
    "NODE-5: nobody waits for longer than --store-wait; what may be in the log is told to the observer",
    Effect.gen(function* () {
      const { a, b } = yield* startTwo()
      a.appends.closeUnsafe()
      const inDoubt = a.submit(login("alice"))
      yield* pass(100)
      const behind = a.submit(announce("behind"))
      const end = a.submit({ t: "leave", id: 1, keep: false })
      yield* pass(7_800)
      assert.deepStrictEqual([inDoubt, behind], [[], []])
      yield* pass(300)
      assert.deepStrictEqual([inDoubt, behind, end], [["doubtful"], ["unavailable"], []])
      assert.deepStrictEqual(a.submit(announce("late")), ["unavailable"])
      assert.deepStrictEqual(a.submit({ t: "fence" }), ["unavailable"])
      a.appends.openUnsafe()
      yield* pass(1_000)
      assert.deepStrictEqual([inDoubt, end], [["doubtful"], ["left"]])
      assert.include(a.told, "granted")
      assert.deepStrictEqual(
        b.told.filter((t) => t !== "done"),
        ["granted", "left"]
      )
      const again = a.submit(announce("again"))
      yield* pass(100)
      assert.deepStrictEqual(again, ["said"])
      assert.strictEqual(b.state.lobby.last, 1)
    })
  )

  test(
    "an entry that was appended again is done once",
    Effect.gen(function* () {
      const shared = Context.get(yield* Layer.build(sharedMemoryLog), Log)
      let failures = 0
      const unsure: typeof shared.append = (entry) =>
        Effect.filterOrFail(
          shared.append(entry),
          () => entry.ops[0]!.t !== "announce" || failures++ >= 3,
          () => new LogError({ reason: "unavailable", detail: "no answer" })
        )
      const a = yield* startNode({ ...shared, append: unsure })
      const said = a.submit(announce("once"))
      yield* pass(2_000)
      assert.deepStrictEqual(said, ["said"])
      assert.strictEqual(a.told.filter((t) => t === "again").length, 3)
      assert.strictEqual(a.state.lobby.last, 1)
    })
  )

  test(
    "a log that has another entry in the place of one that was read before has lost some: in one new epoch",
    Effect.gen(function* () {
      const log = Context.get(yield* Layer.build(sharedMemoryLog), Log)
      const other = { node: "other", n: 1, at: 0, ops: [] } as const
      let isOther = false
      const at: typeof log.at = (position) =>
        isOther ? Effect.succeedSome({ position, entry: other }) : log.at(position)
      const a = yield* startNode({ ...log, at, continues: true })
      yield* pass(5_000)
      const { epoch } = a.state
      const relive = Effect.gen(function* () {
        a.reads.closeUnsafe()
        yield* pass(12_000)
        a.reads.openUnsafe()
        yield* pass(5_000)
        assert.isTrue(a.replica.isReady)
      })
      yield* relive
      assert.strictEqual(a.replica.lives, 2)
      assert.strictEqual(a.state.epoch, epoch)
      isOther = true
      yield* relive
      assert.notStrictEqual(a.state.epoch, epoch)
    })
  )

  test(
    "a log that does not know for a while what was read before has lost nothing: the epoch stays",
    Effect.gen(function* () {
      const log = Context.get(yield* Layer.build(sharedMemoryLog), Log)
      let knows = true
      const at: typeof log.at = (position) =>
        Effect.suspend(() => (knows ? log.at(position) : Effect.succeedNone))
      const certain = Effect.sync(() => {
        knows = true
      })
      const a = yield* startNode({ ...log, at, certain, continues: true })
      yield* pass(5_000)
      const { epoch } = a.state
      knows = false
      a.reads.closeUnsafe()
      yield* pass(12_000)
      a.reads.openUnsafe()
      yield* pass(5_000)
      assert.strictEqual(a.replica.lives, 2)
      assert.strictEqual(a.state.epoch, epoch)
    })
  )

  test(
    "where the log has lost entries all begin anew, in one new epoch",
    Effect.gen(function* () {
      const { a, b, log } = yield* startTwo()
      const { epoch } = a.state
      yield* a.lose
      yield* b.lose
      yield* pass(2_000)
      assert.deepStrictEqual([a.replica.lives, b.replica.lives], [2, 2])
      assert.include(a.told, "unavailable")
      assert.notStrictEqual(a.state.epoch, epoch)
      assert.strictEqual(a.state.epoch, b.state.epoch)
      let epochs = 0
      const state = makeState()
      const count: Deliver = (logged) =>
        Effect.sync(() => {
          for (const { entry, position } of logged)
            apply(state, position, entry, ({ t }) => {
              if (t === "epoch") epochs++
            })
        })
      yield* Effect.forkScoped(log.follow(0, count), { startImmediately: true })
      assert.strictEqual(state.position, yield* log.last)
      assert.strictEqual(epochs, 1)
      assert.strictEqual(a.state.nodes.size, 2)
    })
  )

  test(
    "one with other settings does not begin beside others, and begins alone once they are dead",
    Effect.gen(function* () {
      const { a, b, log } = yield* startTwo()
      const unlike = yield* Effect.forkChild(Effect.flip(startNode(log, { historyMax: 3 })))
      yield* pass(2_000)
      const error = (yield* Fiber.join(unlike)) as LogError
      assert.strictEqual(error.reason, "unlike")
      assert.include(error.message, "with --history 200, and this one with --history 3:")
      assert.strictEqual(a.state.nodes.size, 2)
      for (const node of [a, b]) node.appends.closeUnsafe()
      const alone = yield* Effect.forkScoped(startNode(log, { historyMax: 3 }))
      yield* pass(11_000)
      const { state } = yield* Fiber.join(alone)
      assert.strictEqual(state.nodes.size, 1)
      assert.strictEqual(state.rules.history, 3)
    })
  )

  test(
    "the eldest keeps checkpoints; once it has left another does",
    Effect.gen(function* () {
      const { a, b, log } = yield* startTwo({ checkpointBytes: 64 * 1024 })
      const fill = Effect.forEach(Array.from({ length: 40 }), () => {
        a.submit(announce("x".repeat(1_000)))
        b.submit(announce("x".repeat(1_000)))
        return pass(100)
      })
      yield* fill
      yield* pass(2_000)
      assert.isAbove(a.replica.checkpoints.kept, 0)
      assert.strictEqual(b.replica.checkpoints.kept, 0)
      a.submit({ t: "dead", node: a.replica.node })
      yield* pass(100)
      a.appends.closeUnsafe()
      yield* pass(2_000)
      assert.strictEqual(b.replica.checkpoints.kept, 1)
      const late = yield* startNode(log, { checkpointBytes: 64 * 1024 })
      assert.strictEqual(late.state.lobby.last, b.state.lobby.last)
    })
  )
})
