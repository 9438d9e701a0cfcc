import * as Effect from "effect/Effect"
import { format, isReadable } from "../fold/Format.ts"
import type { Entry } from "../fold/Operation.ts"
import { LogFailure, unreadable } from "./Failure.ts"
import type { Logged, Position } from "./Log.ts"
import { LogError } from "./LogError.ts"

/** An entry as engines keep it that keep bytes, with the version of its format. */
interface Stored extends Entry {
  readonly v: number
}

/** The text of an entry. */
export const encode = ({ at, n, node, ops }: Entry): string =>
  JSON.stringify({ v: format.written, node, n, at, ops } satisfies Stored)

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
  const stored = parsed(text)
  const version = typeof stored?.v === "number" ? stored.v : undefined
  if (stored === undefined || !isReadable(version))
    throw new LogFailure(unreadable(`entry ${position} of the log`, version))
  const { at, n, node, ops } = stored
  return { position, entry: { node, n, at, ops } }
}

const parsed = (text: string): Stored | undefined => {
  try {
    return (JSON.parse(text) as Stored | null) ?? undefined
  } catch {
    return undefined
  }
}
