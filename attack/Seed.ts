import { crc32 } from "node:zlib"
import * as fc from "fast-check"

/** The number from which everything random of a run is drawn. */
export type Seed = number

/** The n-th value that a client draws: whatever the others do, it is the same for the same seed. */
export const draw = <A>(arbitrary: fc.Arbitrary<A>, seed: Seed, who: string, n: number): A =>
  fc.sample(arbitrary, { seed: crc32(`${seed} ${who} ${n}`) | 0, numRuns: 1 })[0]!
