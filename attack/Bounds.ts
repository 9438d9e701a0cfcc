import * as Effect from "effect/Effect"
import type { Census } from "./ServerFigures.ts"
import { Violation } from "./Violation.ts"

/** How many bytes more a server may have held during a party, at its peak, than when nobody had come yet. */
export const peakGrowthMax = 96 * 2 ** 20

/** And how many more for each of its seats where it speaks TLS: OpenSSL keeps two buffers of a record and more. */
export const tlsSeatBytesMax = 64 * 2 ** 10

/** How many more bytes a server may hold in all. */
export const growthMaxOf = (seats: number, isTls: boolean): number =>
  peakGrowthMax + (isTls ? seats * tlsSeatBytesMax : 0)

/** How long the event loop may work without a pause, in processor time: nobody else is served meanwhile. */
export const turnMillisMax = 500

/** What a server may take of its machine was enough for it: `peakBytes` is unknown where the system does not tell. */
export const withinBounds = (
  start: Census,
  end: Census,
  peakBytes: number | undefined,
  growthMax: number
): Effect.Effect<void, Violation> => {
  const growth = (peakBytes ?? 0) - start.residentBytes
  if (growth > growthMax)
    return wrong(
      "FRAME-5",
      `at most ${mebibytes(growthMax)} more memory than at the start`,
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
