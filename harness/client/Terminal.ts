import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { startContained } from "../../process/Contained.ts"
import { type Process, run } from "../../process/Process.ts"
import { Screen } from "./Screen.ts"

/** A program to run in a terminal. */
export interface InTerminal {
  readonly command: string
  readonly cwd?: string | undefined
  readonly variables?: Readonly<Record<string, string>> | undefined
  readonly sandbox?: ReadonlyArray<string> | undefined
  /** Told whenever there is something new to see, the end included. */
  readonly onChange: () => void
}

/**
 * A terminal with a program in it: most programs hold back what they print where they see none. It echoes nothing, so
 * that what a person types is not taken for what the program shows.
 */
export class Terminal {
  readonly screen = new Screen()
  private readonly process: Process
  /** What came before the terminal was set up; `undefined` from then on. */
  private before: string | undefined = ""

  private constructor(process: Process, onChange: () => void) {
    this.process = process
    process.child.stdout.on("data", (text: string) => {
      this.show(text)
      onChange()
    })
    process.child.once("exit", onChange)
  }

  /** Runs a program in a terminal until the scope closes. */
  static open({ onChange, ...program }: InTerminal): Effect.Effect<Terminal, never, Scope.Scope> {
    const inside = `stty -echo cols ${columns} rows ${rows} && printf '${setUp}' && ${program.command}`
    return Effect.map(
      startContained({
        command: `exec script -qefc ${quoted(inside)} /dev/null`,
        cwd: program.cwd,
        sandbox: program.sandbox,
        variables: { LC_ALL: "C.UTF-8", TERM: "xterm", SHELL: "/bin/sh", ...program.variables }
      }),
      (process) => new Terminal(process, onChange)
    )
  }

  /** True once the program can be typed to. */
  get isReady(): boolean {
    return this.before === undefined
  }

  /** The way the program ended, if it did. */
  get ended(): string | undefined {
    return this.process.ended?.how
  }

  /** Types a line, and Enter, as which terminals send a carriage return. */
  type(line: string): void {
    this.process.child.stdin?.write(`${line}\r`)
  }

  /** Ends the program with all that it has started. */
  get close(): Effect.Effect<void> {
    return this.process.kill
  }

  private show(text: string): void {
    if (this.before === undefined) return this.screen.add(text)
    const all = this.before + text
    const at = all.indexOf(shown)
    this.before = at === -1 ? all : undefined
    if (at !== -1) this.screen.add(all.slice(at + shown.length))
  }
}

/** True if this system has the command that gives a program a terminal, that of util-linux. */
export const hasTerminals: Effect.Effect<boolean> = Effect.runSync(
  Effect.cached(
    Effect.map(run({ command: ["script", "--version"] }), ({ ended, output }) => {
      return ended.code === 0 && /util-linux/.test(output.text)
    })
  )
)

/** The size of the window: wide, so that no program breaks the lines that are looked for. */
const columns = 500
const rows = 50

/** Sets the title of the window, which shows nothing: the terminal is set up. */
const setUp = "\\033]0;chat\\007"
const shown = "\u001b]0;chat\u0007"

const quoted = (command: string): string => `'${command.replaceAll("'", "'\\''")}'`
