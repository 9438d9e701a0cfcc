import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { checkpoint } from "../../src/fold/Checkpoint.ts"
import type { Operation } from "../../src/fold/Operation.ts"
import { Log } from "../../src/log/Log.ts"
import { sharedMemoryLog } from "../log/MemoryLog.ts"
import { Registry } from "../../src/Registry.ts"
import { type Census, census } from "../../src/replica/Census.ts"
import { rules } from "../fold/rules.ts"

const up: Operation = { t: "up", epoch: "e", rules, alone: false, version: "1.2.3" }
const login: Operation = { t: "login", id: 1, username: "alice", features: [] }

/** Appends entries of a node that has appended none, one with each list of operations. */
const append = (node: string, ...entries: ReadonlyArray<ReadonlyArray<Operation>>) =>
  Effect.flatMap(Log, (log) =>
    Effect.forEach(entries, (ops, i) => log.append({ node, n: i + 1, at: 1_000 * (i + 1), ops }), {
      discard: true
    })
  )

/** What is told of nodes, but for when they were heard. */
const facts = ({ nodes }: Census) =>
  nodes.map(({ clients, id, isHeard, since, version }) => ({ clients, id, isHeard, since, version }))

const telling = (listenMillis: number) => Effect.provide(Effect.scoped(census(listenMillis)), Registry.layer)

describe("The census of a log", () => {
  it.live("tells of all who are alive, and of nobody else, whether from entries or from a checkpoint", () =>
    Effect.gen(function* () {
      const log = yield* Log
      yield* append("north.1", [up, login])
      yield* append("west.1", [up])
      yield* append("south.1", [up], [{ t: "beat" }], [{ t: "dead", node: "west.1" }])
      const told = yield* telling(1)
      assert.deepStrictEqual(facts(told), [
        { id: "north.1", clients: 1, since: 1_000, isHeard: false, version: "1.2.3" },
        { id: "south.1", clients: 0, since: 1_000, isHeard: false, version: "1.2.3" }
      ])
      assert.deepInclude(told, { epoch: "e", position: 5, rules })
      const { apply, state } = yield* Registry
      yield* Effect.raceFirst(
        log.follow(0, (all) =>
          Effect.sync(() => all.forEach(({ entry, position }) => apply(position, entry, () => {})))
        ),
        Effect.void
      )
      yield* log.save({ position: 5, pieces: checkpoint(state, 10_000) })
      yield* log.trim(6)
      assert.deepStrictEqual(facts(yield* telling(1)), facts(told))
    }).pipe(Effect.provide([sharedMemoryLog, Registry.layer]))
  )

  it.live("hears who appends meanwhile, and does not wait longer than for all of them", () =>
    Effect.gen(function* () {
      yield* append("north.1", [up])
      yield* append("south.1", [up])
      const asking = yield* Effect.forkChild(telling(600_000))
      const log = yield* Log
      let n = 1
      while (asking.pollUnsafe() === undefined) {
        n++
        for (const node of ["north.1", "south.1"])
          yield* log.append({ node, n, at: 1_000 * n, ops: [{ t: "beat" }] })
        yield* Effect.yieldNow
      }
      const { nodes } = yield* Fiber.join(asking)
      assert.deepStrictEqual(
        nodes.map(({ isHeard }) => isHeard),
        [true, true]
      )
    }).pipe(Effect.provide([sharedMemoryLog, Registry.layer]))
  )
})
