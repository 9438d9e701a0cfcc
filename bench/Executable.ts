import { createHash } from "node:crypto"
import { fileURLToPath } from "node:url"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { run } from "../process/Process.ts"
import type { Program } from "./Peer.ts"

/** The folder of the project, which scripts and sources are named from. */
export const root = fileURLToPath(new URL("..", import.meta.url))

/** Something that a program needs is not on this machine. */
export class Missing extends Data.TaggedError("Missing")<{ readonly reason: string }> {}

/** A program that can be started. */
export interface Executable {
  /** Its file, and what goes before all other arguments. */
  readonly command: ReadonlyArray<string>
  readonly version: string
}

/** Finds or makes the executable of a program. */
export const prepare = (program: Program): Effect.Effect<Executable, Missing, FileSystem.FileSystem> => {
  if ("script" in program) return script(program.script)
  if ("compiled" in program) return compile(program.compiled)
  return installed(program.installed, program.version)
}

const script = Effect.fnUntraced(function* (file: URL) {
  const files = yield* FileSystem.FileSystem
  const path = fileURLToPath(file)
  if (!(yield* Effect.orElseSucceed(files.exists(path), () => false)))
    return yield* new Missing({ reason: `${path.slice(root.length)} is not there` })
  return { command: [process.execPath, path], version: `Node ${process.versions.node}` }
})

/** Servers are often installed where only the administrator's PATH leads. */
const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/local/sbin", "/usr/sbin"]

const installed = Effect.fnUntraced(function* (name: string, askVersion: ReadonlyArray<string>) {
  const files = yield* FileSystem.FileSystem
  for (const folder of folders) {
    const file = `${folder}/${name}`
    if (!(yield* Effect.orElseSucceed(files.exists(file), () => false))) continue
    const { output } = yield* run({ command: [file, ...askVersion] })
    return { command: [file], version: /\d+(?:\.\d+)+/.exec(output.text)?.[0] ?? "" }
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
    if (!(yield* files.exists(root + source))) return yield* new Missing({ reason: `${source} is not there` })
    const folder = source.slice(0, source.lastIndexOf("/"))
    const hash = createHash("sha256").update(flags.join(" "))
    for (const name of (yield* files.readDirectory(root + folder)).toSorted())
      if (/\.[ch]pp$/.test(name)) hash.update(name).update(yield* files.readFile(`${root}${folder}/${name}`))
    const kind = folder.replaceAll("/", "-")
    const file = `${cache}/${kind}-${hash.digest("hex").slice(0, 16)}`
    const executable = { command: [file], version: "" }
    if (yield* files.exists(file)) return executable
    const compiler = yield* installed("g++", ["--version"])
    yield* files.makeDirectory(cache, { recursive: true })
    for (const name of yield* files.readDirectory(cache))
      if (name.startsWith(`${kind}-`)) yield* files.remove(`${cache}/${name}`)
    const fresh = `${file}.${process.pid}`
    const { ended, errors } = yield* run({
      command: [...compiler.command, ...flags, "-o", fresh, root + source]
    })
    if (ended.code !== 0)
      return yield* new Missing({ reason: `g++ cannot compile ${source}:\n${errors.text.trimEnd()}` })
    yield* files.rename(fresh, file)
    return executable
  },
  Effect.catchTag("PlatformError", (error) => Effect.fail(new Missing({ reason: error.message })))
)
