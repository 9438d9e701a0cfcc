import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { printable } from "../client/Printable.ts"
import type { Room } from "../fold/State.ts"
import { LogFailure } from "../log/Failure.ts"
import type { StoredChat } from "../replica/StoredChat.ts"
import { isUsername } from "../Username.ts"
import { exitCodes, Failure } from "./Cli.ts"

type Stored = typeof import("../replica/StoredChat.ts")

const file = Argument.String("FILE").pipe(Argument.withDescription("the file, as serve --store takes it"))

/** Does something to a file, and says what came of it. */
const doing = (what: (stored: Stored) => string): Effect.Effect<void, Failure> =>
  Effect.promise(() => import("../replica/StoredChat.ts")).pipe(
    Effect.flatMap((stored) =>
      Effect.try({
        try: () => what(stored),
        catch: (error) => {
          if (error instanceof LogFailure) return new Failure(error.message, exitCodes.store)
          throw error
        }
      })
    ),
    Effect.flatMap(Console.log)
  )

const inspect = Command.make("inspect", { file }, ({ file }) =>
  doing(({ readStored }) => describe(file, readStored(file)))
).pipe(
  Command.withDescription(
    "Tells what is in the file: its size, its entries and its checkpoint, rooms and their numbers, but nothing that was said. A server may run on it."
  )
)

const check = Command.make("check", { file }, ({ file }) =>
  doing(({ readStored }) => {
    const { last, state } = readStored(file, true)
    return `${printable(file)} is sound: all up to entry ${last} can be read, epoch ${state.epoch}`
  })
).pipe(
  Command.withDescription(
    "Reads every page of the file and everything in it, and changes nothing. A server may run on it."
  )
)

const compact = Command.make("compact", { file }, ({ file }) =>
  doing(({ compactStored }) => {
    const [before, after] = compactStored(file)
    return `${printable(file)}: ${sizeText(before)} before, ${sizeText(after)} now`
  })
).pipe(
  Command.withDescription(
    "Gives the space back that the file does not need, and removes for good what is not kept any more. No server may run on it."
  )
)

const forget = Command.make(
  "forget",
  {
    username: Argument.String("NAME").pipe(
      Argument.withDescription("the name that it was said under, in any case")
    ),
    file
  },
  ({ file, username }) =>
    isUsername(username)
      ? doing(({ forgetStored }) => {
          const count = forgetStored(file, username)
          return `${count} ${count === 1 ? "message" : "messages"} of ${printable(username)} removed from ${printable(file)}`
        })
      : Effect.fail(new Failure(`NAME is "${printable(username)}", which nobody can have`, exitCodes.usage))
).pipe(
  Command.withDescription(
    "Removes what was said under a name, also from what the file had before. No server may run on it. Backups are not touched."
  )
)

/** `palabre store`: what can be done with the file of a chat. */
export const store = Command.make("store").pipe(
  Command.withShortDescription("Looks after the file of serve --store"),
  Command.withDescription(
    "Looks after the file that serve --store keeps the chat in. Exit codes: 0 done, 2 bad command line, 3 the file cannot be used."
  ),
  Command.withSubcommands([inspect, check, compact, forget]),
  Command.withExamples([
    { command: "palabre store inspect /var/lib/palabre/chat.db", description: "what is kept" },
    {
      command: "palabre store forget alice chat.db",
      description: "removes what alice said, while no server runs"
    }
  ])
)

const describe = (file: string, { bytes, checkpoint, first, last, state, version }: StoredChat): string => {
  const entries = last < first ? "no entries" : `entries ${first} to ${last}`
  const upTo = checkpoint === 0 ? "no checkpoint" : `a checkpoint up to ${checkpoint}`
  const rooms = [state.lobby, ...state.rooms.values()].map(describeRoom)
  const width = Math.max(...rooms.map(([name]) => name.length))
  return [
    `${printable(file)}: ${sizeText(bytes)}, version ${version}, ${entries}, ${upTo}`,
    `epoch ${state.epoch}, ${state.sessions.size} ${state.sessions.size === 1 ? "session" : "sessions"}, ${sizeText(state.archive.bytes)} of messages`,
    ...rooms.map(([name, rest]) => `  ${name.padEnd(width)}  ${rest}`)
  ].join("\n")
}

const describeRoom = (room: Room): readonly [name: string, rest: string] => [
  printable(room.name),
  room.size === 0 ? `nothing kept, last number ${room.last}` : `${room.first} to ${room.last} kept`
]

const sizeText = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`
