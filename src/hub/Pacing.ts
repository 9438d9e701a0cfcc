/** The limits that decide who may speak while readers are behind. */
export interface PacingRules {
  /** Bytes that may wait for a client. */
  readonly outboxBytesMax: number
  /** Bytes per second that each speaker may say while a reader is behind. */
  readonly speakerShare: number
  /** Time without any progress after which a reader is not live. */
  readonly stallMillis: number
}

/** The state of a room in which a message waits to be admitted. */
export interface Crowding {
  /** The most bytes that wait for one live reader that is behind (over half of its outbox), or `undefined`. */
  readonly behindBytes: number | undefined
  /** Bytes of messages that were admitted and not yet offered to everyone. */
  readonly underwayBytes: number
  /** The part of the room's own budget that is used up: over 1 where it has said too much already. */
  readonly roomUsed: number
}

/** A message, and the right of its speaker. */
export interface Claim {
  readonly bytes: number
  /** Bytes that its speaker may still say of its share, which is at most `burstOf` these rules. */
  readonly shareBytes: number
  /** True once it has been held back for `stallMillis`. */
  readonly hasWaited: boolean
}

/** The most that a speaker may say at once of its share, having said nothing before: what it gets in `stallMillis`. */
export const burstOf = ({ speakerShare, stallMillis }: PacingRules): number =>
  (speakerShare * stallMillis) / SECOND_MILLIS

/**
 * Decides if a message may be said now. What was admitted always finds room in the outboxes of live readers: admitted
 * messages fill them up to three quarters, and the rest is for what is not paced. Between a half and three quarters a
 * speaker must have the more of its share left the fuller it is. So those who have said little are not held back by
 * those who have said much, and all speakers together, however many, need nearly `stallMillis` to fill that quarter: by
 * then a frozen reader is known as one. While nobody is behind, only small steps are taken at a time, so that whoever
 * falls behind has nearly all of that quarter left. One that has waited for long may pass while half of it is left: a
 * message may be longer than any share.
 */
export const mayPass = (
  { behindBytes, roomUsed, underwayBytes }: Crowding,
  { bytes, hasWaited, shareBytes }: Claim,
  rules: PacingRules
): boolean => {
  const isBehind = behindBytes !== undefined
  const half = rules.outboxBytesMax / 2
  const quarter = half / 2
  const beyondHalf = (isBehind ? behindBytes - half : 0) + underwayBytes
  const most = isBehind ? quarter : quarter / 4
  if (beyondHalf + Math.min(bytes, most) > most || roomUsed > 1) return false
  const crowding = Math.max(isBehind ? beyondHalf / quarter : 0, 2 * roomUsed - 1)
  if (crowding <= (hasWaited ? 0.5 : 0)) return true
  const burst = burstOf(rules)
  return shareBytes >= burst * crowding + Math.min(burst, Math.max(bytes, SMALL_BYTES))
}

/**
 * What a speaker keeps of its share where a message of it is refused: what is free while a reader is behind is first for
 * those who have said next to nothing of their share, even if they had to wait a moment.
 */
export const shareAfterRefusal = (
  { behindBytes }: Crowding,
  { shareBytes }: Claim,
  rules: PacingRules
): number => {
  const burst = burstOf(rules)
  const isQuiet = shareBytes >= burst - SMALL_BYTES
  return behindBytes === undefined || isQuiet ? shareBytes : Math.min(shareBytes, burst / 2)
}

/** Bytes that a small message counts as, so that a speaker of many of them does not slip through every gap. */
const SMALL_BYTES = 4_096

const SECOND_MILLIS = 1_000
