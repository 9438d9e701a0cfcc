import * as Effect from "effect/Effect"

/** Wakes all who wait whenever something happened, so that they look again. */
export class Condition {
  private readonly waiting = new Set<() => void>()

  notify(): void {
    for (const look of this.waiting) look()
  }

  /** Waits until `look` has an answer; it is asked at once and whenever something happened. */
  until<A>(look: () => A | undefined): Effect.Effect<A> {
    return Effect.callback((resume) => {
      const again = () => {
        const answer = look()
        if (answer === undefined) return false
        this.waiting.delete(again)
        resume(Effect.succeed(answer))
        return true
      }
      if (again()) return
      this.waiting.add(again)
      return Effect.sync(() => this.waiting.delete(again))
    })
  }
}

/** One more turn of the event loop: what the kernel holds has been read after it. */
export const nextTurn: Effect.Effect<void> = Effect.callback((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})
