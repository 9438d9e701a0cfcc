import { existsSync, watch } from "node:fs"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { scenariosFolder } from "./Files.ts"

/** Editors write a file in several steps. */
const settleMillis = 50

/**
 * Does something now and whenever one of these files or folders changes, until it is interrupted. Where none of them is
 * there it is done once, and fails for the same reason.
 */
export const watching = <E extends { readonly message: string }>(
  paths: ReadonlyArray<string>,
  again: Effect.Effect<void, E>
): Effect.Effect<void, E> => {
  const named = (paths.length > 0 ? paths : [scenariosFolder]).map((path) => path.replace(/(?::\d+)+$/, ""))
  const watched = named.filter((path) => existsSync(path))
  if (watched.length === 0) return again
  const once = Effect.match(again, {
    onSuccess: () => "all passed",
    onFailure: ({ message }) => message
  })
  const told = Effect.map(once, (how) => {
    process.stdout.write(`\n${how} · waiting for a change of ${watched.join(", ")} (Ctrl-C ends)\n`)
  })
  const turn = Effect.gen(function* () {
    const changed = yield* change(watched)
    yield* told
    yield* changed
  })
  return Effect.forever(Effect.scoped(turn))
}

/** Begins to watch; what it gives waits until something has changed since then. */
const change = (paths: ReadonlyArray<string>) =>
  Effect.suspend(() => {
    const changed = Latch.makeUnsafe(false)
    return Effect.acquireRelease(
      Effect.sync(() => paths.map((path) => watch(path, () => changed.openUnsafe()))),
      (watchers) => Effect.sync(() => watchers.forEach((watcher) => watcher.close()))
    ).pipe(Effect.as(Effect.andThen(changed.await, Effect.sleep(settleMillis))))
  })
