import * as Effect from "effect/Effect"
import { makeCertificate } from "./Certificate.ts"
import type { Endpoint } from "./Chat.ts"
import { stallInAllWays } from "./HandshakeStall.ts"
import { awaitEmpty, checkSeats, checkShutdown } from "./LeakCheck.ts"
import { mixedRun, type RunOptions, seatsFor } from "./MixedRun.ts"
import { noServer, reporting, type Wrong } from "./Report.ts"
import type { ServerFigures } from "./ServerFigures.ts"
import { handshakeMillisMax, startServer } from "./ServerProcess.ts"

/** Does one run, and gives what the server holds once everything is given back. */
type Round = (options: Omit<RunOptions, keyof Endpoint | "isOurs">) => Effect.Effect<ServerFigures, Wrong>

/** The server that a command starts, and the command that starts it again. */
interface Setup {
  readonly crowdMax: number
  readonly tls: boolean
  readonly replay: string
}

/**
 * Starts our own server, plays rounds against it, and checks its seats and its shutdown at the end. Whatever is wrong fails
 * with a report.
 */
export const onOwnServer = Effect.fnUntraced(function* <A>(
  { crowdMax, replay, tls }: Setup,
  play: (round: Round) => Effect.Effect<A, Wrong>
) {
  const certificate = tls ? yield* makeCertificate : undefined
  const server = yield* Effect.mapError(startServer({ seats: seatsFor(crowdMax), certificate }), noServer)
  const empty = yield* Effect.mapError(server.figures, noServer)
  const { address, patience, web } = server
  const round: Round = (options) =>
    Effect.raceFirst(mixedRun({ ...options, address, patience, web, isOurs: true }), server.ended).pipe(
      Effect.andThen(awaitEmpty(server, empty))
    )
  return yield* Effect.gen(function* () {
    const result = yield* play(round)
    if (tls) yield* stallInAllWays(address, 2 * handshakeMillisMax)
    yield* checkSeats(server, empty)
    yield* checkShutdown(server)
    return result
  }).pipe(reporting(server, replay))
})
