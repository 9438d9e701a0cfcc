import { verbs } from "../scenario/Grammar.ts"
import type { Habits } from "../yaml/Mistake.ts"
import { looksLikeSubject } from "../language/Subject.ts"

/** The commands that a line may begin with, besides sentences. */
export const commands = {
  ":inbox": "shows what has arrived and was not asked for yet, for everyone or for one: :inbox bob",
  ":help": "shows the sentences, or those with a word: :help receives",
  ":save": "saves the steps that passed as a scenario: :save FILE",
  ":quit": "ends the session"
} as const

/** What the commands are called elsewhere. */
const habits: Habits = {
  help: ":help",
  "?": ":help",
  exit: ":quit",
  quit: ":quit",
  "/quit": ":quit",
  "/help": ":help"
}

/** The command that a line most likely meant, where it is no sentence. */
export const commandMeant = (line: string): string | undefined =>
  Object.hasOwn(habits, line) ? habits[line] : undefined

/** The sentences in the singular, with `{subject}` and `{other}` in the place of actors, and `{room}` in that of a room. */
const phrases: ReadonlyArray<string> = [
  ...new Set(
    verbs.map(({ sentence }) =>
      sentence.replaceAll(/([\w-]+)(?:\|[\w-]+)+/g, "$1").replace(/ ?\{name\}$/, "")
    )
  )
]

/** Ways to go on with a line: whole lines, each beginning with what is there. A room that nobody has named yet is left to type. */
export const complete = (
  line: string,
  actors: ReadonlyArray<string>,
  rooms: ReadonlyArray<string> = []
): ReadonlyArray<string> => {
  if (line.startsWith(":")) return Object.keys(commands).filter((command) => command.startsWith(line))
  const words = line.split(" ")
  const subjects = words
    .slice(0, -1)
    .map((_, index) => words.slice(0, index + 1).join(" "))
    .filter(looksLikeSubject)
  const starts = [...actors, "everyone", "everyone else"].map((start) => `${start} `)
  const lines = phrases.flatMap((phrase) =>
    phrase.startsWith("{subject}")
      ? subjects.map((subject) => phrase.replace("{subject}", subject))
      : [phrase]
  )
  const known = rooms.length === 0 ? [""] : rooms
  const all = [...starts, ...lines].flatMap((one) => {
    if (one.includes("{room}")) return known.map((room) => one.replace("{room}", room))
    return one.includes("{other}") ? actors.map((actor) => one.replace("{other}", actor)) : [one]
  })
  return [...new Set(all)].filter((one) => one.startsWith(line) && one !== line)
}
