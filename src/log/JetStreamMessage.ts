import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decode } from "./Codec.ts"
import { LogFailure } from "./Failure.ts"
import type { Logged } from "./Log.ts"
import { LogError } from "./LogError.ts"

interface Message {
  readonly seq: number
  readonly string: () => string
}

/** The entry that a message of a stream is. */
export const entryIn = (stream: string, message: Message): Effect.Effect<Logged, LogError> =>
  Effect.fromResult(entryOf(stream, message))

export const entryOf = (stream: string, message: Message): Result.Result<Logged, LogError> =>
  Result.try({
    try: () => decode(message.seq, message.string()),
    catch: (error) => {
      const { failure } = error as LogFailure
      return new LogError(
        failure.reason === "damaged" ? { ...failure, detail: strange(stream, message.seq) } : failure
      )
    }
  })

const strange = (stream: string, position: number): string =>
  `message ${position} of the stream ${stream} is no entry of a chat: let nothing else write to it; ${withoutIt(stream, position)}`

/** What brings servers to begin after a position of the log. */
export const withoutIt = (stream: string, position: number): string =>
  `to go on without it, end all servers and remove all up to there (nats stream purge ${stream} --seq ${position + 1}); a new epoch begins`
