/** The head of a message: its author, which is one session, and its place among that one's messages. */
export interface Header {
  readonly author: string
  readonly number: number
  /** Both. */
  readonly id: string
}

/** A message of so many characters or a few more, which tells what it is. */
export const contentOf = (author: string, number: number, length: number): string => {
  const head = `${author} ${number} ${length} `
  return head + "x".repeat(Math.max(0, length - head.length))
}

/** The head of a message, if it came as it was sent. */
export const headerOf = (text: string): Header | undefined => {
  const [author = "", number = "", length = ""] = text.slice(0, HEAD_MAX).split(" ")
  if (text !== contentOf(author, Number(number), Number(length))) return undefined
  return { author, number: Number(number), id: `${author} ${number}` }
}

const HEAD_MAX = 100
