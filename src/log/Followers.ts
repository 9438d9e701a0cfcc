import { isReadonlyArrayNonEmpty } from "effect/Array"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Deliver, Log, Logged, Position } from "./Log.ts"
import { closed } from "./Failure.ts"
import { LogError } from "./LogError.ts"

/** Entries after a position, the next ones in order; empty where there are none. */
export type ReadAfter = (after: Position) => Effect.Effect<ReadonlyArray<Logged>, LogError>

/** The followers of a log in this process. */
export interface Followers {
  readonly follow: Log["Service"]["follow"]
  /** Delivers what is new to every follower that is not being served. */
  readonly wake: Effect.Effect<void>
  /** True once the scope has closed, and all followers with it. */
  readonly areClosed: () => boolean
}

interface Follower {
  readonly deliver: Deliver
  readonly failed: Deferred.Deferred<never, LogError>
  at: Position
  /** True while a fiber serves it. */
  isServed: boolean
  /** True if something may have been appended since it was last read for. */
  isDue: boolean
}

/**
 * Each follower is served by one fiber at a time: its own at first, then that of whoever appends. So an entry has been
 * delivered when its append is done, unless its follower is busy with an earlier one.
 */
export const makeFollowers = Effect.fnUntraced(function* (
  read: ReadAfter
): Effect.fn.Return<Followers, never, Scope.Scope> {
  const followers = new Set<Follower>()
  let areClosed = false

  const fail = (follower: Follower, cause: Effect.Effect<never, LogError>) =>
    Effect.sync(() => {
      follower.isServed = false
      followers.delete(follower)
      Deferred.doneUnsafe(follower.failed, cause)
    })

  /** Delivers what is next, or ends the serving. */
  const step = (follower: Follower): Effect.Effect<void> => {
    follower.isDue = false
    return Effect.flatMap(read(follower.at), (logged) => {
      if (followers.has(follower) && isReadonlyArrayNonEmpty(logged)) {
        follower.at = logged.at(-1)!.position
        return follower.deliver(logged)
      }
      follower.isServed = follower.isDue
      return Effect.void
    }).pipe(Effect.catchCause((cause) => fail(follower, Effect.failCause(cause))))
  }

  const serve = (follower: Follower): Effect.Effect<void> => {
    follower.isDue = true
    if (follower.isServed) return Effect.void
    follower.isServed = true
    const isServed = () => follower.isServed
    return Effect.whileLoop({ while: isServed, body: () => step(follower), step: () => {} })
  }

  const follow = (after: Position, deliver: Deliver): Effect.Effect<never, LogError> =>
    Effect.suspend(() => {
      if (areClosed) return Effect.fail(new LogError(closed))
      const failed = Deferred.makeUnsafe<never, LogError>()
      const follower: Follower = { deliver, failed, at: after, isServed: false, isDue: true }
      followers.add(follower)
      return Effect.uninterruptible(serve(follower)).pipe(
        Effect.andThen(Deferred.await(failed)),
        Effect.ensuring(Effect.sync(() => followers.delete(follower)))
      )
    })

  yield* Effect.addFinalizer(() => {
    areClosed = true
    return Effect.forEach(followers, (follower) => fail(follower, Effect.fail(new LogError(closed))), {
      discard: true
    })
  })
  const wake = Effect.suspend(() => Effect.forEach(followers, serve, { discard: true }))
  return { follow, wake, areClosed: () => areClosed }
})
