import { printable } from "../src/client/Printable.ts"

/** The last lines of a client's exchange, shortened, for the report of what went wrong. */
export class Trace {
  private readonly last: Array<readonly [direction: string, text: string]> = []

  add(direction: "→" | "←", text: string): void {
    this.last.push([direction, text])
    if (this.last.length > LINES_MAX) this.last.shift()
  }

  get lines(): ReadonlyArray<string> {
    return this.last.map(([direction, text]) => {
      const rest = text.length > CHARACTERS_MAX ? ` … (${text.length} characters)` : ""
      return `${direction} ${printable(text.slice(0, CHARACTERS_MAX))}${rest}`
    })
  }
}

const CHARACTERS_MAX = 100
const LINES_MAX = 12
