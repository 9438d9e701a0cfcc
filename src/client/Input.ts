/** One line of a person or a script, understood. */
export type ClientInput =
  | { readonly kind: "say"; readonly content: string }
  | { readonly kind: CommandName }
  | { readonly kind: "unknown"; readonly word: string }
  | { readonly kind: "nothing" }

/** Commands that may be typed instead of a message. */
export const commands = {
  list: "who is here",
  help: "this help",
  quit: "log out and leave (also Ctrl-C and Ctrl-D)"
} as const
type CommandName = keyof typeof commands

/** Reads a line: text to say, `/command`, or `//text` to say something that starts with a slash. */
export const parseInput = (line: string): ClientInput => {
  if (line.trim() === "") return { kind: "nothing" }
  if (line.startsWith("//")) return { kind: "say", content: line.slice(1) }
  if (!line.startsWith("/")) return { kind: "say", content: line }
  const word = line.trim()
  const name = word.slice(1).toLowerCase()
  return isCommand(name) ? { kind: name } : { kind: "unknown", word }
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(commands, name)
