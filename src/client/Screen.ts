import readline from "node:readline"
import type { Readable, Writable } from "node:stream"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { safe } from "./Printable.ts"
import { type Paint, painterFor, troubleText } from "./Text.ts"

/** Stands for the end of input (Ctrl-D) among the lines entered. */
export const endOfInput = "/quit"

/** The two sides of a terminal, and its abilities. */
export interface TerminalScreenOptions {
  readonly input: Readable
  readonly output: Writable
  /** True if the terminal knows no control sequences (`TERM=dumb`). */
  readonly isDumb: boolean
  /** The completions of a line, and the end of it that they replace. */
  readonly complete: (line: string) => [candidates: Array<string>, replaced: string]
}

/** A terminal with the line being edited at its bottom, and everything that was said above it. */
export class TerminalScreen {
  /** Takes over the terminal for as long as the scope lasts. */
  static readonly open = (
    options: TerminalScreenOptions
  ): Effect.Effect<TerminalScreen, never, Scope.Scope> =>
    Effect.acquireRelease(
      Effect.map(Queue.dropping<string>(linesWaitingMax), (lines) => new TerminalScreen(options, lines)),
      (screen) => Effect.sync(() => screen.close())
    )

  /** The lines entered, and `endOfInput`. */
  readonly lines: Queue.Queue<string>
  private readonly options: TerminalScreenOptions
  private readonly editor: Editor
  private readonly leaving = Deferred.makeUnsafe<void>()
  private isEditing = true

  private constructor(options: TerminalScreenOptions, lines: Queue.Queue<string>) {
    const { complete, input, isDumb, output } = options
    this.options = options
    this.paint = painterFor(output)
    this.lines = lines
    output.prependListener("resize", this.resized) // before the editor redraws
    this.editor = readline.createInterface({
      input,
      output,
      terminal: !isDumb,
      completer: complete,
      historySize: historyLinesMax,
      removeHistoryDuplicates: true
    }) as Editor
    input.on("keypress", this.noteRows)
    this.editor.on("line", (line) => this.entered(line))
    this.editor.on("SIGINT", this.leave)
    this.editor.on("SIGCONT", this.continued)
    this.editor.on("close", () => this.ended())
    this.editor.on("error", this.leave) // a terminal that is gone cannot be given its mode back
    output.on("error", this.leave)
  }

  /** Done when the person leaves at once (Ctrl-C), or the terminal is gone. */
  get left(): Effect.Effect<void> {
    return Deferred.await(this.leaving)
  }

  /** Colours a text where the terminal can. */
  readonly paint: Paint

  /** Shows lines of whatever origin above the line being edited, which stays as it is. */
  print(text: string): void {
    this.clearLine()
    this.options.output.write(`${safe(text)}\n`)
    this.editor.prevRows = 0
    if (this.isEditing) this.editor.prompt(true)
  }

  /** Done once the terminal has taken most of what was shown: whoever shows much waits for it. */
  get drained(): Effect.Effect<void> {
    const { output } = this.options
    return output.writableNeedDrain
      ? Effect.callback((resume) => {
          const done = () => resume(Effect.void)
          for (const event of ["drain", "close"]) output.once(event, done)
          return Effect.sync(() => {
            for (const event of ["drain", "close"]) output.off(event, done)
          })
        })
      : Effect.void
  }

  /** Rings the bell of the terminal. */
  ring(): void {
    this.options.output.write("\u0007")
  }

  /** Changes what stands before the line being edited. */
  setPrompt(prompt: string): void {
    this.clearLine()
    this.editor.setPrompt(safe(prompt))
    this.editor.prevRows = 0
    if (this.isEditing) this.editor.prompt(true)
  }

  /** Puts a text back into the line, unless something else was begun in it. */
  restore(text: string): void {
    if (this.isEditing && this.editor.line === "") this.editor.write(text)
  }

  private entered(line: string): void {
    if (this.isEditing) this.editor.prompt()
    if (!Queue.offerUnsafe(this.lines, line))
      this.print(troubleText(`too many lines are waiting; ${line} was dropped`, this.paint))
  }

  /** Back from Ctrl-Z: the editor stops reading then, and its line is no longer where it was. */
  private readonly continued = (): void => {
    this.editor.prevRows = 0
    this.editor.resume()
  }

  private readonly leave = (): void => {
    Deferred.doneUnsafe(this.leaving, Effect.void)
  }

  private ended(): void {
    this.clearLine()
    this.isEditing = false
    if (!Queue.offerUnsafe(this.lines, endOfInput)) this.leave()
  }

  /** Removes the line being edited from the screen; the cursor is then where it began. */
  private clearLine(): void {
    const { isDumb, output } = this.options
    if (isDumb || !this.isEditing) return
    readline.moveCursor(output, 0, -this.editor.getCursorPos().rows)
    readline.cursorTo(output, 0)
    readline.clearScreenDown(output)
  }

  /** A paste makes the editor lose count of the rows above its cursor, by which it redraws. */
  private readonly noteRows = (): void => {
    this.editor.prevRows = this.editor.getCursorPos().rows
  }

  /** Some terminals wrap the line anew, others leave it: what is surely its own is redrawn, so that no message is lost. */
  private readonly resized = (): void => {
    this.editor.prevRows = Math.min(this.editor.prevRows, this.editor.getCursorPos().rows)
  }

  private close(): void {
    const { input, output } = this.options
    this.clearLine()
    input.off("keypress", this.noteRows)
    output.off("resize", this.resized)
    output.off("error", this.leave)
    this.isEditing = false
    this.editor.close()
  }
}

/** The most entered lines that may wait while the server is slow to answer. */
const linesWaitingMax = 10_000

/** The number of lines that the up key goes back. */
const historyLinesMax = 500

/**
 * `prevRows` is what the editor's next redraw takes for the rows above the cursor: a field of Node's own that it does not
 * document (Node 22 to 26 have it). Without it, lines that wrap would leave traces.
 */
type Editor = readline.Interface & { prevRows: number }
