import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { accepts } from "./Port.ts"
import { type Process, start, type Start } from "./Process.ts"

/** A program ended before it could be used: how, and the last lines that it wrote. */
export class NotStarted extends Data.TaggedError("NotStarted")<{
  readonly how: string
  readonly lines: ReadonlyArray<string>
}> {}

/** A program that can be killed, frozen and started again by the same command, until the scope closes. */
export interface Restartable<E = NotStarted> {
  /** The process that it is at the moment, or was last. */
  readonly process: () => Process
  /** SIGKILL, at any point of what it does. */
  readonly kill: Effect.Effect<void>
  /** Kills it if it still runs, and starts it again; done once it is ready. */
  readonly restart: Effect.Effect<void, E>
  /** Stops it where it stands (SIGSTOP), until it is thawed. */
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
}

/** Starts a program; `ready` is done once it can be used, and fails where it never will be. */
export const restartable = Effect.fnUntraced(function* <E>(
  what: Start,
  ready: (process: Process) => Effect.Effect<unknown, E>
) {
  const outer = yield* Effect.scope
  const begin = Effect.gen(function* () {
    const scope = yield* Scope.fork(outer)
    const process = yield* Scope.provide(start(what), scope)
    life = { process, scope }
    yield* ready(process)
  })
  let life!: { readonly process: Process; readonly scope: Scope.Closeable }
  yield* begin
  const kill = Effect.suspend(() => Scope.close(life.scope, Exit.void))
  const signal = (name: NodeJS.Signals) => Effect.sync(() => life.process.signal(name))
  return {
    process: () => life.process,
    kill,
    restart: Effect.andThen(kill, begin),
    freeze: signal("SIGSTOP"),
    thaw: signal("SIGCONT")
  } satisfies Restartable<E>
})

/** Done once a program accepts connections there. */
export const accepting =
  (port: number) =>
  (process: Process): Effect.Effect<boolean, NotStarted> =>
    Effect.mapError(
      process.listens(accepts(port), lookMillis),
      ({ how }) => new NotStarted({ how, lines: process.lastLines })
    )

const lookMillis = 50
