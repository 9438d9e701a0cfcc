import { readFileSync } from "node:fs"
import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"

/** The time that passes, as a process can know it. */
export interface Clocks {
  /** The time that this process could have been waiting, in all. */
  readonly idleMillis: () => number
  /** The time that this process and the server have queued for a processor, in all. */
  readonly queuedMillis: () => number
}

/**
 * A clock that tells how long a client has waited for the server alone: it stands still while this process is busy, and
 * while one of the two queues for a processor.
 */
export class Patience {
  private readonly clocks: Clocks
  private queued = { atMillis: Number.NEGATIVE_INFINITY, millis: 0 }

  constructor(clocks: Clocks) {
    this.clocks = clocks
  }

  /** Its time, for a wait that begins now. */
  begin(): number {
    const idleMillis = this.clocks.idleMillis()
    if (idleMillis - this.queued.atMillis > STALE_MILLIS) this.lookAtQueue(idleMillis)
    return idleMillis - this.queued.millis
  }

  /** The milliseconds of waiting since this moment where they are more than these, or `undefined`. */
  overdue(since: number, millisMax: number): number | undefined {
    const idleMillis = this.clocks.idleMillis()
    if (idleMillis - this.queued.millis - since <= millisMax) return undefined
    this.lookAtQueue(idleMillis)
    const millis = idleMillis - this.queued.millis - since
    return millis > millisMax ? millis : undefined
  }

  /** Done once its time is this. */
  until(momentMillis: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.overdue(momentMillis, 0) !== undefined) return Effect.void
      const leftMillis = Math.max(1, momentMillis - this.begin())
      return Effect.andThen(Effect.sleep(leftMillis), this.until(momentMillis))
    })
  }

  /** Waits so long. */
  during(millis: number): Effect.Effect<void> {
    return Effect.suspend(() => this.until(this.begin() + millis))
  }

  private lookAtQueue(idleMillis: number): void {
    this.queued = { atMillis: idleMillis, millis: this.clocks.queuedMillis() }
  }
}

/** Asking the system costs more than all the rest: an older answer makes only a more patient client. */
const STALE_MILLIS = 20

/** The clocks of this process and a server's, where that is on this machine and its number is known. */
export const clocksWith = (serverPid: number | undefined): Clocks => ({
  idleMillis: () => performance.eventLoopUtilization().idle,
  queuedMillis: () => queuedMillis("self") + (serverPid === undefined ? 0 : queuedMillis(serverPid))
})

/**
 * A clock of beats that come from the event loop. However late one comes, since this process was busy, queued for a
 * processor or was stopped, it counts as one: so the clock slows down as the process does, and never stands still.
 */
class Heartbeat {
  private beatenMillis = 0
  private lastMillis = performance.now()

  constructor() {
    setInterval(() => {
      this.beatenMillis = this.nowMillis
      this.lastMillis = performance.now()
    }, BEAT_MILLIS).unref()
  }

  get nowMillis(): number {
    return this.beatenMillis + Math.min(performance.now() - this.lastMillis, BEAT_MILLIS_MAX)
  }
}

const BEAT_MILLIS = 25

/** What a beat counts at most: a timer is a little late in any case. */
const BEAT_MILLIS_MAX = 30

const heartbeat = new Heartbeat()

/** The patience of this process with whatever it waits for. */
export const ownPatience = new Patience({ idleMillis: () => heartbeat.nowMillis, queuedMillis: () => 0 })

/** The time that the main thread of a process has queued; 0 where the system does not tell. */
const queuedMillis = (pid: number | "self"): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e6
  } catch {
    return 0 // no /proc: not Linux, or the process is gone
  }
}
