import { type ChildProcess, spawn } from "node:child_process"
import { constants } from "node:os"
import type { Readable } from "node:stream"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { killGroup, signalGroup, watchOver } from "./Guard.ts"
import { covers } from "./Inherited.ts"
import { marked, type MarkedProcess, markVariable } from "./Marked.ts"
import { Tail } from "./Tail.ts"

/** A program to start, and its surroundings. */
export interface Start {
  /** The program and its arguments. */
  readonly command: ReadonlyArray<string>
  readonly cwd?: string
  /** Variables on top of those of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** All its variables, instead of those of this process. */
  readonly environment?: Readonly<Record<string, string>>
  /** The whole of its standard input; empty without it. */
  readonly input?: string
  /** Leaves its standard input open, with nothing in it. */
  readonly keepsInputOpen?: boolean
  /** A mark in its environment: what carries it, and has left the group, is killed as well. */
  readonly mark?: string
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

/** The times that processes are killed which carry a mark; only some that cannot be killed are left then. */
const killsMax = 100

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
  private readonly mark: string | undefined
  private readonly over: Promise<void>

  constructor({ command: [program = "", ...args], cwd, errorsUnread, input, ipc, ...rest }: Start) {
    const { env, environment = { ...process.env, ...env }, keepsInputOpen = false, mark } = rest
    this.child = spawn(program, args, {
      detached: true,
      cwd,
      env: mark === undefined ? environment : { ...environment, [markVariable]: mark },
      stdio: [
        input === undefined && !keepsInputOpen ? "ignore" : "pipe",
        "pipe",
        "pipe",
        ...(ipc === true ? ["ipc" as const] : covers())
      ]
    }) as Process["child"]
    this.mark = mark
    this.output = new Tail(this.child.stdout)
    this.errors = new Tail(errorsUnread === true ? undefined : this.child.stderr)
    this.child.stdin?.on("error", () => {}) // it may end before it has read all
    if (!keepsInputOpen) this.child.stdin?.end(input)
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
    if (this.pid !== undefined) watchOver(this.pid)
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** The end of its standard error or, where that is empty, of its standard output. */
  get lastLines(): ReadonlyArray<string> {
    return this.errors.lines.length > 0 ? this.errors.lines : this.output.lines
  }

  /** Divides what it writes from now on from what it wrote before. */
  divideOutput(): void {
    for (const tail of [this.output, this.errors]) tail.divide()
  }

  /** The same as `lastLines`, of what it wrote before its output was divided. */
  get linesBefore(): ReadonlyArray<string> {
    return this.errors.linesBefore.length > 0 ? this.errors.linesBefore : this.output.linesBefore
  }

  /** The same as `lastLines`, of what it wrote since its output was divided. */
  get linesSince(): ReadonlyArray<string> {
    return this.errors.linesSince.length > 0 ? this.errors.linesSince : this.output.linesSince
  }

  /** Tells of each line that it writes from now on. */
  onLine(listener: (line: string) => void): void {
    for (const tail of [this.output, this.errors]) tail.onLine(listener)
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
    return Effect.andThen(this.killMarked, Effect.timeoutOption(this.end, pipesMillisMax)).pipe(
      Effect.andThen(
        Effect.sync(() => {
          for (const stream of this.child.stdio) stream?.destroy()
        })
      )
    )
  })

  /** The commands of the processes that it has started and that have left its group, as far as a mark tells. */
  get strays(): ReadonlyArray<string> {
    return this.marked.flatMap(({ command, group }) => (group === this.pid ? [] : [command]))
  }

  /** Kills what carries its mark, until nothing does: a process may be starting others meanwhile. */
  private readonly killMarked: Effect.Effect<void> = Effect.sync(() => {
    const left = this.marked
    for (const { pid } of left) killOne(pid)
    return left.length === 0
  }).pipe(
    Effect.repeat({ until: (none) => none, schedule: Schedule.spaced(2), times: killsMax }),
    Effect.asVoid
  )

  private get marked(): ReadonlyArray<MarkedProcess> {
    return this.mark === undefined ? [] : marked(this.mark)
  }
}

/** A shell reports the signal that ended its command as 128 and the signal's number. */
const howItEnded = (code: number | null, signal: NodeJS.Signals | null): string => {
  const [shellSignal] = Object.entries(constants.signals).find(([, number]) => number + 128 === code) ?? []
  const name = signal ?? shellSignal
  return name === undefined ? `exit code ${code}` : `signal ${name}`
}

const killOne = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // It has ended meanwhile.
  }
}
