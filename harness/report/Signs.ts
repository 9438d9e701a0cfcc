import type { Catalogue } from "../texts/Catalogue.ts"

type Sign = keyof Catalogue["report"]["signs"]

/** The word in front of a scenario or a cause, with the gap behind it: all take the same width. */
export const signOf = (sign: Sign, { texts }: { readonly texts: Catalogue }): string => {
  const { signs } = texts.report
  return signs[sign].padEnd(Math.max(...Object.values(signs).map(({ length }) => length)) + 2)
}
