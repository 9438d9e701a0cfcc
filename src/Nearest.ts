/** The known word that a typo most likely meant, if any is near enough. */
export const nearestOf = (word: string, known: Iterable<string>): string | undefined =>
  nearest([...known].map((candidate) => ({ candidate, written: word, meant: candidate })))

/** Of several guesses, each at what a part of a text was to be, the one with the fewest edits: a third of the letters at most. */
export const nearest = <A>(
  guesses: Iterable<{ readonly candidate: A; readonly written: string; readonly meant: string }>
): A | undefined => {
  let best: A | undefined
  let least = Infinity
  for (const { candidate, meant, written } of guesses) {
    const edits = distance(written.toLowerCase(), meant.toLowerCase())
    if (edits >= least || edits > Math.max(1, Math.floor(Math.max(written.length, meant.length) / 3)))
      continue
    best = candidate
    least = edits
  }
  return best
}

/** Letters to insert, delete, replace or swap with their neighbour to make one word of the other. */
const distance = (a: string, b: string): number => {
  let beforeLast: Array<number> = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(Math.min(replace, last[j]! + 1, row[j - 1]! + 1, swap ? beforeLast[j - 2]! + 1 : Infinity))
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
