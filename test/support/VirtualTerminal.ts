import { PassThrough, Writable } from "node:stream"
import { WriteStream } from "node:tty"
import { isDeepStrictEqual } from "node:util"
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

  constructor({
    columns = 80,
    rows = 24,
    env = { TERM: "xterm-256color" },
    ...options
  }: VirtualTerminalOptions = {}) {
    this.screen = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      convertEol: true,
      ...options
    })
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

  /** The rows of the screen and what scrolled off it, without blanks at their ends and empty ones at the end. */
  get lines(): Array<string> {
    const rows = this.rows.map((row) => row.translateToString().trimEnd())
    return rows.slice(0, rows.findLastIndex((row) => row !== "") + 1)
  }

  /** The same as one text, in which the rows of a line that did not fit in one follow each other at once. */
  get text(): string {
    return this.rows.map((row) => (row.isWrapped ? "" : "\n") + row.translateToString()).join("")
  }

  /** The same rows, each as pieces of text of one style. */
  get styled(): ReadonlyArray<ReadonlyArray<Piece>> {
    return this.rows.slice(0, this.lines.length).map((row) => {
      const pieces: Array<Piece> = []
      for (let column = 0; column < row.length; column++) {
        const cell = row.getCell(column)!
        if (cell.getWidth() === 0) continue // the second half of a wide character
        const colour = cell.isFgDefault() ? undefined : cell.getFgColor() & 7
        const style = { colour, isBold: cell.isBold() > 0, isDim: cell.isDim() > 0 }
        const last = pieces.at(-1)
        const text = cell.getChars() || " "
        if (last !== undefined && isDeepStrictEqual(last.style, style))
          pieces.splice(-1, 1, { ...last, text: last.text + text })
        else pieces.push({ column, text, style })
      }
      return pieces
    })
  }

  /** Where the cursor is: its row among `lines`, and its column. */
  get cursor(): readonly [row: number, column: number] {
    const { active } = this.screen.buffer
    return [active.baseY + active.cursorY, active.cursorX]
  }

  /** Done once this was true of the screen and all that was written along with it is drawn. */
  until(isShown: (terminal: this) => boolean): Effect.Effect<void> {
    return Effect.callback((resume) => {
      const check = () => {
        if (!isShown(this)) return
        this.waiting.delete(check)
        this.output.write("", () => resume(Effect.void))
      }
      this.waiting.add(check)
      check()
      return Effect.sync(() => this.waiting.delete(check))
    })
  }

  /** Done once this text is on the screen. */
  shows(text: string): Effect.Effect<void> {
    return this.until((terminal) => terminal.text.includes(text))
  }

  private get rows() {
    const { active } = this.screen.buffer
    return Array.from({ length: active.length }, (_, row) => active.getLine(row)!)
  }
}

/** Text on a row from a column on; its colour is one of the eight of ANSI. */
export interface Piece {
  readonly column: number
  readonly text: string
  readonly style: { readonly colour: number | undefined; readonly isBold: boolean; readonly isDim: boolean }
}

export interface VirtualTerminalOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Record<string, string>
  /** Whether a change of size wraps the line with the cursor anew, which terminals do differently. */
  readonly reflowCursorLine?: boolean
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
