import type { Rules } from "./Operation.ts"
import type { Said } from "./Ring.ts"
import type { Attachment, Holder, Room } from "./State.ts"

/** Why an operation was refused: codes of the protocol. `unavailable` is one that is not in the log. */
export type RefusalCode =
  | "unavailable"
  | "already_logged_in"
  | "username_taken"
  | "invalid_request"
  | "invalid_room"
  | "not_in_room"
  | "too_many_rooms"
  | "no_such_user"
  | "cannot_receive"

/**
 * Something that an operation led to. The first one that an operation leads to is its result, for whoever submitted it;
 * each operation has one.
 */
export type Happening =
  /** A client holds a name and is in the lobby and, if it has the feature `rooms`, in `holder.rooms`. */
  | {
      readonly t: "granted"
      readonly holder: Holder
      /** True if this is a session that came back. */
      readonly isResumed: boolean
      /** The connection that the session had until now: it is over. If there is none, others are told `joined`. */
      readonly replaced: Attachment | undefined
    }
  | { readonly t: "refused"; readonly code: RefusalCode }
  /** The connection holds no name, or not any more: nothing was done. */
  | { readonly t: "fenced" }
  /** Words for all in a room; `from` is whoever said them, unless they are an announcement. */
  | { readonly t: "said"; readonly room: Room; readonly message: Said; readonly from: Holder | undefined }
  /** Words for one; numbered if `to` has a session. */
  | { readonly t: "letter"; readonly to: Holder; readonly message: Said; readonly from: Holder }
  /** A message that was said before under its `cid`: in a room, to somebody, or in the lobby. */
  | {
      readonly t: "duplicate"
      readonly seq: number | undefined
      readonly room: string | undefined
      readonly to: string | undefined
    }
  /** A client asked to be in a room, and is; `isNew` unless it was before. */
  | { readonly t: "joined"; readonly holder: Holder; readonly room: Room; readonly isNew: boolean }
  | { readonly t: "parted"; readonly holder: Holder; readonly room: Room }
  /**
   * A connection is over; its client was in the lobby and in `holder.rooms`. Its session is kept if `holder.isAbsent`.
   * `kick` is there if it has to go, with the reason that it is told in place of the usual one.
   */
  | { readonly t: "left"; readonly holder: Holder; readonly kick?: { readonly reason: string | undefined } }
  /** An absent session is over. */
  | { readonly t: "over"; readonly holder: Holder }
  /** A node is dead; `left` follows for each of its connections. */
  | { readonly t: "dead"; readonly node: string }
  /** A node did not begin, as the rules of the others are these. */
  | { readonly t: "unlike"; readonly rules: Rules }
  /** What numbers mean has changed. */
  | { readonly t: "epoch"; readonly epoch: string }
  /** An operation was done, or there was nothing to do. */
  | { readonly t: "done" }
  /** The log did not tell in time if it has the operation: whoever submitted it must not wait. It may still be done. */
  | { readonly t: "doubtful" }
  /** A whole entry counts for nothing: its node is dead or never began, or the log has it already. */
  | { readonly t: "void" | "again"; readonly node: string; readonly n: number }

/** The happening of a type. */
export type HappeningOf<T extends Happening["t"]> = Extract<Happening, { readonly t: T }>

/** Takes a happening, and the index of the operation that led to it; -1 for one of a whole entry. */
export type Tell = (happening: Happening, i: number) => void
