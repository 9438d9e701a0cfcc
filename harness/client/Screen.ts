import { stripVTControlCharacters } from "node:util"

/** The text that a program has written to a terminal, without the codes that colour it or move about in it. */
export class Screen {
  private written = ""
  private stripped: string | undefined = ""
  /** True if the program has written more than anybody reads: the rest is not kept. */
  isFlooded = false

  add(text: string): void {
    const free = screenCharactersMax - this.written.length
    this.isFlooded ||= text.length > free
    if (free === 0) return
    this.written += text.slice(0, free)
    this.stripped = undefined
  }

  /** All text so far, in lines that end with a newline. */
  get text(): string {
    this.stripped ??= stripVTControlCharacters(this.written).replaceAll(/[^\P{Cc}\n\t]/gu, "")
    return this.stripped
  }

  /** True if the program goes back to draw over what it has shown: then it may well write a text again. */
  get isDrawnOver(): boolean {
    return backwards.test(this.written)
  }

  /** The last lines that are not empty. */
  get lastLines(): ReadonlyArray<string> {
    const lines = this.text.split("\n").map((line) => line.trimEnd().slice(0, lineCharactersMax))
    return lines.filter((line) => line !== "").slice(-linesMax)
  }

  /** True if so much has come behind a place that nobody could have meant to say it. */
  isFloodedFrom(place: number): boolean {
    return this.isFlooded || this.text.length - place > floodCharactersMin
  }

  /** The number of times that a text stands there. */
  count(text: string): number {
    return this.text.split(text).length - 1
  }
}

/** What is kept of a screen: far more than a scenario puts there. */
const screenCharactersMax = 256 * 1024
/** Codes that move up, or anywhere, or to a screen without a memory. */
// oxlint-disable-next-line no-control-regex
const backwards = /\u001b\[(?:[\d;]*[AFHfd]|\?(?:47|1047|1049)h)/

/** What no client says by itself. */
const floodCharactersMin = 16 * 1024
const linesMax = 12
const lineCharactersMax = 200
