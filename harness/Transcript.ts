import { performance } from "node:perf_hooks"

/** What happened to one actor, at a time in milliseconds since the scenario began. */
export interface Happening {
  readonly atMillis: number
  readonly actor: string
  readonly kind: "connected" | "sent" | "received" | "ended" | "left" | "note"
  readonly text: string
  /** What it was, in a word or two: "login", "message". */
  readonly label?: string
  /** The line of the step that did it; absent for what came from the server. */
  readonly line?: number
}

/** The exchange of one scenario, in order, without what the harness asks for itself; the middle of a long one is dropped. */
export class Transcript {
  readonly happenings: Array<Happening> = []
  dropped = 0
  private readonly startMillis = performance.now()

  add(
    actor: string,
    kind: Happening["kind"],
    text: string,
    more: Pick<Happening, "label" | "line"> = {}
  ): Happening {
    const happening = { atMillis: this.now(), actor, kind, text, ...more }
    if (this.happenings.length >= happeningsMax) {
      this.happenings.splice(happeningsMax / 2, 1)
      this.dropped++
    }
    this.happenings.push(happening)
    return happening
  }

  now(): number {
    return performance.now() - this.startMillis
  }
}

const happeningsMax = 2_000
