import { readFileSync } from "node:fs"
import { performance } from "node:perf_hooks"

/** The moment at which a wait begins. */
export interface Moment {
  readonly idleMillis: number
  readonly queuedMillis: number
}

/** The time that passes, as a process can know it. */
export interface Clocks {
  /** The time that this process has spent idle, in all. */
  readonly idleMillis: () => number
  /** The time that this process and the server have queued for a processor, in all. */
  readonly queuedMillis: () => number
}

/**
 * Measures the time that a client has waited for the server alone: not that in which this process was busy, nor that in
 * which one of the two queued for a processor.
 */
export class Patience {
  private readonly clocks: Clocks
  private queued = { atMillis: Number.NEGATIVE_INFINITY, millis: 0 }

  constructor(clocks: Clocks) {
    this.clocks = clocks
  }

  /** Now. */
  begin(): Moment {
    const idleMillis = this.clocks.idleMillis()
    if (idleMillis - this.queued.atMillis > STALE_MILLIS)
      this.queued = { atMillis: idleMillis, millis: this.clocks.queuedMillis() }
    return { idleMillis, queuedMillis: this.queued.millis }
  }

  /** The milliseconds that a reply took since this moment where that is too long, or `undefined`. */
  overdue(since: Moment): number | undefined {
    const idleMillis = this.clocks.idleMillis() - since.idleMillis
    if (idleMillis <= patienceMillis) return undefined
    const millis = idleMillis - (this.clocks.queuedMillis() - since.queuedMillis)
    return millis > patienceMillis ? millis : undefined
  }
}

/** The time that a reply may take when neither side is kept from its work. */
export const patienceMillis = 2_000

/** Asking the system costs more than all the rest: an older answer makes only a more patient client. */
const STALE_MILLIS = 20

/** The clocks of this process and a server's, where that is on this machine and its number is known. */
export const clocksWith = (serverPid: number | undefined): Clocks => ({
  idleMillis: () => performance.eventLoopUtilization().idle,
  queuedMillis: () => queuedMillis("self") + (serverPid === undefined ? 0 : queuedMillis(serverPid))
})

/** The time that the main thread of a process has queued; 0 where the system does not tell. */
const queuedMillis = (pid: number | "self"): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e6
  } catch {
    return 0 // no /proc: not Linux, or the process is gone
  }
}
