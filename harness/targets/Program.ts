import { spawn } from "node:child_process"
import { constants } from "node:os"
import * as Effect from "effect/Effect"

/** A program that was started: how it ended, what it wrote last, how to end it with all its children. */
export interface Program {
  /** "exit code 1", "signal SIGSEGV", or `undefined` as long as it runs. */
  readonly ended: string | undefined
  /** The end of its standard error or, where that is empty, of its standard output. */
  readonly lastLines: ReadonlyArray<string>
  readonly kill: Effect.Effect<void>
  /** Asks it to end, as whoever runs it would, and kills it where it does not. */
  readonly stop: Effect.Effect<void>
}

/** How long a program may take to end once it was asked to. */
const stopMillisMax = 5_000

/** How long the output of an ended program is waited for: a child that has left its group may hold it for ever. */
const pipesMillisMax = 1_000

const linesMax = 20
const lineCharactersMax = 500
const alive = new Set<number>()

/** Starts a shell command in a process group of its own. */
export const launch = (command: string): Program => {
  const child = spawn(command, { shell: true, detached: true, stdio: ["ignore", "pipe", "pipe"] })
  const [output, errors] = [new Tail(), new Tail()]
  child.stdout.on("data", (chunk: Buffer) => output.add(chunk))
  child.stderr.on("data", (chunk: Buffer) => errors.add(chunk))
  let ended: string | undefined
  const over = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      ended ??= error.message
      resolve()
    })
    child.on("close", () => resolve())
  })
  child.on("exit", (code, signal) => {
    ended ??= howItEnded(code, signal)
  })
  const guard = child.pid === undefined ? undefined : guardOf(child.pid)
  if (child.pid !== undefined) alive.add(child.pid)
  const kill = Effect.promise(() => {
    killGroup(child.pid)
    return over
  }).pipe(
    Effect.timeoutOption(pipesMillisMax),
    Effect.andThen(
      Effect.sync(() => {
        guard?.stdin.end("\n")
        child.stdout.destroy()
        child.stderr.destroy()
      })
    )
  )
  return {
    get ended() {
      return ended
    },
    get lastLines() {
      return errors.lines.length > 0 ? errors.lines : output.lines
    },
    kill,
    stop: Effect.suspend(() => {
      signalGroup(child.pid, "SIGTERM")
      return Effect.timeoutOption(
        Effect.promise(() => over),
        stopMillisMax
      )
    }).pipe(Effect.andThen(kill))
  }
}

/** A process of its own that kills the group, should this one end without having done so. */
const guardOf = (pid: number) => {
  const command = `read -r line || kill -KILL -${pid}`
  const guard = spawn("sh", ["-c", command], { detached: true, stdio: ["pipe", "ignore", "ignore"] })
  guard.on("error", () => {})
  guard.stdin.on("error", () => {})
  guard.unref()
  return guard
}

/** The last lines of a stream. */
class Tail {
  private text = ""

  get lines(): ReadonlyArray<string> {
    const lines = this.text.split("\n").map((line) => line.trimEnd())
    return lines.filter((line) => line !== "").slice(-linesMax)
  }

  add(chunk: Buffer): void {
    this.text = (this.text + chunk.toString()).slice(-linesMax * lineCharactersMax)
  }
}

/** A shell reports the signal that ended its command as 128 and the signal's number. */
const howItEnded = (code: number | null, signal: NodeJS.Signals | null): string => {
  const [shellSignal] = Object.entries(constants.signals).find(([, number]) => number + 128 === code) ?? []
  const name = signal ?? shellSignal
  return name === undefined ? `exit code ${code}` : `signal ${name}`
}

const killGroup = (pid: number | undefined): void => {
  signalGroup(pid, "SIGKILL")
  if (pid !== undefined) alive.delete(pid)
}

const signalGroup = (pid: number | undefined, signal: NodeJS.Signals): void => {
  if (pid === undefined || !alive.has(pid)) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The whole group has ended by itself.
  }
}

process.on("exit", () => alive.forEach(killGroup))
