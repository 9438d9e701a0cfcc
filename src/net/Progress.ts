/** The limits that decide if a reader still reads. */
export interface ProgressRules {
  /** Time without any progress after which a reader is not live. */
  readonly stallMillis: number
  /** Bytes per second with which a reader is live, although its progress shows only in large steps. */
  readonly readerRate: number
}

/** The progress of a reader that is behind: what it had taken when it was last seen to take something. */
export interface Progress {
  readonly takenBytes: number
  readonly atMillis: number
  /** The time for which it counts as live after that. */
  readonly patienceMillis: number
}

/**
 * Adds what is seen of a reader now. The system shows progress in steps of its own buffer, so that a slow reader seems
 * to stand still between two of them: it may stand still for as long as its last step was worth at `readerRate`, but
 * for no more than twice as long as it took for that step. A fast reader that freezes is found out after `stallMillis`.
 */
export const observed = (
  progress: Progress | undefined,
  takenBytes: number,
  nowMillis: number,
  { readerRate, stallMillis }: ProgressRules
): Progress => {
  if (progress === undefined) return { takenBytes, atMillis: nowMillis, patienceMillis: stallMillis }
  if (takenBytes === progress.takenBytes) return progress
  const worthMillis = ((takenBytes - progress.takenBytes) / readerRate) * SECOND_MILLIS
  const gapMillis = nowMillis - progress.atMillis
  return {
    takenBytes,
    atMillis: nowMillis,
    patienceMillis: Math.max(stallMillis, Math.min(worthMillis, 2 * gapMillis))
  }
}

/** Tells if a reader that is behind still reads. */
export const isLive = ({ atMillis, patienceMillis }: Progress, nowMillis: number): boolean =>
  nowMillis - atMillis <= patienceMillis

const SECOND_MILLIS = 1_000
