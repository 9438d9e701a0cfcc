import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { Seed } from "../Seed.ts"

/** A stream of random draws of one's own, which is the same for the same seed whatever others draw. */
export class Dice {
  private readonly random: Random.Random

  constructor(seed: Seed, who: string) {
    this.random = Effect.runSync(Random.withSeed(Effect.service(Random.Random), `${seed} ${who}`))
  }

  /** A whole number from 0 to one less than this. */
  below(bound: number): number {
    return Math.floor(this.random.nextDoubleUnsafe() * bound)
  }

  /** True as often as this, from 0 to 1. */
  chance(probability: number): boolean {
    return this.random.nextDoubleUnsafe() < probability
  }

  pick<A>(list: ReadonlyArray<A>): A {
    return list[this.below(list.length)]!
  }

  /** One of the weighted choices. */
  weighted<A extends string>(weights: Readonly<Record<A, number>>): A {
    const entries = Object.entries(weights) as Array<[A, number]>
    let at = this.random.nextDoubleUnsafe() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    return (entries.find(([, weight]) => (at -= weight) < 0) ?? entries[0]!)[0]
  }
}
