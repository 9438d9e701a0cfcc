import * as Data from "effect/Data"
import { nearestOf } from "../../src/Nearest.ts"

/** Something wrong in a file, found before anything runs, with the place of it (lines and columns count from 1). */
export interface Mistake {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/** The most mistakes that are listed; of others only the number is told. */
export const mistakesMax = 50

/** Files that cannot be played: the first of their mistakes, and the number of those that are not listed. */
export class FileInvalid extends Data.TaggedError("FileInvalid")<{
  readonly mistakes: ReadonlyArray<Mistake>
  readonly more?: number
}> {}

/** Words that other languages have for what is known here under another name. */
export type Habits = { readonly [word: string]: string }

/** The end of a message that suggests what a word most likely meant, or nothing where no known one is near. */
export const didYouMean = (word: string, known: Iterable<string>, habits: Habits = {}): string => {
  const nearest = Object.hasOwn(habits, word) ? habits[word] : nearestOf(word, known)
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`
}
