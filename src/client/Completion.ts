import { commands } from "./Input.ts"
import { printable } from "./Printable.ts"

/** What a line may be completed with. */
export interface Completions {
  /** The features that the server granted. */
  readonly granted: ReadonlySet<string>
  readonly names: Iterable<string>
  readonly rooms: Iterable<string>
}

/** Completes commands at the beginning of a line, rooms after `/join` and `/leave`, and names anywhere. */
export const complete = (
  line: string,
  { granted, names, rooms }: Completions
): [candidates: Array<string>, replaced: string] => {
  const [, room] = /^\/(?:join|leave) +(.*)$/.exec(line) ?? []
  if (room !== undefined) return [starting([...rooms], room), room]
  const [, addressee, start] = /^\/msg +("?([^"]*))$/.exec(line) ?? []
  if (addressee !== undefined && (addressee !== start || !start.includes(" ")))
    return [starting([...names], start!).map((name) => `${/\s/.test(name) ? `"${name}"` : name} `), addressee]
  const word = line.slice(line.lastIndexOf(" ") + 1)
  const isCommand = word === line && word.startsWith("/")
  return [starting(isCommand ? commandsOf(granted) : [...names], word), word]
}

const starting = (candidates: ReadonlyArray<string>, start: string): Array<string> =>
  candidates.map(printable).filter((candidate) => candidate.startsWith(start))

const commandsOf = (granted: ReadonlySet<string>): ReadonlyArray<string> =>
  Object.entries(commands)
    .filter(([, { needs }]) => needs === undefined || granted.has(needs))
    .map(([name]) => `/${name}`)
