import { PassThrough, Writable } from "node:stream"
import { WriteStream } from "node:tty"
import * as Effect from "effect/Effect"
import xterm from "@xterm/headless"

/** A terminal without a window: what is written to it is drawn by an emulator, so that tests see what a person sees. */
export class VirtualTerminal {
  /** The keyboard. */
  readonly input = new PassThrough()
  readonly output: Writable & { columns: number; rows: number }
  /** Everything written, control sequences included. */
  written = ""
  private readonly screen: InstanceType<typeof xterm.Terminal>
  private readonly waiting = new Set<() => void>()

  constructor({ columns = 80, rows = 24, env = { TERM: "xterm-256color" } }: VirtualTerminalOptions = {}) {
    this.screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true })
    const output = new Writable({
      decodeStrings: false,
      write: (text: string, _, done) => {
        this.written += text
        this.screen.write(text, () => {
          done()
          for (const check of this.waiting) check()
        })
      }
    })
    // Whether there are colours is decided by Node's own rules for terminals.
    const getColorDepth = () => WriteStream.prototype.getColorDepth.call(output, env)
    this.output = Object.assign(output, { columns, rows, isTTY: true, getColorDepth })
  }

  /** Types text or keys. */
  type(...keys: ReadonlyArray<string>): void {
    for (const key of keys) this.input.write(key)
  }

  /** Makes the window another size, as its user would. */
  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows)
    Object.assign(this.output, { columns, rows })
    this.output.emit("resize")
  }

  /** The lines that can be seen, without the empty ones at the end. */
  get lines(): Array<string> {
    const { active } = this.screen.buffer
    const lines = Array.from({ length: active.length }, (_, row) =>
      active.getLine(row)!.translateToString(true)
    )
    return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1)
  }

  /** Where the cursor is: its row among `lines`, and its column. */
  get cursor(): readonly [row: number, column: number] {
    const { active } = this.screen.buffer
    return [active.baseY + active.cursorY, active.cursorX]
  }

  /** Done once this is true of the screen. */
  until(isShown: (terminal: this) => boolean): Effect.Effect<void> {
    return Effect.callback((resume) => {
      const check = () => {
        if (!isShown(this)) return
        this.waiting.delete(check)
        resume(Effect.void)
      }
      this.waiting.add(check)
      check()
      return Effect.sync(() => this.waiting.delete(check))
    })
  }

  /** Done once a line of the screen contains this text. */
  shows(text: string): Effect.Effect<void> {
    return this.until(({ lines }) => lines.some((line) => line.includes(text)))
  }
}

export interface VirtualTerminalOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Record<string, string>
}

/** The keys that tests press, as terminals send them. */
export const keys = {
  enter: "\r",
  tab: "\t",
  left: "\u001b[D",
  up: "\u001b[A",
  ctrlC: "\u0003",
  ctrlD: "\u0004",
  ctrlU: "\u0015"
} as const
