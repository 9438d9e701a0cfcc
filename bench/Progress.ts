/** One line on a terminal that tells what is going on, and is gone at the end; nothing where there is no terminal. */
export const progress = (stream: NodeJS.WriteStream): { show: (text: string) => void; clear: () => void } => {
  const write = (text: string) => {
    if (stream.isTTY) stream.write(`\r\u001b[2K${text}`)
  }
  return { show: (text) => write(text.slice(0, (stream.columns || NARROW) - 1)), clear: () => write("") }
}

/** The width of a terminal that does not tell its own. */
const NARROW = 80
