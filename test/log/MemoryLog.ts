import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Entry } from "../../src/fold/Operation.ts"
import { makeFollowers } from "../../src/log/Followers.ts"
import { type Checkpoint, Log, type Logged, type Position } from "../../src/log/Log.ts"
import { closed, forgot, trimmed } from "../../src/log/Failure.ts"
import { LogError } from "../../src/log/LogError.ts"

const make = Effect.fnUntraced(function* (
  isShared: boolean
): Effect.fn.Return<Log["Service"], never, Scope.Scope> {
  let first = 1
  let entries: Array<Logged> = []
  let checkpoint: Checkpoint | undefined
  const last = () => first + entries.length - 1

  const trim = (before: Position) => {
    const kept = Math.max(first, Math.min(before, last() + 1))
    entries = entries.slice(kept - first)
    first = kept
  }

  const followers = yield* makeFollowers((after) => {
    if (after >= last()) return after > last() ? Effect.fail(new LogError(forgot(after, last()))) : nothing
    return after < first - 1
      ? Effect.fail(new LogError(trimmed(after, first)))
      : Effect.succeed(entries.slice(after + 1 - first))
  })

  return Log.of({
    get continues() {
      return isShared && last() > 0
    },
    isShared,
    entryBytesMax: Number.MAX_SAFE_INTEGER,
    append: (entry: Entry) =>
      Effect.suspend(() => {
        if (followers.areClosed()) return Effect.fail(new LogError(closed))
        const position = last() + 1
        entries.push({ position, entry })
        return Effect.as(followers.wake, position)
      }).pipe(Effect.uninterruptible),
    follow: followers.follow,
    at: (position) => Effect.sync(() => Option.fromUndefinedOr(entries[position - first])),
    certain: Effect.void,
    last: Effect.sync(last),
    trim: (before) => Effect.sync(() => trim(before)),
    save: ({ pieces, position }) =>
      Effect.sync(() => {
        if (checkpoint === undefined || position > checkpoint.position)
          checkpoint = { position, pieces: [...pieces] }
      }),
    saved: Effect.sync(() => Option.fromUndefinedOr(checkpoint))
  })
})

/** A log in the memory of this process. Followers have been called when an append is done. */
export const memoryLog: Layer.Layer<Log> = Layer.effect(Log, make(false))

/** A log in memory for several nodes in one program. */
export const sharedMemoryLog: Layer.Layer<Log> = Layer.effect(Log, make(true))

const nothing = Effect.succeed<ReadonlyArray<Logged>>([])
