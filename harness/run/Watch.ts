import { existsSync, type FSWatcher, statSync, watch } from "node:fs"
import { basename, dirname, resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { standardOutput } from "../../src/commands/Stdio.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import { isScenario, scenariosFolder } from "../scenario/Files.ts"

/** Editors write a file in several steps. */
const settleMillis = 50

/**
 * Does something now and whenever one of these files or folders changes, or one of some more, until it is interrupted. Where
 * none of the first is there it is done once, and fails for the same reason.
 */
export const watching = <E extends { readonly message: string }>(
  paths: ReadonlyArray<string>,
  again: Effect.Effect<void, E>,
  { report }: Catalogue,
  more: ReadonlyArray<string> = []
): Effect.Effect<void, E> => {
  const scenarios = (paths.length > 0 ? paths : [scenariosFolder()]).map((path) =>
    path.replace(/(?::\d+)+$/, "")
  )
  const named = [...scenarios, ...more]
  if (!scenarios.some((path) => existsSync(path))) return again
  const once = Effect.match(again, {
    onSuccess: () => undefined,
    onFailure: ({ message }) => message
  })
  const told = Effect.map(once, (how) => {
    standardOutput.write(`\n${report.waiting(how, named.join(", "))}\n`)
  })
  const turn = Effect.gen(function* () {
    const changed = yield* change(named)
    yield* told
    yield* changed
  })
  return Effect.repeat(Effect.scoped(turn), { until: () => standardOutput.closed }).pipe(Effect.asVoid)
}

/** Begins to watch; what it gives waits until something has changed since then. */
const change = (paths: ReadonlyArray<string>) =>
  Effect.suspend(() => {
    const changed = Latch.makeUnsafe(false)
    return Effect.acquireRelease(
      Effect.sync(() => paths.map((path) => watcherOf(resolve(path), () => changed.openUnsafe()))),
      (watchers) => Effect.sync(() => watchers.forEach((watcher) => watcher.close()))
    ).pipe(Effect.as(Effect.andThen(changed.await, Effect.sleep(settleMillis))))
  })

/**
 * Watches a path that may go and come back, as a file does under an editor that replaces it: not the path but the
 * nearest folder above it that is there. A folder of scenarios is watched itself, as long as it is there.
 */
const watcherOf = (path: string, onChange: () => void): FSWatcher => {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  const folder = isFolder ? path : dirname(path)
  if (!existsSync(folder)) return watcherOf(folder, onChange)
  const concerns = (name: string) => name === basename(path) || (isFolder && isScenario(name))
  return watch(folder, (_, name) => {
    if (name === null || concerns(name)) onChange()
  }).on("error", onChange)
}
