import { onTestFinished } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Process, shell, type Start } from "../../process/Process.ts"

/** The exit code and output of a program that has ended. */
export interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** `palabre` in a process of its own, as a person would start it. */
export interface Program {
  readonly child: Process["child"]
  /** Waits for its end. */
  readonly finished: () => Promise<Finished>
  /** Waits until it listens, and gives the port that it prints. */
  readonly listening: () => Promise<number>
  /** Waits until it says this on standard error, and gives the match. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>
}

interface Options extends Pick<Start, "env" | "input" | "errorsUnread"> {
  /** Something for the shell to do before. */
  readonly before?: string
}

/** Runs `palabre` with these arguments; it does not outlive the test. */
export const palabre = (args: ReadonlyArray<string>, { before = "", ...options }: Options = {}): Program => {
  const command = [...shell(`${before} exec "$0" bin/palabre.js "$@"`), process.execPath, ...args]
  const program = new Process({ command, ...options })
  onTestFinished(() => Effect.runPromise(program.kill))
  return {
    child: program.child,
    says: (pattern) => Effect.runPromise(program.errors.until(pattern)),
    finished: async () => {
      const { code } = await Effect.runPromise(program.end)
      return { code, out: program.output.text, err: program.errors.text }
    },
    listening: async () => {
      const listens = Effect.mapError(
        program.prints(/listens on [\d.]+:(\d+)/),
        ({ how }) => `it ended (${how}) instead of listening: ${program.errors.text}`
      )
      return Number((await Effect.runPromise(listens))[1])
    }
  }
}

/** Runs `palabre serve` on a free port of 127.0.0.1. */
export const serve = (flags: ReadonlyArray<string>, options?: Options): Program =>
  palabre(["serve", "--host", "127.0.0.1", "--port", "0", ...flags], options)

/** The same, once it listens. */
export const serving = async (
  ...flags: ReadonlyArray<string>
): Promise<Program & { readonly port: number }> => {
  const program = serve(flags)
  return { ...program, port: await program.listening() }
}
