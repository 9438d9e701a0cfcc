import { getCompileCacheDir } from "node:module"
import { dirname, extname } from "node:path"
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { closed, type Failure } from "./Failure.ts"
import { LogError } from "./LogError.ts"
import type { SqliteFile, SqliteOptions } from "./SqliteFile.ts"

/** What the thread can do: methods of `SqliteFile`. */
type Task = "append" | "read" | "at" | "trim" | "put" | "complete" | "saved" | "close"

/** A task for the thread. */
export interface Call {
  readonly task: Task
  readonly values: ReadonlyArray<unknown>
}

/** What became of it. */
export type Answer = { readonly value: unknown } | { readonly failure: Failure }

type Settle = (answer: Answer) => void

/** What an opened file is like. */
export type Opened = Pick<SqliteFile, "continues" | "last">

/** An `SqliteFile` in a thread of its own, so that a slow disk stops nothing but what waits for it. */
export class SqliteThread {
  readonly #worker: Worker
  /** Calls whose answers are due, in order. */
  readonly #due: Array<Settle>
  #ended: Failure | undefined

  /** Starts the thread and opens the file, until the scope closes. */
  static readonly open = (
    options: SqliteOptions
  ): Effect.Effect<{ readonly thread: SqliteThread; readonly opened: Opened }, LogError, Scope.Scope> =>
    Effect.acquireRelease(
      Effect.callback((resume) => {
        const thread = new SqliteThread(options, (answer) =>
          resume(Effect.map(resultOf<Opened>(answer), (opened) => ({ thread, opened })))
        )
      }),
      ({ thread }) => Effect.ignore(thread.#ask("close", []))
    )

  private constructor(options: SqliteOptions, settle: Settle) {
    this.#due = [settle]
    this.#worker = new Worker(program, { workerData: options, env: environment() })
    this.#worker.on("message", (answer: Answer) => this.#due.shift()!(answer))
    this.#worker.on("error", ({ message }) => this.#end(`the thread for ${options.path} failed: ${message}`))
    this.#worker.on("exit", () => this.#end(closed.detail))
  }

  /** Asks for something; answers come in the order of the calls. */
  call(task: Task, values: ReadonlyArray<unknown>, settle: Settle): void {
    if (this.#ended !== undefined) return settle({ failure: this.#ended })
    this.#due.push(settle)
    this.#worker.postMessage({ task, values } satisfies Call)
  }

  /** The same, as an effect. */
  ask<T extends Exclude<Task, "close">>(
    task: T,
    ...values: Parameters<SqliteFile[T]>
  ): Effect.Effect<ReturnType<SqliteFile[T]>, LogError> {
    return this.#ask(task, values)
  }

  #ask<A>(task: Task, values: ReadonlyArray<unknown>): Effect.Effect<A, LogError> {
    return Effect.callback((resume) => this.call(task, values, (answer) => resume(resultOf<A>(answer))))
  }

  /** Whoever waits is told that its task may have been done; later calls, that there is no thread any more. */
  #end(detail: string): void {
    this.#ended ??= { reason: "closed", detail }
    for (const settle of this.#due.splice(0)) settle({ failure: { reason: "unavailable", detail } })
  }
}

const resultOf = <A>(answer: Answer): Effect.Effect<A, LogError> =>
  "failure" in answer ? Effect.fail(new LogError(answer.failure)) : Effect.succeed(answer.value as A)

/** The program of the thread: beside this file, also where all is built into one. */
const program = new URL(`SqliteWorker${extname(import.meta.url)}`, import.meta.url)

/** The variables of the thread: it uses the compile cache of the process only where one of them names that. */
const environment = (): NodeJS.Dict<string> => {
  const cache = getCompileCacheDir()
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) }
}
