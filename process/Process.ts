import { type ChildProcess, spawn } from "node:child_process"
import { constants } from "node:os"
import type { Readable } from "node:stream"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { Tail } from "./Tail.ts"

/** A program to start, and its surroundings. */
export interface Start {
  /** The program and its arguments. */
  readonly command: ReadonlyArray<string>
  readonly cwd?: string
  /** Variables on top of those of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** The whole of its standard input; empty without it. */
  readonly input?: string
  /** Opens a channel for messages, as `process.send` writes to. */
  readonly ipc?: boolean
  /** Leaves its standard error unread, so that a pipe that is full holds it up. */
  readonly errorsUnread?: boolean
}

/** The command line that a shell makes of a text. */
export const shell = (command: string): ReadonlyArray<string> => ["/bin/sh", "-c", command]

/** The end of a process: `how` is "exit code 1", "signal SIGSEGV", or why it could not be started. */
export class ProcessEnded extends Data.TaggedError("ProcessEnded")<{
  readonly code: number | null
  readonly how: string
}> {}

/** The time that a process may take to end once it was asked to. */
const stopMillisMax = 5_000

/** The wait for the output of an ended process: a child that has left its group may hold it for ever. */
const pipesMillisMax = 1_000

/** The groups that may still have a process, by the number of their first one. */
const alive = new Set<number>()

/** Starts a program in a process group of its own, which is killed when the scope closes. */
export const start = (what: Start): Effect.Effect<Process, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new Process(what)),
    (process) => process.kill
  )

/** Runs a program until it ends. */
export const run = (what: Start): Effect.Effect<Process & { readonly ended: ProcessEnded }> =>
  Effect.scoped(
    Effect.flatMap(start(what), (process) =>
      Effect.map(process.end, (ended) => Object.assign(process, { ended }))
    )
  )

/** A program that was started: the tail of its output, its end, and ways to end it with all its children. */
export class Process {
  readonly child: ChildProcess & { readonly stdout: Readable; readonly stderr: Readable }
  readonly output: Tail
  readonly errors: Tail
  /** Its end; `undefined` as long as it runs. */
  ended: ProcessEnded | undefined
  private readonly guard: ChildProcess | undefined
  private readonly over: Promise<void>

  constructor({ command: [program = "", ...args], cwd, env, errorsUnread, input, ipc }: Start) {
    this.child = spawn(program, args, {
      detached: true,
      cwd,
      ...(env && { env: { ...process.env, ...env } }),
      stdio: [
        input === undefined ? "ignore" : "pipe",
        "pipe",
        "pipe",
        ...(ipc === true ? ["ipc" as const] : [])
      ]
    }) as Process["child"]
    this.output = new Tail(this.child.stdout)
    this.errors = new Tail(errorsUnread === true ? undefined : this.child.stderr)
    this.child.stdin?.on("error", () => {}).end(input) // it may end before it has read all
    this.over = new Promise((resolve) => {
      this.child.on("exit", (code, signal) => {
        this.ended ??= new ProcessEnded({ code, how: howItEnded(code, signal) })
        setTimeout(resolve, pipesMillisMax).unref()
      })
      this.child.on("error", ({ message }) => {
        if (this.pid === undefined) this.ended ??= new ProcessEnded({ code: null, how: message })
        if (this.ended !== undefined) resolve()
      })
      this.child.on("close", () => resolve())
    })
    if (this.pid === undefined) return
    alive.add(this.pid)
    this.guard = guardOf(this.pid)
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** The end of its standard error or, where that is empty, of its standard output. */
  get lastLines(): ReadonlyArray<string> {
    return this.errors.lines.length > 0 ? this.errors.lines : this.output.lines
  }

  /** Parts what it writes from now on from what it wrote before. */
  mark(): void {
    for (const tail of [this.output, this.errors]) tail.mark()
  }

  /** The same as `lastLines`, of what it wrote before the mark. */
  get linesBeforeMark(): ReadonlyArray<string> {
    return this.errors.linesBeforeMark.length > 0 ? this.errors.linesBeforeMark : this.output.linesBeforeMark
  }

  /** The same as `lastLines`, of what it wrote after the mark. */
  get linesSinceMark(): ReadonlyArray<string> {
    return this.errors.linesSinceMark.length > 0 ? this.errors.linesSinceMark : this.output.linesSinceMark
  }

  /** Done once it has ended and its output is read. */
  readonly end: Effect.Effect<ProcessEnded> = Effect.promise(async () => {
    await this.over
    return this.ended!
  })

  /** Gives what an effect does; fails where the process ends before. */
  before<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | ProcessEnded, R> {
    return Effect.raceFirst(effect, Effect.flatMap(this.end, Effect.fail))
  }

  /** Waits for a text in its standard output. */
  prints(pattern: RegExp): Effect.Effect<RegExpExecArray, ProcessEnded> {
    return this.before(this.output.until(pattern))
  }

  /** Looks again and again, with a pause between, whether it accepts connections. */
  listens(accepts: Effect.Effect<boolean>, pauseMillis: number): Effect.Effect<boolean, ProcessEnded> {
    return this.whileRunning(
      Effect.repeat(accepts, { until: Boolean, schedule: Schedule.spaced(pauseMillis) })
    )
  }

  /** Gives what an effect does; fails where the process ended before or meanwhile: then another program is what was seen. */
  whileRunning<A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | ProcessEnded> {
    return Effect.filterOrElse(
      this.before(effect),
      () => this.ended === undefined,
      () => this.ended!
    )
  }

  /** Sends a message over its channel and takes the next one that comes back. */
  ask(message: string): Effect.Effect<unknown> {
    return Effect.callback((resume) => {
      const take = (reply: unknown) => resume(Effect.succeed(reply))
      this.child.once("message", take)
      this.child.send(message, () => {}) // it may have ended
      return Effect.sync(() => this.child.off("message", take))
    })
  }

  signal(name: NodeJS.Signals): void {
    signalGroup(this.pid, name)
  }

  /** Asks it to end, as people would, and kills it where it does not. */
  readonly stop: Effect.Effect<void> = Effect.suspend(() => {
    this.signal("SIGTERM")
    return Effect.andThen(Effect.timeoutOption(this.end, stopMillisMax), this.kill)
  })

  readonly kill: Effect.Effect<void> = Effect.suspend(() => {
    killGroup(this.pid)
    return Effect.andThen(
      Effect.timeoutOption(this.end, pipesMillisMax),
      Effect.sync(() => {
        this.guard?.stdin!.end("\n")
        for (const stream of [this.child.stdout, this.child.stderr]) stream.destroy()
      })
    )
  })
}

/** A process of its own that kills the group, should this one end without having done so. */
const guardOf = (pid: number): ChildProcess => {
  const command = `read -r line || kill -KILL -${pid}`
  const guard = spawn("sh", ["-c", command], { detached: true, stdio: ["pipe", "ignore", "ignore"] })
  guard.on("error", () => {})
  guard.stdin.on("error", () => {})
  guard.unref()
  return guard
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
