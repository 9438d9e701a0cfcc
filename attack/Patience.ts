import { readFileSync } from "node:fs"
import { performance } from "node:perf_hooks"

/** A moment from which on somebody waits. */
export interface Moment {
  readonly idleMillis: number
  readonly queuedMillis: number
}

/** What a process may know of the time that passes. */
export interface Clocks {
  /** How long this process has had nothing to do but wait, in all. */
  readonly idleMillis: () => number
  /** How long this process and the server have waited for a processor, in all. */
  readonly queuedMillis: () => number
}

/**
 * How long a client has waited for the server alone: the time in which this process was busy, and that in which one of
 * the two stood in the queue for a processor, is no fault of the server.
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

  /** How much longer than it may a reply took that was asked for at this moment, in all, or `undefined`. */
  overdue(since: Moment): number | undefined {
    const idleMillis = this.clocks.idleMillis() - since.idleMillis
    if (idleMillis <= patienceMillis) return undefined
    const millis = idleMillis - (this.clocks.queuedMillis() - since.queuedMillis)
    return millis > patienceMillis ? millis : undefined
  }
}

/** How long a reply may take when neither side is kept from its work. */
export const patienceMillis = 2_000

/** Asking the system costs more than all the rest: an older answer makes only a more patient client. */
const STALE_MILLIS = 20

/** The clocks of this process and a server's, where that is on this machine and its number is known. */
export const clocksWith = (serverPid: number | undefined): Clocks => ({
  idleMillis: () => performance.eventLoopUtilization().idle,
  queuedMillis: () => queuedMillis("self") + (serverPid === undefined ? 0 : queuedMillis(serverPid))
})

/** How long the main thread of a process has stood in the queue; 0 where the system does not tell. */
const queuedMillis = (pid: number | "self"): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e6
  } catch {
    return 0 // no /proc: not Linux, or the process is gone
  }
}
