import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Rules } from "../fold/Operation.ts"
import { type Deliver, Log, type Position } from "../log/Log.ts"
import type { LogError } from "../log/LogError.ts"
import { Registry } from "../Registry.ts"
import { recover } from "./Checkpoints.ts"

/** A node that is alive as far as the log tells. */
export interface NodeSeen {
  /** Its name in the log: the one for people, a dot and something that no other node has. */
  readonly id: string
  /** The time of its first entry by its own clock, in milliseconds since 1970. */
  readonly since: number
  /** How long ago its last entry came, in milliseconds; by its own clock if that was before this began to listen. */
  readonly heardMillis: number
  /** True if it appended something while this listened. */
  readonly isHeard: boolean
  readonly clients: number
  readonly version: string | undefined
}

/** What a log tells of the nodes that share it. */
export interface Census {
  readonly epoch: string
  /** The position of the newest entry. */
  readonly position: Position
  readonly rules: Rules
  /** The eldest first. */
  readonly nodes: ReadonlyArray<NodeSeen>
}

/** Reads the whole log, then listens until each node was heard or this long has passed; it appends nothing. */
export const census = Effect.fnUntraced(function* (
  listenMillis: number
): Effect.fn.Return<Census, LogError, Log | Registry> {
  const log = yield* Log
  const registry = yield* Registry
  const { apply, state } = registry
  const clock = yield* Clock.Clock
  const heard = new Map<string, number>()
  const whole = Deferred.makeUnsafe<void>()
  const allHeard = Deferred.makeUnsafe<void>()
  const last = yield* log.last
  const deliver: Deliver = (logged) =>
    Effect.sync(() => {
      for (const { entry, position } of logged) {
        apply(position, entry, () => {})
        if (position > last) heard.set(entry.node, clock.currentTimeMillisUnsafe())
        if (position >= last) Deferred.doneUnsafe(whole, Effect.void)
      }
      if (state.position >= last && [...state.nodes.keys()].every((node) => heard.has(node)))
        Deferred.doneUnsafe(allHeard, Effect.void)
    })
  const position = yield* recover(log, registry)
  const isRead = position >= last ? Effect.void : Deferred.await(whole)
  const listening = Effect.timeoutOption(Deferred.await(allHeard), listenMillis)
  yield* Effect.raceFirst(log.follow(position, deliver), Effect.andThen(isRead, listening))
  const now = clock.currentTimeMillisUnsafe()
  return {
    epoch: state.epoch,
    position: Math.max(state.position, last),
    rules: state.rules,
    nodes: Array.from(state.nodes, ([id, node]) => ({
      id,
      since: node.since,
      heardMillis: Math.max(0, now - (heard.get(id) ?? node.heard)),
      isHeard: heard.has(id),
      clients: node.holders.size,
      version: node.version
    }))
  }
})
