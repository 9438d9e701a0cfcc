import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Entry } from "../fold/Operation.ts"
import type { Log } from "../log/Log.ts"
import type { LogError } from "../log/LogError.ts"

const retryMillis = 250
const probeMillis = 1_000

/** Times that an entry is appended which may be in a log of this server alone. */
const attemptsMax = 20

/** Appends entries to a log that may fail for a while. */
export class Appending {
  /** True while the log cannot be written. */
  isOut = false
  /** Attempts that failed. */
  failures = 0

  /**
   * Appends an entry. One that is certainly not in the log is given back after a while, so that nobody waits for long; one
   * that may be is appended again until it is: the state takes it once. Fails with what cannot be mended by waiting.
   */
  append(log: Log["Service"], entry: Entry, giveBack: () => void): Effect.Effect<void, LogError> {
    const onFailure = (error: LogError) => this.#retry(log, entry, giveBack, error)
    const append = log.append(entry)
    return this.isOut
      ? Effect.matchEffect(append, { onSuccess: () => this.#succeeded, onFailure })
      : Effect.asVoid(Effect.catch(append, onFailure))
  }

  /** Tries now and then while the log cannot be written: there may be nobody else who does. Never ends. */
  probe(attempt: () => void): Effect.Effect<never> {
    const look = Effect.sync(() => {
      if (this.isOut) attempt()
    })
    return Effect.andThen(Effect.repeat(look, Schedule.spaced(probeMillis)), Effect.never)
  }

  get #succeeded(): Effect.Effect<void> {
    this.isOut = false
    return Effect.logInfo("the log can be written again")
  }

  #retry(
    log: Log["Service"],
    entry: Entry,
    giveBack: () => void,
    first: LogError
  ): Effect.Effect<void, LogError> {
    return Effect.gen({ self: this }, function* () {
      let error = first
      let mayBeThere = false
      for (let attempts = 1; ; attempts++) {
        this.failures++
        mayBeThere ||= !error.isCertain
        if (!error.isRetryable || (attempts === attemptsMax && !log.isShared)) return yield* error
        if (!this.isOut)
          yield* Effect.logError("the log cannot be written for now").pipe(
            Effect.annotateLogs({ reason: error.detail })
          )
        this.isOut = true
        if (!mayBeThere) giveBack()
        yield* Effect.sleep(retryMillis)
        if (!mayBeThere) return
        const failure = yield* Effect.flip(log.append(entry)).pipe(Effect.option)
        if (failure._tag === "None") return yield* this.#succeeded
        error = failure.value
      }
    })
  }
}
