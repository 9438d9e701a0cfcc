import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import type { Readable } from "node:stream"
import { text } from "node:stream/consumers"

/** What a program left behind. */
export interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A server in a process of its own, as a person would start it. */
export interface Program {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly port: number
  readonly finished: Promise<Finished>
}

/** Runs `palabre serve` on a free port of 127.0.0.1 to its end. */
export const serve = (...flags: ReadonlyArray<string>) => {
  const child = spawn(
    process.execPath,
    ["bin/palabre.js", "serve", "--host", "127.0.0.1", "--port", "0", ...flags],
    { stdio: ["ignore", "pipe", "pipe"] }
  )
  const finished = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]).then(
    ([[code], out, err]): Finished => ({ code, out, err })
  )
  return { child, finished }
}

/** The same, once it listens. */
export const serving = async (...flags: ReadonlyArray<string>): Promise<Program> => {
  const { child, finished } = serve(...flags)
  const failed = finished.then(({ err }) =>
    Promise.reject(new Error(`it ended instead of listening: ${err}`))
  )
  const [line] = (await Promise.race([once(child.stdout, "data"), failed])) as [Buffer]
  failed.catch(() => {}) // its end is the test's business from here on
  const port = Number(/listens on 127\.0\.0\.1:(\d+)/.exec(line.toString())?.[1])
  return { child, port, finished }
}
