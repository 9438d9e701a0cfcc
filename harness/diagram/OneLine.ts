import { legible } from "../Format.ts"

/** A text in one line of at most so many characters, with nothing unseen in it; where it is longer, its beginning. */
export const oneLine = (text: string, max: number): string => {
  const characters = [...legible(text.replaceAll(/\s+/g, " "))]
  return characters.length <= max ? characters.join("") : `${characters.slice(0, max - 1).join("")}…`
}

/** A title in one line. */
export const titleLine = (title: string): string => oneLine(title, titleCharactersMax)

const titleCharactersMax = 500
