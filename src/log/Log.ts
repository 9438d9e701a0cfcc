import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { Entry } from "../fold/Operation.ts"
import type { LogError } from "./LogError.ts"

/** The place of an entry: an integer that rises from entry to entry. 0 is before the first one. */
export type Position = number

/** An entry that is in the log. */
export interface Logged {
  readonly position: Position
  readonly entry: Entry
}

/** All that a node needs in place of the entries up to a position. */
export interface Checkpoint {
  readonly position: Position
  /** Texts of at most `entryBytesMax` each, in order; none where nothing is left of what was before. */
  readonly pieces: ReadonlyArray<string>
}

/** A checkpoint that is still to be made into pieces. */
export interface Unsaved {
  readonly position: Position
  readonly pieces: Iterable<string>
}

/** Takes entries, in order; called again once its effect is done. */
export type Deliver = (logged: NonEmptyReadonlyArray<Logged>) => Effect.Effect<void>

/** A totally ordered log of entries, all that is asked of an engine. Whatever the chat knows is computed from it. */
export class Log extends Context.Service<
  Log,
  {
    /**
     * False if clients may know of entries that are not in it: it is new, or it forgot (its file was exchanged, or
     * restored from a backup). A new epoch must begin.
     */
    readonly continues: boolean
    /** True if other nodes append to it, too. */
    readonly isShared: boolean
    /** Bytes of JSON that an entry, or a piece of a checkpoint, may have. */
    readonly entryBytesMax: number
    /** Succeeds once the entry is as safe as the engine makes it. May fail though the entry arrived. */
    readonly append: (entry: Entry) => Effect.Effect<Position, LogError>
    /**
     * Delivers all entries after a position, in order and once each, across reconnects. Never ends by itself; fails
     * with `trimmed` where some are gone, with `forgot` where the log is no longer the one that was followed.
     */
    readonly follow: (after: Position, deliver: Deliver) => Effect.Effect<never, LogError>
    /** The entry at a position; none where nothing is yet, or any more. */
    readonly at: (position: Position) => Effect.Effect<Option.Option<Logged>, LogError>
    /**
     * Done once what is asked next knows all that was appended before: where an engine is shared, whoever answers may not
     * know it for a moment.
     */
    readonly certain: Effect.Effect<void, LogError>
    /** The position of the newest entry, also where it was trimmed. */
    readonly last: Effect.Effect<Position, LogError>
    /** Forgets the entries before a position. */
    readonly trim: (before: Position) => Effect.Effect<void, LogError>
    /**
     * Keeps a checkpoint, whole or not at all, in place of an older one; a newer one stays. Takes the next piece when it
     * has written the one before. Trims nothing.
     */
    readonly save: (checkpoint: Unsaved) => Effect.Effect<void, LogError>
    /** The newest checkpoint. */
    readonly saved: Effect.Effect<Option.Option<Checkpoint>, LogError>
  }
>()("palabre/Log") {}
