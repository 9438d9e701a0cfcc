import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { Broadcast } from "./Broadcast.ts"
import type { Turn } from "./Delivery.ts"

/** Broadcasts and turns that wait for the deliverer. */
export class Waiting {
  #items: Array<Broadcast | Turn> = []
  readonly #areAny = Latch.makeUnsafe(false)
  #areMoreToCome = false

  /** A deliverer that has nothing to do begins right here. */
  put(item: Broadcast | Turn): void {
    this.#items.push(item)
    if (!this.#areMoreToCome) this.#areAny.openUnsafe()
  }

  /** Does work at once; all that it puts is taken together. */
  together(work: () => void): void {
    this.#areMoreToCome = true
    try {
      work()
    } finally {
      this.#areMoreToCome = false
      if (this.#items.length > 0) this.#areAny.openUnsafe()
    }
  }

  /** All of them, once there are any. */
  readonly takeAll = Effect.andThen(
    this.#areAny.await,
    Effect.sync(() => {
      this.#areAny.closeUnsafe()
      const taken = this.#items
      this.#items = []
      return taken
    })
  )
}
