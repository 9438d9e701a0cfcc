import type { Readable } from "node:stream"
import * as Effect from "effect/Effect"

/** The last characters that a stream gave, whole lines where they were cut; nothing of no stream. */
export class Tail {
  text = ""
  /** Where the later part of the text begins. */
  private dividedAt = 0
  private readonly stream: Readable | undefined

  constructor(stream: Readable | undefined) {
    this.stream = stream
    stream?.setEncoding("utf8").on("data", (text: string) => this.add(text))
  }

  /** Its last lines that are not empty, shortened where they are long. */
  get lines(): ReadonlyArray<string> {
    return lastLinesOf(this.text)
  }

  /** Divides what comes from now on from what came before; a line that has begun belongs to what comes. */
  divide(): void {
    this.dividedAt = this.text.lastIndexOf("\n") + 1
  }

  /** The last lines from before it was divided. */
  get linesBefore(): ReadonlyArray<string> {
    return lastLinesOf(this.text.slice(0, this.dividedAt))
  }

  /** The last lines since it was divided; of all, if it was not. */
  get linesSince(): ReadonlyArray<string> {
    return lastLinesOf(this.text.slice(this.dividedAt))
  }

  /** Waits for a text in it. */
  until(pattern: RegExp): Effect.Effect<RegExpExecArray> {
    return Effect.callback((resume) => {
      const look = () => {
        const found = pattern.exec(this.text)
        if (found === null) return
        this.stream?.off("data", look)
        resume(Effect.succeed(found))
      }
      this.stream?.on("data", look)
      look()
      return Effect.sync(() => this.stream?.off("data", look))
    })
  }

  /** Tells of each line that is not empty from now on, shortened where it is long. */
  onLine(listener: (line: string) => void): void {
    let begun = ""
    const tell = (line: string) => {
      if (line.trim() !== "") listener(line.trimEnd().slice(0, lineCharactersMax))
    }
    this.stream?.on("data", (text: string) => {
      const lines = `${begun}${text}`.split("\n")
      begun = lines.pop()!.slice(0, lineCharactersMax)
      lines.forEach(tell)
    })
    this.stream?.on("end", () => tell(begun))
  }

  private add(text: string): void {
    this.text += text
    if (this.text.length <= charactersMax) return
    const last = this.text.slice(-charactersMax)
    const kept = last.slice(last.indexOf("\n") + 1)
    this.dividedAt = Math.max(0, this.dividedAt - (this.text.length - kept.length))
    this.text = kept
  }
}

const lastLinesOf = (text: string): ReadonlyArray<string> => {
  const lines = text.split("\n").map((line) => line.trimEnd().slice(0, lineCharactersMax))
  return lines.filter((line) => line !== "").slice(-linesMax)
}

const charactersMax = 65_536
const linesMax = 20
const lineCharactersMax = 500
