import { createHash } from "node:crypto"
import { fileURLToPath } from "node:url"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import type { Program } from "./Peer.ts"

/** The folder of the project, which scripts and sources are named from. */
export const root = fileURLToPath(new URL("..", import.meta.url))

/** What a program needs is not on this machine. */
export class Missing extends Data.TaggedError("Missing")<{ readonly reason: string }> {}

/** A program that can be started. */
export interface Executable {
  readonly command: string
  readonly arguments: ReadonlyArray<string>
  readonly version: string
}

/** Finds or makes the executable of a program. */
export const prepare = (
  program: Program
): Effect.Effect<Executable, Missing, FileSystem.FileSystem | ChildProcessSpawner> => {
  if ("script" in program) return script(program.script)
  if ("compiled" in program) return compile(program.compiled)
  return installed(program.installed, program.version)
}

const script = Effect.fnUntraced(function* (file: URL) {
  const files = yield* FileSystem.FileSystem
  const path = fileURLToPath(file)
  if (!(yield* Effect.orElseSucceed(files.exists(path), () => false)))
    return yield* new Missing({ reason: `${path.slice(root.length)} is not there` })
  return { command: process.execPath, arguments: [path], version: `Node ${process.versions.node}` }
})

/** Servers are often installed where only the administrator's PATH leads. */
const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/local/sbin", "/usr/sbin"]

const installed = Effect.fnUntraced(function* (name: string, askVersion: ReadonlyArray<string>) {
  const files = yield* FileSystem.FileSystem
  const { string } = yield* ChildProcessSpawner
  for (const folder of folders) {
    const command = `${folder}/${name}`
    if (!(yield* Effect.orElseSucceed(files.exists(command), () => false))) continue
    const said = yield* Effect.orElseSucceed(string(ChildProcess.make(command, askVersion)), () => "")
    return { command, arguments: [], version: /\d+(?:\.\d+)+/.exec(said)?.[0] ?? "" }
  }
  return yield* new Missing({ reason: `${name} is not installed` })
})

/** Where what was compiled stays, named by the content of its sources. */
const cache = `${root}.palabre/bench`

const flags = ["-std=c++17", "-O2", "-pthread"]

/** Compiles a C++ source with g++, once for each content of the folder that it is in. */
export const compile = Effect.fnUntraced(
  function* (source: string) {
    const files = yield* FileSystem.FileSystem
    const { exitCode } = yield* ChildProcessSpawner
    if (!(yield* files.exists(root + source))) return yield* new Missing({ reason: `${source} is not there` })
    const folder = source.slice(0, source.lastIndexOf("/"))
    const hash = createHash("sha256").update(flags.join(" "))
    for (const name of (yield* files.readDirectory(root + folder)).toSorted())
      if (/\.[ch]pp$/.test(name)) hash.update(name).update(yield* files.readFile(`${root}${folder}/${name}`))
    const kind = folder.replaceAll("/", "-")
    const command = `${cache}/${kind}-${hash.digest("hex").slice(0, 16)}`
    const executable = { command, arguments: [], version: "" }
    if (yield* files.exists(command)) return executable
    const { command: compiler } = yield* installed("g++", ["--version"])
    yield* files.makeDirectory(cache, { recursive: true })
    for (const name of yield* files.readDirectory(cache))
      if (name.startsWith(`${kind}-`)) yield* files.remove(`${cache}/${name}`)
    const fresh = `${command}.${process.pid}`
    const words = [...flags, "-o", fresh, root + source]
    const compiling = ChildProcess.make(compiler, words, { stdin: "ignore", stderr: "inherit" })
    if ((yield* exitCode(compiling)) !== 0)
      return yield* new Missing({ reason: `g++ cannot compile ${source}` })
    yield* files.rename(fresh, command)
    return executable
  },
  Effect.catchTag("PlatformError", (error) => Effect.fail(new Missing({ reason: error.message })))
)
