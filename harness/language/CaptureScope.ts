import type { Captures, Scalar } from "./Json.ts"

const noCaptures: Captures = new Map()

/** Captures of one turn of a loop: what is bound inside is forgotten with it, what was bound outside stays. */
export class CaptureScope {
  private readonly outer: CaptureScope | undefined
  private own: Captures = noCaptures

  constructor(outer?: CaptureScope) {
    this.outer = outer
  }

  get all(): Captures {
    const outside = this.outer?.all ?? noCaptures
    return this.own.size === 0 ? outside : new Map([...outside, ...this.own])
  }

  /** Keeps what a match has bound. */
  keep(captures: Captures): void {
    const outside = this.outer?.all ?? noCaptures
    const fresh: Array<[string, Scalar]> = [...captures].filter(([name]) => !outside.has(name))
    if (fresh.length > 0) this.own = new Map(fresh)
  }
}
