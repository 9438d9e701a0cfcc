import * as Schema from "effect/Schema"

/** What can go wrong with a log, and if the same may succeed later. */
const reasons = {
  /** The engine cannot be reached, or did not answer in time: the entry may have arrived. */
  unavailable: { isRetryable: true },
  /** There is no room for the entry, which did not arrive. */
  full: { isRetryable: true },
  /** An entry or a piece has more than `entryBytesMax`. */
  too_large: { isRetryable: false },
  /** Entries were asked for that have been trimmed: begin from a checkpoint. */
  trimmed: { isRetryable: false },
  /** The log has lost entries, or is another one: a new epoch must begin. */
  forgot: { isRetryable: false },
  /** What is stored cannot be read. */
  damaged: { isRetryable: false },
  /** A newer version of the program wrote it. */
  newer: { isRetryable: false },
  /** Another process uses it. */
  in_use: { isRetryable: false },
  /** It was closed by its owner. */
  closed: { isRetryable: false },
  /** It may not be written, or not be used: permissions, credentials, an engine that lacks something. */
  refused: { isRetryable: false }
} as const

export type LogReason = keyof typeof reasons

/** A log failed. `detail` says what happened and what to do, in words for whoever runs the server. */
export class LogError extends Schema.TaggedError<LogError>()("LogError", {
  reason: Schema.Literals(Object.keys(reasons) as [LogReason, ...Array<LogReason>]),
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }

  /** True if the same may succeed later, with nothing changed by anybody but the engine. */
  get isRetryable(): boolean {
    return reasons[this.reason].isRetryable
  }

  /** True if what was to be appended is certainly not in the log. */
  get isCertain(): boolean {
    return this.reason !== "unavailable"
  }
}

/** The log was closed. */
export const closed = new LogError({ reason: "closed", detail: "the log is closed" })

/** Entries after a position were asked for, and the log begins later. */
export const trimmed = (after: number, first: number): LogError =>
  new LogError({
    reason: "trimmed",
    detail: `the log begins at entry ${first}: what followed entry ${after} is gone`
  })

/** The log ends before an entry that was read. */
export const forgot = (after: number, last: number): LogError =>
  new LogError({
    reason: "forgot",
    detail: `the log ends at entry ${last}, and entry ${after} was read before: it has lost entries, or is another one`
  })
