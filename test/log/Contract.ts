import { assert, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import type { Entry, OperationOf } from "../../src/fold/Operation.ts"
import { Log, type Logged, type Position } from "../../src/log/Log.ts"
import type { LogError } from "../../src/log/LogError.ts"

type LogService = Log["Service"]

/** What an engine can do beyond the least. */
export interface Traits {
  /** Nodes may have the same log open at the same time. */
  readonly isShared: boolean
  /** What was appended is there after everybody has closed it. */
  readonly isKept: boolean
  /** There is a network between it and us: `Bench` can break it. */
  readonly isRemote: boolean
}

/** A log that is empty at first, and what a test may do to it. */
export interface Bench {
  /** Opens it, as often as wanted: one after the other, or at once if it `isShared`. */
  readonly open: Effect.Effect<LogService, LogError, Scope.Scope>
  /** Cuts the connections of whoever has it open; they come back by themselves. */
  readonly cut?: Effect.Effect<void>
  /** Appends so that the entry arrives, and the answer does not: fails. */
  readonly appendUnheard?: (log: LogService, entry: Entry) => Effect.Effect<unknown, LogError>
}

/** The log of a layer, opened anew each time. */
export const openLayer = <E>(layer: Layer.Layer<Log, E>): Effect.Effect<LogService, E, Scope.Scope> =>
  Effect.map(Layer.build(Layer.fresh(layer)), Context.get(Log))

let n = 0
/** An entry of a node with something to tell it by. */
export const entryOf = (content: string, node = "a"): Entry => ({
  node,
  n: ++n,
  at: 1_795_626_000_000,
  ops: [{ t: "announce", username: "log", content }]
})
const contentOf = (logged: Logged) => (logged.entry.ops[0] as OperationOf<"announce">).content
const texts = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

/** Appends one after the other. */
const appendAll = (log: LogService, contents: ReadonlyArray<string>) =>
  Effect.forEach(contents, (content) => log.append(entryOf(content)))

/** Follows in a fiber of its own. */
const follow = Effect.fnUntraced(function* (log: LogService, after: Position) {
  const seen = yield* Queue.unbounded<Logged>()
  const following = log.follow(after, (logged) => Queue.offerAll(seen, logged))
  const fiber = yield* Effect.forkScoped(following, { startImmediately: true })
  const take = (count: number) => Effect.map(Queue.takeN(seen, count), (all) => [...all])
  return { fiber, seen, take }
})

const reasonOf = <A>(effect: Effect.Effect<A, LogError>) =>
  Effect.match(effect, { onFailure: ({ reason }) => reason as string, onSuccess: () => "success" })

/** What every log must hold, whatever its engine. */
export const contract = (
  { isKept, isRemote, isShared }: Traits,
  make: Effect.Effect<Bench, unknown, Scope.Scope>
): void => {
  const test = (name: string, body: (bench: Bench) => Effect.Effect<void, unknown, Scope.Scope>) =>
    it.live(name, () => Effect.scoped(Effect.flatMap(make, body)))
  /** Two handles, of two nodes where the engine allows that. */
  const two = ({ open }: Bench) =>
    Effect.flatMap(open, (a) => Effect.map(isShared ? open : Effect.succeed(a), (b) => [a, b] as const))

  test("is empty at first, and its positions rise in the order of appends", ({ open }) =>
    Effect.gen(function* () {
      const log = yield* open
      assert.isFalse(log.continues)
      assert.strictEqual(yield* log.last, 0)
      assert.isTrue(Option.isNone(yield* log.at(1)))
      const positions = yield* appendAll(log, texts("m", 20))
      assert.isAbove(positions[0]!, 0)
      assert.deepStrictEqual(
        positions,
        positions.toSorted((x, y) => x - y)
      )
      assert.strictEqual(new Set(positions).size, 20)
      assert.strictEqual(yield* log.last, positions.at(-1))
    }))

  test("shows a follower exactly what was appended, from where it asks", (bench) =>
    Effect.gen(function* () {
      const [a, b] = yield* two(bench)
      const early = yield* follow(b, 0)
      const positions = yield* appendAll(a, texts("m", 20))
      const late = yield* follow(b, 0)
      const half = yield* follow(b, positions[9]!)
      const now = yield* follow(b, positions[19]!)
      yield* a.append(entryOf("more"))
      const all = [...texts("m", 20), "more"]
      assert.deepStrictEqual((yield* early.take(21)).map(contentOf), all)
      assert.deepStrictEqual((yield* late.take(21)).map(contentOf), all)
      assert.deepStrictEqual((yield* half.take(11)).map(contentOf), all.slice(10))
      assert.deepStrictEqual((yield* now.take(1)).map(contentOf), ["more"])
      for (const { seen } of [early, late, half, now]) assert.strictEqual(Queue.sizeUnsafe(seen), 0)
    }))

  test("has for everyone, at once, what an append is done with", (bench) =>
    Effect.gen(function* () {
      const [a, b] = yield* two(bench)
      for (const content of texts("r", 30)) {
        const appended = entryOf(content)
        const position = yield* a.append(appended)
        assert.deepStrictEqual(yield* b.at(position), Option.some({ position, entry: appended }))
        assert.strictEqual(yield* b.last, position)
        assert.isTrue(Option.isNone(yield* b.at(position + 1)))
      }
    }))

  test("puts what two append at once into one order, the same for two followers", (bench) =>
    Effect.gen(function* () {
      const [a, b] = yield* two(bench)
      const followers = [yield* follow(a, 0), yield* follow(b, 0)] as const
      const contents = texts("w", 60)
      const positions = yield* Effect.forEach(
        contents,
        (content, i) => (i % 2 ? a : b).append(entryOf(content, i % 2 ? "a" : "b")),
        { concurrency: "unbounded" }
      )
      const [x, y] = [yield* followers[0].take(60), yield* followers[1].take(60)]
      assert.deepStrictEqual(x, y)
      assert.deepStrictEqual(
        x.map(({ position }) => contents[positions.indexOf(position)]),
        x.map(contentOf)
      )
      assert.deepStrictEqual(
        x.map(({ position }) => position),
        positions.toSorted((p, q) => p - q)
      )
    }))

  test("calls a follower again only when it is done, also while it appends", (bench) =>
    Effect.gen(function* () {
      const [a, b] = yield* two(bench)
      const seen: Array<string> = []
      const done = yield* Deferred.make<void>()
      let inside = 0
      let most = 0
      const deliver = (logged: ReadonlyArray<Logged>) =>
        Effect.gen(function* () {
          most = Math.max(most, ++inside)
          for (const one of logged) {
            seen.push(contentOf(one))
            if (contentOf(one) === "m0") yield* Effect.orDie(b.append(entryOf("from within")))
            yield* Effect.yieldNow
          }
          inside--
          if (seen.length === 11) yield* Deferred.succeed(done, undefined)
        })
      yield* Effect.forkScoped(b.follow(0, deliver), { startImmediately: true })
      yield* Effect.forEach(texts("m", 10), (content) => a.append(entryOf(content)), {
        concurrency: "unbounded"
      })
      yield* Deferred.await(done)
      assert.strictEqual(most, 1)
      assert.sameMembers(seen, [...texts("m", 10), "from within"])
    }))

  test("keeps all of Unicode, and large entries; refuses those beyond its limit", ({ open }) =>
    Effect.gen(function* () {
      const log = yield* open
      const content = 'é\u2028\n\0😀\\"'.repeat(20_000)
      const position = yield* log.append(entryOf(content))
      assert.strictEqual(contentOf(Option.getOrThrow(yield* log.at(position))), content)
      if (log.entryBytesMax > 2 ** 30) return
      assert.strictEqual(yield* reasonOf(log.append(entryOf("x".repeat(log.entryBytesMax)))), "too_large")
      assert.strictEqual(yield* log.last, position)
      yield* log.append(entryOf("after"))
    }))

  test("forgets what is trimmed, and says so; numbers go on", (bench) =>
    Effect.gen(function* () {
      const [a, b] = yield* two(bench)
      const positions = yield* appendAll(a, texts("m", 10))
      for (const before of [0, 1, positions[0]!]) yield* a.trim(before)
      assert.strictEqual(contentOf(Option.getOrThrow(yield* b.at(positions[0]!))), "m0")
      yield* a.trim(positions[4]!)
      yield* a.trim(positions[2]!)
      assert.isTrue(Option.isNone(yield* b.at(positions[3]!)))
      assert.strictEqual(contentOf(Option.getOrThrow(yield* b.at(positions[4]!))), "m4")
      assert.deepStrictEqual(
        (yield* Effect.flatMap(follow(b, positions[3]!), ({ take }) => take(6))).map(contentOf),
        texts("m", 10).slice(4)
      )
      const { fiber } = yield* follow(b, positions[2]!)
      assert.strictEqual(yield* reasonOf(Fiber.join(fiber)), "trimmed")
      yield* a.trim(positions[9]! + 1)
      assert.strictEqual(yield* b.last, positions[9])
      const next = yield* follow(b, positions[9]!)
      assert.isAbove(yield* a.append(entryOf("next")), positions[9]!)
      assert.deepStrictEqual((yield* next.take(1)).map(contentOf), ["next"])
    }))

  test("says that it forgot where a follower has seen more than it has", ({ open }) =>
    Effect.gen(function* () {
      const log = yield* open
      const last = yield* log.append(entryOf("only"))
      const { fiber } = yield* follow(log, last + 5)
      assert.strictEqual(yield* reasonOf(Fiber.join(fiber)), "forgot")
    }))

  test("keeps the newest checkpoint, whole", (bench) =>
    Effect.gen(function* () {
      const [a, b] = yield* two(bench)
      assert.isTrue(Option.isNone(yield* b.saved))
      const [first, second] = (yield* appendAll(a, ["m0", "m1"])) as [number, number]
      const long = { position: first, pieces: ["é😀".repeat(2_000), "", "last"] }
      yield* a.save(long)
      assert.deepStrictEqual(yield* b.saved, Option.some(long))
      const newer = { position: second, pieces: ["short"] }
      yield* b.save(newer)
      yield* a.save(long)
      assert.deepStrictEqual(yield* a.saved, Option.some(newer))
      yield* a.trim(second + 1)
      assert.deepStrictEqual(yield* b.saved, Option.some(newer))
      assert.strictEqual(yield* b.last, second)
    }))

  test("stops following where it is interrupted or closed, and appends no more once closed", ({ open }) =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const log = yield* Scope.provide(open, scope)
      const { fiber, seen, take } = yield* follow(log, 0)
      yield* log.append(entryOf("seen"))
      yield* take(1)
      yield* Fiber.interrupt(fiber)
      yield* log.append(entryOf("unseen"))
      assert.strictEqual(Queue.sizeUnsafe(seen), 0)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(yield* reasonOf(log.append(entryOf("too late"))), "closed")
    }))

  if (isKept)
    test("is there again after it was closed", ({ open }) =>
      Effect.gen(function* () {
        const positions = yield* Effect.scoped(Effect.flatMap(open, (log) => appendAll(log, texts("m", 5))))
        const checkpoint = { position: positions[4]!, pieces: ["state"] }
        yield* Effect.scoped(
          Effect.gen(function* () {
            const log = yield* open
            assert.isTrue(log.continues)
            assert.strictEqual(yield* log.last, positions[4])
            const { take } = yield* follow(log, 0)
            assert.deepStrictEqual((yield* take(5)).map(contentOf), texts("m", 5))
            yield* log.save(checkpoint)
            yield* log.trim(positions[4]! + 1)
          })
        )
        const log = yield* open
        assert.deepStrictEqual(yield* log.saved, Option.some(checkpoint))
        assert.strictEqual(yield* log.last, positions[4])
        assert.isAbove(yield* log.append(entryOf("next")), positions[4]!)
      }))

  if (!isRemote) return

  test("goes on after a cut, with nothing missing or twice", (bench) =>
    Effect.gen(function* () {
      const [a, b] = yield* two(bench)
      const { seen, take } = yield* follow(b, 0)
      const appended: Array<Position> = []
      for (const content of texts("m", 20)) {
        if (content === "m5" || content === "m12") yield* bench.cut!
        const again = entryOf(content) // the same each time: what counts is that it arrives, and where
        appended.push(yield* Effect.retry(a.append(again), { while: (error) => error.isRetryable }))
      }
      const last = appended.at(-1)!
      const got: Array<Logged> = []
      while (got.at(-1)?.position !== last) got.push(...(yield* take(1)))
      assert.strictEqual(Queue.sizeUnsafe(seen), 0)
      const positions = got.map(({ position }) => position)
      assert.deepStrictEqual(
        positions,
        [...new Set(positions)].toSorted((x, y) => x - y)
      )
      assert.includeMembers(positions, appended)
      assert.deepStrictEqual([...new Set(got.map(contentOf))], texts("m", 20))
    }))

  test("has an entry, once, whose append failed though it arrived", (bench) =>
    Effect.gen(function* () {
      const log = yield* bench.open
      const { seen, take } = yield* follow(log, 0)
      const unheard = entryOf("unheard")
      assert.strictEqual(yield* reasonOf(bench.appendUnheard!(log, unheard)), "unavailable")
      assert.deepStrictEqual(
        (yield* take(1)).map(({ entry }) => entry),
        [unheard]
      )
      yield* log.append(unheard)
      assert.deepStrictEqual(
        (yield* take(1)).map(({ entry }) => entry),
        [unheard]
      )
      assert.strictEqual(Queue.sizeUnsafe(seen), 0)
    }))
}
