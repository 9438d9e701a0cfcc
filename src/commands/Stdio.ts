import { format } from "node:util"
import type * as Console from "effect/Console"
import { safe, withoutCommands } from "../client/Printable.ts"

/** What could not be written, a line for each. That a reader has left is no trouble. */
export const outputTroubles: Array<string> = []

/** Notes that output was lost: the process tells so at its end, by its exit code too. */
export const couldNotWrite = (what: string, { message }: Error): void => {
  outputTroubles.push(`cannot write ${what}: ${message}`)
}

/** An output of the process: all that a command says goes through it, and is made safe there. */
class StandardStream {
  /** True once nobody reads it any more. */
  closed = false
  readonly stream: NodeJS.WriteStream

  constructor(name: string, stream: NodeJS.WriteStream) {
    this.stream = stream
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!this.closed && error.code !== "EPIPE") couldNotWrite(`to ${name}`, error)
      this.closed = true
    })
  }

  /** Writes lines of whatever origin; where they may command a CI server, no text of others stands at the start of one. */
  write(text: string, mayCommand = false): void {
    this.stream.write(withoutCommands(safe(text), mayCommand))
  }

  /** Removes what stands on the last line of a terminal. */
  clearLine(): void {
    this.stream.write("\r\u001b[K")
  }

  /** Calls `next` once what was written has left the process, or is known not to. */
  whenWritten(next: () => void): void {
    this.stream.write("", () => setImmediate(next)) // once an error has been told
  }
}

export const standardOutput = new StandardStream("standard output", process.stdout)
export const standardError = new StandardStream("standard error", process.stderr)

/** The console of Effect over both of them. */
export const safeConsole: Console.Console = {
  ...globalThis.console,
  log: (...values) => standardOutput.write(`${format(...values)}\n`),
  error: (...values) => standardError.write(`${format(...values)}\n`)
}

/** Calls `next` once all that was written has left the process, or its readers have had time enough for it. */
export const whenAllIsWritten = (next: () => void): void => {
  setTimeout(next, readMillisMax)
  standardOutput.whenWritten(() => standardError.whenWritten(next))
}

/** Time that the readers of the output have at the end for what is left. */
const readMillisMax = 30_000
