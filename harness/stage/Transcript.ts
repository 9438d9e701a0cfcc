import { performance } from "node:perf_hooks"
import type { Json } from "../language/Json.ts"

/** What happened to one actor, and when, on the clock of `performance.now`. */
export interface Happening {
  readonly atMillis: number
  /** Empty for what concerns them all. */
  readonly actor: string
  readonly kind: "connected" | "sent" | "received" | "ended" | "left" | "note"
  readonly text: string
  /** What came in. */
  readonly value?: Json
  /** The same in a few words, for a line of many: `login alice`. */
  readonly caption: string
  /** What it was, in a word: `login`. */
  readonly label: string
  /** The line of the step that did it; absent for what came from the server. */
  readonly line?: number
}

/** The exchange of one scenario, in order, without what the harness asks for itself; the middle of a long one is dropped. */
export class Transcript {
  readonly happenings: Array<Happening> = []
  /** Told of everything as it happens. */
  onHappening: (happening: Happening) => void = () => undefined

  add(happening: Omit<Happening, "atMillis">): Happening {
    const timed = { ...happening, atMillis: performance.now() }
    if (this.happenings.length >= happeningsMax) this.happenings.splice(happeningsMax / 2, 1)
    this.happenings.push(timed)
    this.onHappening(timed)
    return timed
  }
}

const happeningsMax = 2_000
