import { randomBytes } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Happening } from "../fold/Happening.ts"
import type { Operation } from "../fold/Operation.ts"
import { Log, type Logged } from "../log/Log.ts"
import { passingLog } from "../log/Memory.ts"
import { Registry } from "../Registry.ts"
import { Settings } from "../settings/Settings.ts"
import { rulesOf } from "./Rules.ts"

/** Takes what happened; for its own operations, a node is told by `done` in place of this. */
export type Observer = (happening: Happening) => void

/**
 * This node's copy of the shared state: it appends operations to the log, and applies every entry of the log, in order.
 * What an operation led to is told where its entry is read back, synchronously, so that whatever follows from it can be
 * put in order right there.
 */
export class Replica extends Context.Service<
  Replica,
  {
    /** The name of this node in the log: a new one for each start. */
    readonly node: string
    /**
     * Appends an operation, and calls `done` with its result: before `submit` returns if the log is in memory. All that
     * waits while another entry is being appended goes into one.
     */
    readonly submit: (operation: Operation, done: (result: Happening) => void) => void
    /** Tells everything else that happens from now on. */
    readonly observe: (observer: Observer) => void
  }
>()("palabre/Replica") {
  static readonly layer = Layer.effect(
    Replica,
    Effect.suspend(() => makeReplica)
  )

  /** A replica of which nothing outlives the program. */
  static readonly inMemory = Replica.layer.pipe(Layer.provideMerge(Registry.layer), Layer.provide(passingLog))
}

interface Submission {
  readonly operation: Operation
  readonly done: (result: Happening) => void
}

const makeReplica = Effect.gen(function* () {
  const log = yield* Log
  const registry = yield* Registry
  const rules = rulesOf(yield* Settings)
  const clock = yield* Clock.Clock
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const node = randomId(nodeBytes)
  /** Entries that were appended and not yet read back, by number. */
  const appended = new Map<number, ReadonlyArray<Submission>>()
  let waiting: Array<Submission> = []
  let isAppending = false
  let n = 0
  let observer: Observer = ignore

  const read = ({ entry, position }: Logged): void => {
    const own = entry.node === node ? appended.get(entry.n) : undefined
    let last = -1
    registry.apply(position, entry, (happening, i) => {
      const isResult = i > last
      if (isResult) last = i
      if (isResult && own !== undefined) own[i]!.done(happening)
      else observer(happening)
    })
    if (own !== undefined) appended.delete(entry.n)
  }

  const append = Effect.suspend(() => {
    const taken = takeWithin(waiting, log.entryBytesMax)
    waiting = waiting.slice(taken.length)
    appended.set(++n, taken)
    const ops = taken.map(({ operation }) => operation)
    return log.append({ v: 1, node, n, at: clock.currentTimeMillisUnsafe(), ops })
  })
  const appendAll = Effect.whileLoop({
    while: () => {
      isAppending = waiting.length > 0
      return isAppending
    },
    body: () => append,
    step: () => {}
  })

  const submit = (operation: Operation, done: (result: Happening) => void): void => {
    waiting.push({ operation, done })
    if (!isAppending) fork(appendAll)
  }

  yield* Effect.forkScoped(
    log.follow(0, (logged) => {
      for (const each of logged) read(each)
      return Effect.void
    }),
    { startImmediately: true }
  )
  const begun = Deferred.makeUnsafe<void>()
  submit({ t: "up", epoch: randomId(epochBytes), rules, alone: true }, () =>
    Deferred.doneUnsafe(begun, Effect.void)
  )
  yield* Deferred.await(begun)
  return Replica.of({
    node,
    submit,
    observe: (other) => {
      observer = other
    }
  })
})

/** Bytes of randomness in the name of a node, which must differ from all names before, and of an epoch. */
const nodeBytes = 12
const epochBytes = 6

const randomId = (bytes: number): string => randomBytes(bytes).toString("base64url")

/** The first submissions, as many as fit into one entry; at least one. */
const takeWithin = (submissions: ReadonlyArray<Submission>, bytesMax: number): ReadonlyArray<Submission> => {
  let bytes = 0
  const end = submissions.findIndex(({ operation }) => {
    bytes += bytesMaxOf(operation)
    return bytes > bytesMax
  })
  return end === -1 ? submissions : submissions.slice(0, Math.max(1, end))
}

/** The most bytes that an operation can take as JSON: six for a character of its content, as in `\u0001`. */
const bytesMaxOf = (operation: Operation): number =>
  operationBytes + ("content" in operation ? 6 * operation.content.length : 0)

/** More than all other fields of an operation take: names, hashes, a list of rooms. */
const operationBytes = 8 * 1024

const ignore = () => {}
