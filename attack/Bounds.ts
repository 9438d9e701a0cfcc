import * as Effect from "effect/Effect"
import type { ServerFigures } from "./ServerFigures.ts"
import { type Violation, violation } from "./Violation.ts"

/** The time that a reply may take when neither side is kept from its work. */
export const patienceMillis = 2_000

/** Bytes that a server may hold during a run, at its peak, beyond those before the first client. */
export const peakGrowthMax = 96 * 2 ** 20

/** Bytes more for each of its seats where it speaks TLS: OpenSSL keeps two buffers of a record and more. */
export const tlsSeatBytesMax = 64 * 2 ** 10

/** Bytes that a server with so many seats may hold in all beyond those at the start. */
export const growthMaxOf = (seats: number, isTls: boolean): number =>
  peakGrowthMax + (isTls ? seats * tlsSeatBytesMax : 0)

/** The longest turn of the event loop, in processor time: nobody else is served meanwhile. */
export const turnMillisMax = 500

/** Fails where a server took more of its machine than it may; `peakBytes` is unknown where the system does not tell. */
export const withinBounds = (
  start: ServerFigures,
  end: ServerFigures,
  peakBytes: number | undefined,
  growthMax: number
): Effect.Effect<void, Violation> => {
  const growth = (peakBytes ?? 0) - start.residentBytes
  if (growth > growthMax)
    return violation(
      "FRAME-5",
      "the server",
      `at most ${mebibytes(growthMax)} more memory than at the start`,
      mebibytes(growth)
    )
  if (end.turnMillis > turnMillisMax)
    return violation(
      "REQ-2",
      "the server",
      `no request that keeps the event loop busy for more than ${turnMillisMax} ms`,
      `${Math.round(end.turnMillis)} ms of processor time without a pause`
    )
  return Effect.void
}

export const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`
