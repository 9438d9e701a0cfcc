import { watch } from "node:fs"
import * as Effect from "effect/Effect"
import { scenariosFolder } from "./Files.ts"

/** Does something now and whenever one of these files or folders changes, until it is interrupted. */
export const watching = <E extends { readonly message: string }>(
  paths: ReadonlyArray<string>,
  again: Effect.Effect<void, E>
): Effect.Effect<never> => {
  const watched = (paths.length > 0 ? paths : [scenariosFolder]).map((path) => path.replace(/(?::\d+)+$/, ""))
  const once = Effect.match(again, {
    onSuccess: () => "all passed",
    onFailure: ({ message }) => message
  })
  const told = Effect.map(once, (how) => {
    process.stdout.write(`\n${how} · waiting for a change of ${watched.join(", ")} (Ctrl-C ends)\n`)
  })
  return Effect.forever(Effect.andThen(told, changed(watched)))
}

/** Waits for a change; editors write a file in several steps, so it looks again after a moment. */
const changed = (paths: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const watchers = paths.map((path) => watch(path, () => resume(Effect.sleep(50))))
    return Effect.sync(() => watchers.forEach((watcher) => watcher.close()))
  })
