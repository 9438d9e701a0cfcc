import * as Data from "effect/Data"

/** Something wrong in a file, found before anything runs, with the place of it (lines and columns count from 1). */
export interface Mistake {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/** A file that cannot be played, with everything that is wrong in it. */
export class FileInvalid extends Data.TaggedError("FileInvalid")<{
  readonly mistakes: ReadonlyArray<Mistake>
}> {}

/** The end of a message that suggests the nearest of the known words, or nothing where none is near. */
export const didYouMean = (word: string, known: Iterable<string>): string => {
  const nearest = nearestOf(word, known)
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`
}

/** The known word that a typo most likely meant: at most a third of its letters may differ. */
export const nearestOf = (word: string, known: Iterable<string>): string | undefined => {
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase())
    if (edits < least) {
      nearest = candidate
      least = edits
    }
  }
  return nearest
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
