import { resolve } from "node:path"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { accepts, freePort } from "../process/Port.ts"
import { start as startProcess } from "../process/Process.ts"
import { type Executable, root } from "./Executable.ts"
import type { Dialect, Peer } from "./Peer.ts"

/** Something could not be measured. */
export class Unmeasured extends Data.TaggedError("Unmeasured")<{ readonly reason: string }> {}

/** How a server is to be started that is not as it is otherwise. */
interface StartOptions {
  /** What our own server keeps the chat in: a file in the folder that is made for it, if that is no whole path, or brokers. */
  readonly store?: string | undefined
  /** What is spoken on its port. */
  readonly dialect?: Dialect | undefined
}

/** Starts a server on a free port of 127.0.0.1; it is killed when the scope closes: it has nothing to save. `startMillis` is the time until it accepted the first connection. */
export const start = Effect.fnUntraced(
  function* (peer: Peer, { command }: Executable, { dialect, store }: StartOptions = {}) {
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped({ prefix: "palabre-bench-" })
    const place = { port: yield* freePort, folder, dialect }
    for (const [name, text] of Object.entries(peer.files?.(place) ?? {}))
      yield* files.writeFileString(`${folder}/${name}`, text)
    const kept = store?.includes("://") ? store : store && resolve(folder, store)
    const flags = kept === undefined ? [] : ["--store", kept]
    const began = yield* Clock.currentTimeNanos
    const server = yield* startProcess({
      command: [...command, ...peer.arguments(place), ...flags],
      cwd: root
    })
    const unmeasured = (reason: string) => {
      const lastLine = server.lastLines.at(-1)
      return Effect.fail(
        new Unmeasured({ reason: lastLine === undefined ? reason : `${reason}; its last line: ${lastLine}` })
      )
    }
    yield* server.listens(accepts(place.port), PAUSE_MILLIS).pipe(
      Effect.catchTag("ProcessEnded", ({ how }) => unmeasured(`it ended (${how}) before it listened`)),
      Effect.timeoutOrElse({
        duration: LISTEN_MILLIS_MAX,
        orElse: () => unmeasured(`it did not listen within ${LISTEN_MILLIS_MAX / 1e3} s`)
      })
    )
    const startMillis = Number((yield* Clock.currentTimeNanos) - began) / 1e6
    return { pid: server.pid!, port: place.port, startMillis }
  },
  Effect.catchTags({
    NoPort: (error) => Effect.fail(new Unmeasured({ reason: error.reason })),
    PlatformError: (error) => Effect.fail(new Unmeasured({ reason: error.message }))
  })
)

const LISTEN_MILLIS_MAX = 10_000
const PAUSE_MILLIS = 1
