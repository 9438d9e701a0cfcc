import * as Effect from "effect/Effect"
import type { Entry } from "../fold/Operation.ts"
import { LogFailure } from "./Failure.ts"
import type { Logged, Position } from "./Log.ts"
import { LogError } from "./LogError.ts"

/** An entry as engines keep it that keep bytes. */
export const encode = (entry: Entry): string => JSON.stringify(entry)

/** Entries that follow each other, from what an engine kept; its operations are taken as they are. */
export const decodeAll = (
  first: Position,
  texts: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<Logged>, LogError> =>
  Effect.try({
    try: () => texts.map((text, i) => decode(first + i, text)),
    catch: (error) => new LogError((error as LogFailure).failure)
  })

/** The same for one entry; throws `LogFailure`. */
export const decode = (position: Position, text: string): Logged => {
  const entry = parsed(text)
  if (entry?.v === 1) return { position, entry }
  throw new LogFailure(
    typeof entry?.v === "number"
      ? {
          reason: "newer",
          detail: `entry ${position} of the log was written by a newer palabre: use that one`
        }
      : { reason: "damaged", detail: `entry ${position} of the log is damaged: restore it from a backup` }
  )
}

const parsed = (text: string): Entry | undefined => {
  try {
    return JSON.parse(text) as Entry
  } catch {
    return undefined
  }
}
