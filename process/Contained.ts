import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { newFolder } from "./Folder.ts"
import { newMark } from "./Marked.ts"
import { type Process, run, shell, start } from "./Process.ts"

/** A program of somebody else. */
export interface Stranger {
  /** A command for the shell. */
  readonly command: string
  readonly cwd?: string | undefined
  /** The variables that it gets beyond `PATH`, the language, and a home and a folder for temporary files. */
  readonly variables?: Readonly<Record<string, string>>
  /** The beginning of the command line that runs it in a sandbox; without one it sees the files and the network of this process. */
  readonly sandbox?: ReadonlyArray<string> | undefined
}

/** Puts what it runs into a namespace of processes, which ends as a whole with its first process. */
const namespace = ["unshare", "--pid", "--mount-proc", "--fork", "--kill-child"]

/** The ways into one: of those who may, and of others, where the system lets them. */
const namespaces = [namespace, [...namespace, "--user", "--map-current-user"]]

/** The first way into a namespace that the system lets this process take; none where there is none. */
export const wayIn: Effect.Effect<ReadonlyArray<string> | undefined> = Effect.runSync(
  Effect.cached(
    Effect.gen(function* () {
      for (const way of namespaces)
        if ((yield* run({ command: [...way, "true"] })).ended.code === 0) return way
      return undefined
    })
  )
)

/**
 * The parent of the program, which gives the end of that as its own and is silent. As the first process of a namespace the
 * program itself would not die of signals, and as a child of this process it could end it.
 */
const init = 'exec 3>&2 2>/dev/null; (exec /bin/sh -c "$1" 2>&3 3>&-); exit $?'

/**
 * Starts a program of somebody else in surroundings of its own: with few variables, a home that is removed at the end, and
 * an input that stays open. All that it starts ends with the scope: with its namespace or, where there can be none, found
 * by a mark.
 */
export const startContained = Effect.fnUntraced(function* (
  { command, cwd, sandbox, variables }: Stranger,
  mayUseNamespace = true
): Effect.fn.Return<Process, never, Scope.Scope> {
  const found = sandbox ?? (mayUseNamespace ? yield* wayIn : undefined)
  return yield* start({
    command: [...(found ?? []), ...shell(init), "sh", command],
    environment: { ...passedOn(), HOME: (home ??= newFolder("home")), ...variables },
    keepsInputOpen: true,
    ...(cwd !== undefined && { cwd }),
    ...(found === undefined && { mark: newMark() })
  })
})

/** The variables that any program needs. */
const passedOn = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && /^(PATH|TMPDIR|LANG|LC_\w+)$/.test(name) ? [[name, value]] : []
    )
  )

/** The home of all programs that this process starts. */
let home: string | undefined
