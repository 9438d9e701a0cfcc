import type { PlayTexts } from "../texts/Play.ts"

/** Bytes that are no part of JSON, but that some programs send between objects. */
export interface Stray {
  readonly at: number
  readonly length: number
  readonly name: keyof PlayTexts["seen"]["strays"]
}

/** The places of all that might be one, in order: inside of an object they are none. */
export const straysIn = (bytes: Buffer): ReadonlyArray<Stray> =>
  strays
    .flatMap(({ name, stray }) => {
      const found: Array<Stray> = []
      for (let at = bytes.indexOf(stray); at !== -1; at = bytes.indexOf(stray, at + 1))
        found.push({ at, length: stray.length, name })
      return found
    })
    .toSorted((a, b) => a.at - b.at)

/** The zero byte that ends a text of C, and the mark that ends up before one of Windows. */
const strays: ReadonlyArray<{ readonly name: Stray["name"]; readonly stray: Buffer }> = [
  { name: "zero byte", stray: Buffer.of(0) },
  { name: "byte order mark", stray: Buffer.from("\ufeff") }
]
