import * as Effect from "effect/Effect"
import type { Census } from "./Census.ts"
import { Violation } from "./Violation.ts"

/** How many bytes more a server may have held during a party, at its peak, than when nobody had come yet. */
export const peakGrowthMax = 96 * 2 ** 20

/** How long the event loop may work without a pause, in processor time: nobody else is served meanwhile. */
export const turnMillisMax = 500

/** What a server may take of its machine was enough for it: `peakBytes` is unknown where the system does not tell. */
export const withinBounds = (
  start: Census,
  end: Census,
  peakBytes: number | undefined
): Effect.Effect<void, Violation> => {
  const growth = (peakBytes ?? 0) - start.residentBytes
  if (growth > peakGrowthMax)
    return wrong(
      "FRAME-5",
      `at most ${mebibytes(peakGrowthMax)} more memory than at the start`,
      mebibytes(growth)
    )
  if (end.turnMillis > turnMillisMax)
    return wrong(
      "REQ-2",
      `no request that keeps the event loop busy for more than ${turnMillisMax} ms`,
      `${Math.round(end.turnMillis)} ms of processor time without a pause`
    )
  return Effect.void
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`

const wrong = (clause: string, expected: string, received: string): Effect.Effect<never, Violation> =>
  Effect.fail(new Violation({ clause, who: "the server", expected, received, trace: [] }))
