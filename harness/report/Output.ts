import type { Outcome } from "../verdict/Outcome.ts"
import { exitCodes } from "../../src/commands/Cli.ts"
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
      return { file, aside, reporter: (await reporters[reporter]())({ ...info, ...writing }), text: "" }
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
    for (const { file, text } of this.parts) if (file !== undefined) writeWhole(file, text)
  }

  private write(render: (reporter: Reporter) => string | undefined): void {
    for (const part of this.parts) {
      const text = render(part.reporter) ?? ""
      if (part.file !== undefined) part.text += text
      else if (part.aside) process.stderr.write(text)
      else if (text !== "") this.screen.write(text)
    }
  }
}

/** Standard output: text, and on a terminal a line of progress that the text pushes on. */
export class Screen {
  /** The way to write on it: with colours or without, and the characters of a line. */
  readonly writing: { readonly style: Style; readonly width: number }
  private readonly terminal: boolean
  private readonly stream: NodeJS.WriteStream
  private shown = ""

  constructor(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv) {
    this.stream = stream
    this.terminal = stream.isTTY === true && environment["TERM"] !== "dumb"
    const forced = environment["FORCE_COLOR"] !== undefined && environment["FORCE_COLOR"] !== "0"
    // Whoever reads the output may stop reading, as `head` does: then there is nothing left to say.
    stream.on("error", () => process.exit(exitCodes.interrupted))
    const hasColours = (this.terminal || forced) && (environment["NO_COLOR"] ?? "") === ""
    this.writing = {
      style: hasColours ? coloured : colourless,
      width: Math.max(widthMin, stream.columns ?? widthUsual)
    }
  }

  write(text: string): void {
    this.stream.write(this.shown === "" ? text : `\r\u001b[K${text}`)
    if (this.shown !== "" && text.endsWith("\n")) this.stream.write(this.shown)
  }

  progress(line: string): void {
    if (!this.terminal || (line === "" && this.shown === "")) return
    this.shown = line.slice(0, (this.stream.columns ?? widthUsual) - 1)
    this.stream.write(`\r\u001b[K${this.shown}`)
  }
}

/** Characters of a line where nothing else is known, and the fewest that a report can be read at. */
const widthUsual = 80
const widthMin = 60
