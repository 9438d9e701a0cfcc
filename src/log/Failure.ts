import { format } from "../fold/Format.ts"

/** What can go wrong with a log, and if the same may succeed later. */
export const reasons = {
  /** The engine cannot be reached, or did not answer in time: what was asked for may have been done. */
  unavailable: { isRetryable: true },
  /** There is no room for the entry, which did not arrive. */
  full: { isRetryable: true },
  /** An entry or a piece has more than `entryBytesMax`. */
  too_large: { isRetryable: false },
  /** Entries were asked for that have been trimmed: begin from a checkpoint. */
  trimmed: { isRetryable: false },
  /** The log has lost entries, or is another one: a new epoch must begin. */
  forgot: { isRetryable: false },
  /** It lacks an entry between others: what follows that makes no sense. */
  lacking: { isRetryable: false },
  /** What is stored cannot be read. */
  damaged: { isRetryable: false },
  /** A newer version of the program wrote it. */
  newer: { isRetryable: false },
  /** Other nodes of it have other settings. */
  unlike: { isRetryable: false },
  /** Another process uses it. */
  in_use: { isRetryable: false },
  /** It may not be written, or not be used: permissions, credentials, an engine that lacks something. */
  refused: { isRetryable: false },
  /** It was closed by its owner. */
  closed: { isRetryable: false }
} as const

export type LogReason = keyof typeof reasons

/** What happened to a log. */
export interface Failure {
  readonly reason: LogReason
  /** What happened and what to do, in words for whoever runs the server. */
  readonly detail: string
}

/** What was read of a log is of a version of its format that is newer, or of none, since it is damaged. */
export const unreadable = (what: string, version: number | undefined): Failure =>
  version === undefined
    ? { reason: "damaged", detail: `${what} is damaged: restore it from a backup` }
    : {
        reason: "newer",
        detail: `${what} was written by a newer palabre, in version ${version} of its format, and this one reads ${format.readable.join(" and ")}: upgrade this one`
      }

/** The log was closed. */
export const closed: Failure = { reason: "closed", detail: "the log is closed" }

/** Entries after a position were asked for, and the log begins later. */
export const trimmed = (after: number, first: number): Failure => ({
  reason: "trimmed",
  detail: `the log begins at entry ${first}: what followed entry ${after} is gone`
})

/** The log ends before an entry that was read. */
export const forgot = (after: number, last: number): Failure => ({
  reason: "forgot",
  detail: `the log ends at entry ${last}, and entry ${after} was read before: it has lost entries, or is another one`
})

/** An entry or a piece is too long; `remedy` says what to do, where anything can be done. */
export const tooLarge = (bytes: number, bytesMax: number, remedy = ""): Failure => ({
  reason: "too_large",
  detail: `an entry of ${bytes} bytes is longer than the ${bytesMax} that the log takes${remedy}`
})

/** A failure, thrown by what knows no Effect. */
export class LogFailure extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.detail)
    this.failure = failure
  }
}
