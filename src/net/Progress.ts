/** The limits that decide if a reader still reads. */
export interface ProgressRules {
  /** Time without any progress after which it is frozen, unless it may need longer for a step. */
  readonly stallMillis: number
  /** Bytes per second that it must take on average. */
  readonly readerRate: number
  /** Time by which it may be late against that. */
  readonly readerLagMillis: number
}

/** The progress of a reader that is behind, when it was last seen to take something. */
export interface Progress {
  readonly takenBytes: number
  readonly atMillis: number
  /** Time by which it was late against one that takes `readerRate`. */
  readonly lagMillis: number
  /** The time that its longest step took, forgotten in four times as long; 0 before the first. */
  readonly stepMillis: number
}

/** The progress of a reader of which nothing was seen yet. */
export const begun = (takenBytes: number, nowMillis: number): Progress => ({
  takenBytes,
  atMillis: nowMillis,
  lagMillis: 0,
  stepMillis: 0
})

/** Adds what is seen of a reader now. */
export const observed = (
  progress: Progress,
  takenBytes: number,
  nowMillis: number,
  { readerRate }: ProgressRules
): Progress => {
  if (takenBytes <= progress.takenBytes) return progress
  const millis = nowMillis - progress.atMillis
  const stepMillis = Math.max(millis, progress.stepMillis - millis / 4)
  const lagMillis = progress.lagMillis + millis - millisFor(takenBytes - progress.takenBytes, readerRate)
  return { ...progress, takenBytes, atMillis: nowMillis, stepMillis, lagMillis: Math.max(0, lagMillis) }
}

/** The same, counted from now on in bytes that the peer has taken, as it shows in the system's tables. */
export const recounted = (progress: Progress, bytes: number): Progress => ({
  ...progress,
  takenBytes: bytes
})

/**
 * Tells if a reader that is behind still reads. Progress shows in steps, so that a slow one seems to stand still between
 * two of them: it may need twice as long for one as before.
 */
export const isLive = (progress: Progress, nowMillis: number, rules: ProgressRules): boolean =>
  nowMillis - progress.atMillis <= Math.max(rules.stallMillis, 2 * progress.stepMillis) &&
  mayRead(progress, nowMillis, rules)

/** Tells if a reader may turn out to read fast enough on average, however long nothing has shown. */
export const mayRead = (
  { atMillis, lagMillis }: Progress,
  nowMillis: number,
  { readerLagMillis, stallMillis }: ProgressRules
): boolean => lagMillis + nowMillis - atMillis <= Math.max(stallMillis, readerLagMillis)

const millisFor = (bytes: number, bytesPerSecond: number): number => (bytes / bytesPerSecond) * SECOND_MILLIS

const SECOND_MILLIS = 1_000
