import { type Feature } from "../Protocol.ts"

/** One line of a person or a script, understood. */
export type ClientInput =
  | { readonly kind: "say"; readonly content: string; readonly to?: string }
  | { readonly kind: "join"; readonly room: string }
  | { readonly kind: "leave"; readonly room: string | undefined }
  | { readonly kind: "history"; readonly limit: number }
  | { readonly kind: "rooms" }
  | { readonly kind: "list" }
  | { readonly kind: "help" | "quit" | "nothing" }
  | { readonly kind: "unknown"; readonly word: string }
  | { readonly kind: "mistake"; readonly text: string }

/** A command that may be typed instead of a message. */
interface Command {
  /** The words after it, as help shows them; optional ones in brackets. */
  readonly argument?: string
  readonly meaning: string
  /** The feature of the server that it needs. */
  readonly needs?: Feature
  /** The meaning of what follows it, without blanks at its ends; `undefined` if that is not what it should be. */
  readonly read: (argument: string) => ClientInput | undefined
}

const alone = (kind: "rooms" | "list" | "help" | "quit") => (argument: string) =>
  argument === "" ? { kind } : undefined

export const commands: Readonly<Record<string, Command>> = {
  join: {
    argument: "ROOM",
    meaning: "go into a room; what you type is said there",
    needs: "rooms",
    read: (room) => (room === "" ? undefined : { kind: "join", room })
  },
  leave: {
    argument: "[ROOM]",
    meaning: "leave a room for good",
    needs: "rooms",
    read: (room) => ({ kind: "leave", room: room === "" ? undefined : room })
  },
  rooms: { meaning: "all rooms, and where you are", needs: "rooms", read: alone("rooms") },
  msg: {
    argument: "NAME TEXT",
    meaning: "say something to one person alone; quote a name with blanks",
    needs: "direct",
    read: (argument) => {
      const [, quoted, word, content] = /^(?:"([^"]+)"|(\S+))\s+(.+)$/s.exec(argument) ?? []
      return content === undefined ? undefined : { kind: "say", content, to: quoted ?? word! }
    }
  },
  history: {
    argument: "[COUNT]",
    meaning: "what was said before; again for what was said before that",
    needs: "history",
    read: (argument) => {
      const limit = argument === "" ? historyLimit : Number(argument)
      return Number.isInteger(limit) && limit >= 1 && limit <= historyLimitMax
        ? { kind: "history", limit }
        : undefined
    }
  },
  list: { meaning: "who is here", read: alone("list") },
  help: { meaning: "this help", read: alone("help") },
  quit: { meaning: "log out and leave (also Ctrl-C and Ctrl-D)", read: alone("quit") }
}

/** The number of messages that `/history` shows, and the most that a server gives at once. */
const historyLimit = 20
const historyLimitMax = 200

/** Reads a line: text to say, `/command`, or `//text` to say something that starts with a slash. */
export const parseInput = (line: string): ClientInput => {
  if (line.trim() === "") return { kind: "nothing" }
  if (line.startsWith("//")) return { kind: "say", content: line.slice(1) }
  if (!line.startsWith("/")) return { kind: "say", content: line }
  const word = line.trim()
  const [, name = "", argument = ""] = /^\/(\S*)\s*(.*)$/s.exec(word)!
  const command = Object.hasOwn(commands, name.toLowerCase()) ? commands[name.toLowerCase()] : undefined
  if (command === undefined) return { kind: "unknown", word }
  return (
    command.read(argument) ??
    (command.argument === undefined
      ? { kind: "unknown", word }
      : { kind: "mistake", text: `/${name} is followed by ${command.argument}; /help says more` })
  )
}
