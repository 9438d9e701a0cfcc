import { printable } from "../src/client/Printable.ts"

/** The last lines of a client's exchange, shortened, for the report of what went wrong. */
export class Trace {
  private readonly last: Array<string> = []

  add(what: string, detail: string): void {
    const shown = printable(detail.slice(0, SHOWN))
    const rest = detail.length > SHOWN ? ` … (${detail.length} characters)` : ""
    this.last.push(`${what} ${shown}${rest}`)
    if (this.last.length > KEPT) this.last.shift()
  }

  get lines(): ReadonlyArray<string> {
    return [...this.last]
  }
}

const SHOWN = 100
const KEPT = 12
