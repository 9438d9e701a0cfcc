import { begun, isLive, mayRead, observed, type Progress, type ProgressRules, recounted } from "./Progress.ts"
import type { Ends } from "./TcpTable.ts"

/** What waits for one client. */
export interface Outbox {
  readonly ends: Ends
  /** Bytes that wait. */
  readonly waitingBytes: number
  /** Bytes that were offered to it and wait no more. */
  readonly bytesOut: number
  /** Bytes that the system has taken so far, as closely as it shows. */
  readonly takenBytes: number
  /** Memory that is kept for this client alone. */
  readonly keptBytes: number
  /** Looks again at how much waits. */
  noteWaiting(): void
  /** Ends the client at once, as it does not read fast enough, and frees what is kept for it. */
  cutOff(): void
}

export interface BehindRules extends ProgressRules {
  /** Bytes that may wait for a client. */
  readonly outboxBytesMax: number
  /** Bytes that may be said while more than that waits for it, as it may still turn out to read. */
  readonly readerReserveBytes: number
}

/** What is seen of one client that is behind. */
export class Behind {
  private progress: Progress | undefined
  /** Bytes that its peer has taken, once the system has told that. */
  private peerBytes: number | undefined
  /** The part of what waits for it that others have to wait for, where that is not all. */
  private countedBytes: number | undefined
  private offeredBytes = 0
  /** What had been said when its outbox was full, while that is so. */
  private saidBefore: number | undefined
  private readonly outbox: Outbox
  private readonly rules: BehindRules

  constructor(outbox: Outbox, rules: BehindRules) {
    this.outbox = outbox
    this.rules = rules
  }

  /**
   * Looks at what it has taken, and gives the bytes that others have to wait for, if it is live. One that nobody waited
   * for, and that reads after all, may be far behind: that is no reason to hold everybody up. So little of it counts that
   * those who say little may go on, and half of what it takes from now on makes up for the rest.
   */
  look(nowMillis: number): number | undefined {
    const { outbox, rules } = this
    const { bytesOut, takenBytes, waitingBytes } = outbox
    const bytes = this.peerBytes ?? takenBytes
    const before = this.progress ?? begun(bytes, nowMillis)
    const progress = observed(before, bytes, nowMillis, rules)
    const offeredBytes = bytesOut + waitingBytes
    if (progress !== before && !isLive(before, nowMillis, rules))
      this.countedBytes = COUNTED_FIRST * rules.outboxBytesMax
    else if (this.countedBytes !== undefined)
      this.countedBytes += offeredBytes - this.offeredBytes - (progress.takenBytes - before.takenBytes) / 2
    if (this.countedBytes! >= waitingBytes) this.countedBytes = undefined
    if (waitingBytes <= rules.outboxBytesMax) this.saidBefore = undefined
    this.offeredBytes = offeredBytes
    this.progress = progress
    return isLive(progress, nowMillis, rules) ? (this.countedBytes ?? waitingBytes) : undefined
  }

  /** True if it has taken nothing for so long, as far as that was looked at. */
  isStill(millis: number, nowMillis: number): boolean {
    return this.progress !== undefined && nowMillis - this.progress.atMillis >= millis
  }

  /** Notes what its peer has taken. */
  peerTook(bytes: number): void {
    if (this.peerBytes === undefined && this.progress !== undefined)
      this.progress = recounted(this.progress, bytes)
    this.peerBytes = bytes
  }

  /** True while more may wait for it than its outbox has room for, with these bytes, which are among those that were said. */
  mayOverflow(bytes: number, saidBytes: number, nowMillis: number): boolean {
    this.saidBefore ??= saidBytes - bytes
    if (saidBytes - this.saidBefore > this.rules.readerReserveBytes) return false
    return this.progress === undefined || mayRead(this.progress, nowMillis, this.rules)
  }
}

/** The part of an outbox that counts first where a reader was not expected to read any more. */
const COUNTED_FIRST = 5 / 8
