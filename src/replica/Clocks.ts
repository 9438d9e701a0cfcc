import * as Effect from "effect/Effect"
import type { Entry } from "../fold/Operation.ts"

/** The time by which clocks may differ, and that between two warnings. */
const apartMillisMax = 5_000
const warningMillis = 60_000

/**
 * Warns where the clocks of two machines are apart. Nothing goes wrong by that but times: those that people see, and those
 * by which history ages. Only the one whose clock is behind can tell: what comes late may be from long ago, but nothing is
 * from the future.
 */
export class Clocks {
  #warnedMillis = Number.NEGATIVE_INFINITY

  /** Another node's entry was read. */
  read({ at, node }: Entry, nowMillis: number): Effect.Effect<void> {
    const ahead = at - nowMillis
    if (ahead <= apartMillisMax || Math.abs(nowMillis - this.#warnedMillis) < warningMillis)
      return Effect.void
    this.#warnedMillis = nowMillis
    return Effect.logWarning(
      `the clock of this machine is ${Math.round(ahead / 1_000)} s behind that of another server, or that one's is ahead: messages have wrong times, and history ages by them (--history-age); set both by NTP`
    ).pipe(Effect.annotateLogs({ node }))
  }
}
