import type { Outcome } from "../verdict/Outcome.ts"
import { safe, withoutCommands } from "../../src/client/Printable.ts"
import { couldNotWrite, standardError, standardOutput } from "../../src/commands/Stdio.ts"
import type { Summary } from "../verdict/Summary.ts"
import { type Reporter, type RunInfo } from "./Reporter.ts"
import { prepareFile, writeWhole } from "./ReportFile.ts"
import { type ReporterName, reporters } from "./Reporters.ts"
import { coloured, colourless, type Style } from "./Style.ts"

/** Where one reporter writes: standard output, standard error where it is `aside`, or a file at the end. */
export interface Destination {
  readonly reporter: ReporterName
  readonly file: string | undefined
  readonly aside?: boolean
}

/** Reads `pretty` or `junit=out.xml`. */
export const parseDestination = (text: string): Destination | undefined => {
  const [name = "", ...rest] = text.split("=")
  if (!Object.hasOwn(reporters, name)) return undefined
  return { reporter: name as ReporterName, file: rest.length > 0 ? rest.join("=") : undefined }
}

/** The reporters of a run, each writing to its own place; on a terminal one line at the bottom shows the progress. */
export class Output {
  private readonly parts: ReadonlyArray<{
    readonly file: string | undefined
    readonly aside: boolean
    /** True if its lines are commands for a CI server. */
    readonly mayCommand: boolean
    readonly reporter: Reporter
    text: string
  }>
  private readonly screen: Screen

  private constructor(parts: Output["parts"], screen: Screen) {
    this.parts = parts
    this.screen = screen
  }

  /** Loads the reporters that are asked for, and fails before anything is played where a file cannot be written. */
  static async open(
    destinations: ReadonlyArray<Destination>,
    info: Omit<RunInfo, keyof Screen["writing"]>,
    screen: Screen
  ): Promise<Output> {
    const parts = destinations.map(async ({ aside = false, file, reporter }) => {
      if (file !== undefined) prepareFile(file)
      const writing = file === undefined ? screen.writing : { style: colourless, width: widthUsual }
      const mayCommand = reporter === "github"
      const made = (await reporters[reporter]())({ ...info, ...writing })
      return { file, aside, mayCommand, reporter: made, text: "" }
    })
    return new Output(await Promise.all(parts), screen)
  }

  begin(): void {
    this.write((reporter) => reporter.begin?.())
  }

  outcome(outcome: Outcome): void {
    this.write((reporter) => reporter.outcome?.(outcome))
  }

  end(summary: Summary): void {
    this.screen.progress("")
    this.write((reporter) => reporter.end?.(summary))
    for (const { file, mayCommand, text } of this.parts) {
      if (file === undefined) continue
      try {
        writeWhole(file, withoutCommands(safe(text), mayCommand))
      } catch (error) {
        couldNotWrite("a report", error as Error)
      }
    }
  }

  private write(render: (reporter: Reporter) => string | undefined): void {
    for (const part of this.parts) {
      const text = render(part.reporter) ?? ""
      if (part.file !== undefined) part.text += text
      else if (part.aside) standardError.write(text, part.mayCommand)
      else if (text !== "") this.screen.write(text, part.mayCommand)
    }
  }
}

/** Standard output: text, and on a terminal a line of progress that the text pushes on. */
export class Screen {
  /** The way to write on it: with colours or without, and the characters of a line. */
  readonly writing: { readonly style: Style; readonly width: number }
  private readonly terminal: boolean
  private shown = ""

  constructor(environment: NodeJS.ProcessEnv) {
    const { columns, isTTY } = standardOutput.stream
    this.terminal = isTTY === true && environment["TERM"] !== "dumb"
    const forced = environment["FORCE_COLOR"] !== undefined && environment["FORCE_COLOR"] !== "0"
    const hasColours = (this.terminal || forced) && (environment["NO_COLOR"] ?? "") === ""
    this.writing = {
      style: hasColours ? coloured : colourless,
      width: Math.max(widthMin, columns ?? widthUsual)
    }
  }

  write(text: string, mayCommand = false): void {
    if (this.shown !== "") standardOutput.clearLine()
    standardOutput.write(text, mayCommand)
    if (this.shown !== "" && text.endsWith("\n")) standardOutput.write(this.shown)
  }

  progress(line: string): void {
    if (!this.terminal || (line === "" && this.shown === "")) return
    this.shown = safe(line).slice(0, (standardOutput.stream.columns ?? widthUsual) - 1)
    standardOutput.clearLine()
    standardOutput.write(this.shown)
  }
}

/** Characters of a line where nothing else is known, and the fewest that a report can be read at. */
const widthUsual = 80
const widthMin = 60
