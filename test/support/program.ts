import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import type { Readable } from "node:stream"
import { text } from "node:stream/consumers"
import { onTestFinished } from "@effect/vitest"

/** What a program left behind. */
interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A server in a process of its own, as a person would start it. */
export interface Program {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly port: number
  /** Reads its output and waits for its end; nothing is read before. */
  readonly finished: () => Promise<Finished>
}

/** Runs `palabre serve` on a free port of 127.0.0.1; it does not outlive the test. */
export const serve = (...flags: ReadonlyArray<string>): Omit<Program, "port"> => {
  const child = spawn(
    process.execPath,
    ["bin/palabre.js", "serve", "--host", "127.0.0.1", "--port", "0", ...flags],
    { stdio: ["ignore", "pipe", "pipe"] }
  )
  onTestFinished(() => {
    child.kill("SIGKILL")
  })
  const closed = once(child, "close")
  return {
    child,
    finished: async () => {
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
      const [code] = await closed
      return { code, out, err }
    }
  }
}

/** The same, once it listens. */
export const serving = async (...flags: ReadonlyArray<string>): Promise<Program> => {
  const { child, finished } = serve(...flags)
  const [line] = await Promise.race([once(child.stdout, "data"), once(child, "exit")])
  const port = Number(/listens on 127\.0\.0\.1:(\d+)/.exec(String(line))?.[1])
  if (Number.isNaN(port)) throw new Error(`it ended instead of listening: ${(await finished()).err}`)
  return { child, port, finished }
}
