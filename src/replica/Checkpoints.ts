import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { checkpoint } from "../fold/Checkpoint.ts"
import type { Entry } from "../fold/Operation.ts"
import { restore } from "../fold/Restore.ts"
import { makeState } from "../fold/State.ts"
import { unreadable } from "../log/Failure.ts"
import type { Log, Position } from "../log/Log.ts"
import { LogError } from "../log/LogError.ts"
import type { Registry } from "../Registry.ts"

/** Time between two looks at how much the log has grown. */
const lookMillis = 1_000

/** The longest piece of a checkpoint: an entry that is appended meanwhile waits for one. */
const pieceBytesMax = 256 * 1024

/** Takes over the state of the newest checkpoint, and gives the position that it has: 0 if there is none. */
export const recover = (
  { saved }: Log["Service"],
  { adopt }: Registry["Service"]
): Effect.Effect<Position, LogError> =>
  Effect.flatMap(
    saved,
    Option.match({
      onNone: () => {
        adopt(makeState())
        return Effect.succeed(0)
      },
      onSome: ({ pieces, position }) =>
        Result.match(pieces.length === 0 ? Result.succeed(makeState()) : restore(pieces), {
          onFailure: ({ version }) =>
            Effect.fail(new LogError(unreadable(`the checkpoint at entry ${position} of the log`, version))),
          onSuccess: (state) => {
            adopt(state)
            return Effect.succeed(position)
          }
        })
    })
  )

/**
 * Keeps a checkpoint, and lets go of the entries before it, whenever the log has grown by so many bytes. The state is
 * taken in one step; then it is written piece by piece.
 */
export class Checkpoints {
  /** Bytes of the entries since the last one, roughly. */
  grownBytes = 0
  /** Those that were kept. */
  kept = 0

  grew({ ops }: Entry): void {
    for (const operation of ops)
      this.grownBytes += operationBytes + ("content" in operation ? 2 * operation.content.length : 0)
  }

  /** Does so as long as this is its node's business. Never ends. */
  keep(
    log: Log["Service"],
    { state }: Registry["Service"],
    bytesMax: number,
    isDue: () => boolean
  ): Effect.Effect<never> {
    let told = ""
    const save = Effect.gen({ self: this }, function* () {
      const { grownBytes } = this
      const { position } = state
      yield* log.save({ position, pieces: checkpoint(state, Math.min(pieceBytesMax, log.entryBytesMax)) })
      this.grownBytes -= grownBytes
      this.kept++
      yield* log.trim(position + 1)
      told = ""
    }).pipe(
      Effect.catch(({ detail }) => {
        if (detail === told) return Effect.void
        told = detail
        return Effect.logWarning("no checkpoint could be kept; the log goes on growing").pipe(
          Effect.annotateLogs({ reason: detail })
        )
      })
    )
    const look = Effect.suspend(() => (this.grownBytes < bytesMax || !isDue() ? Effect.void : save))
    return Effect.andThen(Effect.repeat(look, Schedule.spaced(lookMillis)), Effect.never)
  }
}

/** Bytes of an operation besides its content, roughly. */
const operationBytes = 100
