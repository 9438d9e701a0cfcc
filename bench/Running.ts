import * as net from "node:net"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import type { Peer } from "./Peer.ts"
import { type Executable, root } from "./Program.ts"

/** Something could not be measured. */
export class Unmeasured extends Data.TaggedError("Unmeasured")<{ readonly reason: string }> {}

/** A server that listens. */
export interface Running {
  readonly pid: number
  readonly port: number
  /** From its start until the first connection was accepted. */
  readonly startMillis: number
}

/** Starts a server on a free port of 127.0.0.1; it is killed when the scope closes: it has nothing to save. */
export const start = Effect.fnUntraced(
  function* (peer: Peer, executable: Executable) {
    const files = yield* FileSystem.FileSystem
    const { spawn } = yield* ChildProcessSpawner
    const folder = yield* files.makeTempDirectoryScoped({ prefix: "palabre-bench-" })
    const place = { port: yield* freePort, folder }
    for (const [name, text] of Object.entries(peer.files?.(place) ?? {}))
      yield* files.writeFileString(`${folder}/${name}`, text)
    const began = yield* Clock.currentTimeNanos
    const server = yield* spawn(
      ChildProcess.make(executable.command, [...executable.arguments, ...peer.arguments(place)], {
        cwd: root,
        stdin: "ignore",
        killSignal: "SIGKILL"
      })
    )
    const said = yield* lastWords(server.all)
    const ended = Effect.flatMap(server.exitCode, (code) =>
      Effect.fail(new Unmeasured({ reason: `it ended with exit code ${code} before it listened${said()}` }))
    )
    yield* Effect.raceFirst(listening(place.port), ended).pipe(
      Effect.timeoutOrElse({
        duration: LISTEN_MILLIS_MAX,
        orElse: () => Effect.fail(new Unmeasured({ reason: `it did not listen within 10 s${said()}` }))
      })
    )
    const startMillis = Number((yield* Clock.currentTimeNanos) - began) / 1e6
    return { pid: server.pid, port: place.port, startMillis }
  },
  Effect.catchTag("PlatformError", (error) => Effect.fail(new Unmeasured({ reason: error.message })))
)

const LISTEN_MILLIS_MAX = 10_000
const WORDS_MAX = 400

/** Reads all that a process says, so that it never waits for us, and keeps the end of it. */
const lastWords = <E>(output: Stream.Stream<Uint8Array, E>) => {
  let words = ""
  return output.pipe(
    Stream.decodeText(),
    Stream.runForEach((text) =>
      Effect.sync(() => {
        words = (words + text).slice(-WORDS_MAX)
      })
    ),
    Effect.ignore,
    Effect.forkScoped,
    Effect.as(() => (words.trim() === "" ? "" : `; its last words: ${words.trim()}`))
  )
}

const freePort = Effect.callback<number>((resume) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address() as net.AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

/** Tries to connect, again and again, until somebody accepts. */
const listening = Effect.fnUntraced(function* (port: number) {
  while (!(yield* accepted(port))) yield* Effect.sleep(1)
})

const accepted = (port: number): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const socket = net.connect(port, "127.0.0.1")
    socket.once("connect", () => {
      socket.resetAndDestroy()
      resume(Effect.succeed(true))
    })
    socket.once("error", () => resume(Effect.succeed(false)))
  })
