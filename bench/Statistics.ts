/** The middle of some values: half of them are not above it. */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The values of several rounds: their median, and how far they lie apart. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
  /** Where the true median lies with 95 %, if there are enough rounds to tell. */
  readonly interval?: readonly [low: number, high: number]
}

/** The spread of some values, or `undefined` of none. */
export const spread = (values: ReadonlyArray<number>): Spread | undefined =>
  values.length === 0
    ? undefined
    : {
        median: median(values),
        least: Math.min(...values),
        most: Math.max(...values),
        ...intervalOf(values.toSorted((a, b) => a - b))
      }

/**
 * The interval of a median, whatever the distribution: each value lies below the true median as often as above it, so
 * that a sign test tells how many of the outermost can be left out.
 */
const intervalOf = (sorted: ReadonlyArray<number>): Pick<Spread, "interval"> => {
  const rounds = sorted.length
  let outside = 0
  let chance = 2 * 0.5 ** rounds // of so many on one side, or on the other
  for (let sum = chance; sum <= 0.05; sum += chance) {
    outside++
    chance *= (rounds - outside + 1) / outside
  }
  return outside === 0 ? {} : { interval: [sorted[outside - 1]!, sorted[rounds - outside]!] }
}

/** One value, measured in one round. */
export interface Sample {
  readonly round: number
  readonly figure: string
  readonly server: string
  readonly value: number
}

/** The values of a server for a figure, one a round. */
export const valuesOf = (
  samples: ReadonlyArray<Sample>,
  figure: string,
  server: string
): ReadonlyArray<number> =>
  samples
    .filter((sample) => sample.figure === figure && sample.server === server)
    .map((sample) => sample.value)

/** The same, each against what the reference gave in the same round; rounds where one is missing do not count. */
export const ratiosOf = (
  samples: ReadonlyArray<Sample>,
  figure: string,
  server: string,
  reference: string
): ReadonlyArray<number> => {
  const ones = new Map(
    samples
      .filter((sample) => sample.figure === figure && sample.server === reference)
      .map((sample) => [sample.round, sample.value])
  )
  return samples.flatMap((sample) => {
    const one = ones.get(sample.round)
    return sample.figure === figure && sample.server === server && one !== undefined
      ? [sample.value / one]
      : []
  })
}
